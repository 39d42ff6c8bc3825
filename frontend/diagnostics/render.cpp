#include "frontend/diagnostics/diagnostic.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <tuple>

namespace bdc::diag {

namespace {

/// A stretch of one line to be underlined; columns count characters from 0.
struct Mark {
  uint32_t begin, end;
  char sign;
  std::string_view text;
};

std::string_view word(Severity severity) { return severity == Severity::Error ? "error" : "warning"; }

/// A line as it can be shown: one column for each character, nothing that moves a terminal's cursor.
std::string visible(std::string_view line) {
  std::string result(line);
  for (char &c : result)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
      c = ' ';
  return result;
}

std::string withoutTrailingBlanks(std::string text) {
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

/// What of a range lies on its first line.
Mark markOf(const Source &source, Range range, char sign, std::string_view text) {
  uint32_t line = source.lineOf(range.begin);
  std::string_view content = source.line(line);
  uint32_t from = std::min<uint32_t>(range.begin - source.lineBegin(line), content.size());
  uint32_t to = std::clamp<uint32_t>(range.end - source.lineBegin(line), from, content.size());
  uint32_t begin = characterCount(content.substr(0, from));
  uint32_t length = characterCount(content.substr(from, to - from));
  return {begin, begin + std::max(length, 1u), sign, text};
}

/// The underlines of a line; the text of the last mark stands beside them, the others' below, under their places.
std::string drawMarks(std::vector<Mark> marks) {
  std::sort(marks.begin(), marks.end(), [](const Mark &a, const Mark &b) {
    return std::tuple(a.begin, a.sign == '^', a.end, a.text) < std::tuple(b.begin, b.sign == '^', b.end, b.text);
  });
  std::string under;
  for (char sign : {'~', '^'})
    for (const Mark &mark : marks)
      if (mark.sign == sign) {
        under.resize(std::max<size_t>(under.size(), mark.end), ' ');
        std::fill(under.begin() + mark.begin, under.begin() + mark.end, sign);
      }
  std::string result;
  if (!marks.back().text.empty())
    under += fmt::format(" {}", marks.back().text);
  result += withoutTrailingBlanks(fmt::format("{:>5} | {}", "", under)) + "\n";
  for (size_t i = marks.size() - 1; i-- > 0;)
    if (!marks[i].text.empty())
      result += fmt::format("{:>5} | {:{}}{}\n", "", "", marks[i].begin, marks[i].text);
  return result;
}

/// The most characters of a line that are shown.
constexpr uint32_t widest = 120;

/// Characters `first` to `last` of UTF-8 text.
std::string characters(std::string_view text, uint32_t first, uint32_t last) {
  std::string result;
  uint32_t at = 0;
  for (char c : text) {
    at += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    if (at > first && at <= last)
      result += c;
  }
  return result;
}

/// A line that is too long is cut around its first `^`; marks go with it, and those outside go.
std::string cut(const std::string &text, std::vector<Mark> &marks) {
  const uint32_t length = characterCount(text);
  if (length <= widest)
    return text;
  auto main = std::find_if(marks.begin(), marks.end(), [](const Mark &mark) { return mark.sign == '^'; });
  const uint32_t focus = (main == marks.end() ? marks.front() : *main).begin;
  const uint32_t first = std::min(focus > widest / 3 ? focus - widest / 3 : 0, length > widest ? length - widest : 0);
  const uint32_t last = std::min(first + widest, length);
  std::erase_if(marks, [&](const Mark &mark) { return mark.end <= first || mark.begin >= std::max(last, focus + 1); });
  for (Mark &mark : marks) {
    mark.begin = std::max(mark.begin, first) - first + (first > 0);
    mark.end = std::max(std::min(mark.end, last) - first + (first > 0), mark.begin + 1);
  }
  return (first > 0 ? "…" : "") + characters(text, first, last) + (last < length ? "…" : "");
}

std::string drawLine(const Source &source, uint32_t line, std::vector<Mark> marks) {
  const std::string text = cut(visible(source.line(line)), marks);
  return withoutTrailingBlanks(fmt::format("{:>5} | {}", line, text)) + "\n" + drawMarks(std::move(marks));
}

/// All marked lines of one text, from top to bottom.
std::string drawLines(const Diagnostic &diagnostic, const Sources &sources, SourceId id) {
  const Source &source = sources.get(id);
  std::map<uint32_t, std::vector<Mark>> lines;
  for (const Label &label : diagnostic.labels)
    if (label.range.source == id)
      lines[source.lineOf(label.range.begin)].push_back(markOf(source, label.range, '~', label.text));
  if (diagnostic.range.source == id)
    lines[source.lineOf(diagnostic.range.begin)].push_back(markOf(source, diagnostic.range, '^', diagnostic.label));
  std::string result;
  for (const auto &[line, marks] : lines)
    result += drawLine(source, line, marks);
  return result;
}

/// Text whose words can be read: what is longer than any name that somebody wrote by hand is cut in its middle.
std::string readable(std::string_view text) {
  constexpr uint32_t longest = 200, head = 60, tail = 20;
  std::string result;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    const uint32_t length = characterCount(word);
    result += length <= longest ? std::string(word) : characters(word, 0, head) + "…" + characters(word, length - tail, length);
    text.remove_prefix(word.size());
    const size_t blanks = std::min(text.find_first_not_of(' '), text.size());
    result += text.substr(0, blanks);
    text.remove_prefix(blanks);
  }
  return result;
}

std::string placeText(const Sources &sources, Range range) {
  const Source &source = sources.get(range.source);
  Position position = source.position(range.begin);
  return fmt::format("{}:{}:{}", source.path(), position.line, position.column);
}

} // namespace

std::string render(const Diagnostic &diagnostic, const Sources &sources) {
  std::string result;
  if (diagnostic.range.valid()) {
    result = fmt::format("{}: {}: {}\n", placeText(sources, diagnostic.range), word(diagnostic.severity), readable(diagnostic.message));
    result += drawLines(diagnostic, sources, diagnostic.range.source);
  } else {
    result = fmt::format("{}: {}\n", word(diagnostic.severity), readable(diagnostic.message));
  }
  std::vector<SourceId> shown = {diagnostic.range.source};
  for (const Label &label : diagnostic.labels) {
    if (std::find(shown.begin(), shown.end(), label.range.source) != shown.end())
      continue;
    shown.push_back(label.range.source);
    result += fmt::format("  {}:\n", placeText(sources, label.range));
    result += drawLines(diagnostic, sources, label.range.source);
  }
  for (const std::string &note : diagnostic.notes)
    result += fmt::format("  note: {}\n", readable(note));
  if (!diagnostic.help.empty())
    result += fmt::format("  help: {}\n", readable(diagnostic.help));
  return result;
}

std::string render(const Engine &engine, const Sources &sources) {
  std::string result;
  const Engine::Shown shown = engine.shown();
  for (const Diagnostic &diagnostic : shown.diagnostics)
    result += render(diagnostic, sources);
  if (std::string rest = shown.rest(); !rest.empty())
    result += rest + "\n";
  return result;
}

} // namespace bdc::diag
