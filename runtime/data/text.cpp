#include "runtime/data/text.h"

#include "runtime/data/fields.h"

#include <fmt/format.h>

#include <algorithm>

namespace bdc::runtime::data {

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

Result<RawMatrix> parseLabelledMatrix(std::string_view text, const std::string &name) {
  RawMatrix out;
  Matrix &m = out.values;
  m.name = name;
  char separator = 0;
  std::vector<std::string_view> header;
  for (Lines lines(text); lines.next();) {
    if (!separator)
      separator = separatorOf(lines.line);
    std::vector<std::string_view> fields = split(lines.line, separator);
    double value = 0;
    const auto isNumberHere = [&](std::string_view field) { return isNumber(field, value); };
    // A line without a number, before all others: the columns' labels. An empty corner says that the rows have labels, too.
    if (m.rows == 0 && header.empty() && std::none_of(fields.begin(), fields.end(), isNumberHere)) {
      header = std::move(fields);
      continue;
    }
    if (m.rows == 0 && (!isNumber(fields[0], value) || (!header.empty() && header[0].empty())))
      out.rows = Labels{name, {}};
    if (out.rows) {
      out.rows->values.emplace_back(withoutQuotes(fields[0]));
      fields.erase(fields.begin());
    }
    for (const std::string_view field : fields) {
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
  if (header.empty())
    return out;
  if (out.rows && static_cast<int64_t>(header.size()) == m.columns + 1)
    header.erase(header.begin());
  out.columns = Labels{name, {}};
  for (const std::string_view label : header)
    out.columns->values.emplace_back(withoutQuotes(label));
  return out;
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
