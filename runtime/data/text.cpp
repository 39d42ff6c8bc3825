#include "runtime/data/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace bdc::runtime::data {
namespace {

constexpr std::string_view blanks = " \t\r\v\f";

std::string_view trim(std::string_view text) {
  const size_t first = text.find_first_not_of(blanks);
  return first == text.npos ? std::string_view() : text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// The next line, without its end, taken off `rest`.
std::string_view takeLine(std::string_view &rest) {
  const size_t end = rest.find('\n');
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
  return line;
}

std::string_view withoutMark(std::string_view text) { // the byte order mark that some programs write before UTF-8
  return text.starts_with("\xEF\xBB\xBF") ? text.substr(3) : text;
}

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

/// Where the field that begins at `at` ends. A separator between quotes is part of the field.
size_t fieldEnd(std::string_view line, size_t at, std::string_view separators) {
  const size_t begin = std::min(line.find_first_not_of(blanks, at), line.size());
  size_t closing = begin < line.size() && line[begin] == '"' ? line.find('"', begin + 1) : line.npos;
  if (closing == line.npos)
    closing = at;
  return std::min(line.find_first_of(separators, closing), line.size());
}

/// The fields of a line, trimmed. A separator other than white space stands between any two.
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

/// Lines that say something, with their numbers counted from 1.
class Lines {
public:
  explicit Lines(std::string_view text) : rest(withoutMark(text)) {}
  bool next() {
    while (!rest.empty()) {
      line = takeLine(rest);
      ++number;
      if (const std::string_view text = trim(line); !text.empty() && text[0] != '#')
        return true;
    }
    return false;
  }

  std::string_view line;
  int64_t number = 0;

private:
  std::string_view rest;
};

Error noNumber(const std::string &name, const Lines &lines, std::string_view field) {
  const std::string where = fmt::format("{}: line {}, column {}", name, lines.number, field.data() - lines.line.data() + 1);
  if (field.empty())
    return inputError(where + ": a number is missing", "there is a separator too many");
  return inputError(fmt::format("{}: `{}` is no number", where, field.substr(0, 40)),
                    "numbers are written as 1.5e-3, and separated by commas, semicolons or white space; headers begin with #");
}

} // namespace

Result<Matrix> parseMatrix(std::string_view text, const std::string &name) {
  Matrix m;
  m.name = name;
  char separator = 0;
  for (Lines lines(text); lines.next();) {
    if (!separator)
      separator = separatorOf(lines.line);
    const std::vector<std::string_view> fields = split(lines.line, separator);
    for (const std::string_view field : fields) {
      double value = 0;
      if (!isNumber(field, value))
        return noNumber(name, lines, field);
      m.values.push_back(value);
    }
    const auto count = static_cast<int64_t>(fields.size());
    if (m.rows++ == 0)
      m.columns = count;
    else if (count != m.columns)
      return inputError(fmt::format("{}: line {} has {} numbers, the first row has {}", name, lines.number, count, m.columns));
  }
  return m;
}

Labels parseLabels(std::string_view text, const std::string &name) {
  Labels out{name, {}};
  for (std::string_view rest = withoutMark(text); !rest.empty();)
    out.values.emplace_back(withoutQuotes(trim(takeLine(rest))));
  while (!out.values.empty() && out.values.back().empty())
    out.values.pop_back();
  return out;
}

Result<NamedCentres> parseCentres(std::string_view text, const std::string &name) {
  NamedCentres out;
  out.centres.name = name;
  out.centres.columns = 3;
  char separator = 0;
  size_t first = 0; // column of x
  for (Lines lines(text); lines.next();) {
    if (!separator) // where there are tabs, labels may hold commas and blanks
      separator = split(lines.line, '\t').size() >= 4 ? '\t' : separatorOf(lines.line);
    const std::vector<std::string_view> fields = split(lines.line, separator);
    if (double value = 0; out.centres.rows == 0 && !isNumber(fields[0], value)) {
      first = 1;
      out.labels = Labels{name, {}};
    }
    if (fields.size() < first + 3 || (first == 0 && fields.size() > 3))
      return inputError(fmt::format("{}: line {} has {} columns", name, lines.number, fields.size()),
                        "a region's line is `label x y z` or `x y z`");
    for (size_t i = first; i < first + 3; ++i) {
      double value = 0;
      if (!isNumber(fields[i], value))
        return noNumber(name, lines, fields[i]);
      out.centres.values.push_back(value);
    }
    if (first == 1)
      out.labels->values.emplace_back(withoutQuotes(fields[0]));
    ++out.centres.rows;
  }
  return out;
}

} // namespace bdc::runtime::data
