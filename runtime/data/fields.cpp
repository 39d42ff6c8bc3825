#include "runtime/data/fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace bdc::runtime::data {
namespace {

constexpr std::string_view blanks = " \t\r\v\f";

/// Where the field that begins at `at` ends. A separator between quotes is part of the field.
size_t fieldEnd(std::string_view line, size_t at, std::string_view separators) {
  const size_t begin = std::min(line.find_first_not_of(blanks, at), line.size());
  size_t closing = begin < line.size() && line[begin] == '"' ? line.find('"', begin + 1) : line.npos;
  if (closing == line.npos)
    closing = at;
  return std::min(line.find_first_of(separators, closing), line.size());
}

} // namespace

std::string_view trim(std::string_view text) {
  const size_t first = text.find_first_not_of(blanks);
  return first == text.npos ? std::string_view() : text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string_view takeLine(std::string_view &rest) {
  const size_t end = rest.find('\n');
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
  return line;
}

std::string_view withoutMark(std::string_view text) { return text.starts_with("\xEF\xBB\xBF") ? text.substr(3) : text; }

bool isNumber(std::string_view field, double &value) {
  if (field.starts_with('+'))
    field.remove_prefix(1);
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (error == std::errc::result_out_of_range && end == field.data() + field.size()) {
    // Too small is 0; too large is infinite, which is refused with its place in the matrix.
    value = field.find("e-") != field.npos || field.find("E-") != field.npos ? 0 : std::numeric_limits<double>::infinity();
    return true;
  }
  return error == std::errc() && end == field.data() + field.size();
}

std::vector<std::string_view> split(std::string_view line, char separator) {
  std::vector<std::string_view> fields;
  if (separator == ' ') {
    for (size_t at = line.find_first_not_of(blanks); at != line.npos;) {
      const size_t end = fieldEnd(line, at, blanks);
      fields.push_back(line.substr(at, end - at));
      at = line.find_first_not_of(blanks, end);
    }
    return fields;
  }
  for (size_t at = 0;;) {
    const size_t end = fieldEnd(line, at, std::string_view(&separator, 1));
    const std::string_view field = trim(line.substr(at, end - at));
    fields.push_back(field.empty() ? line.substr(end, 0) : field); // an empty field still has its place in the line
    if (end == line.size())
      return fields;
    at = end + 1;
  }
}

char separatorOf(std::string_view line) {
  for (const char c : {';', ','})
    if (split(line, c).size() > 1)
      return c;
  return ' ';
}

std::string_view withoutQuotes(std::string_view label) {
  const bool quoted = label.size() > 1 && label.front() == '"' && label.back() == '"';
  return quoted ? label.substr(1, label.size() - 2) : label;
}

bool Lines::next() {
  while (!rest.empty()) {
    line = takeLine(rest);
    ++number;
    if (const std::string_view text = trim(line); !text.empty() && text[0] != '#')
      return true;
  }
  return false;
}

Error noNumber(const std::string &name, const Lines &lines, std::string_view field) {
  const std::string where = fmt::format("{}: line {}, column {}", name, lines.number, field.data() - lines.line.data() + 1);
  if (field.empty())
    return inputError(where + ": a number is missing", "there is a separator too many");
  return inputError(fmt::format("{}: `{}` is no number", where, field.substr(0, 40)),
                    "numbers are written as 1.5e-3, and separated by commas, semicolons or white space; headers begin with #");
}

} // namespace bdc::runtime::data
