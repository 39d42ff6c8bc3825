#include "tools/src/bdc/terminal.h"

#include <cmath>
#include <cstdlib>
#include <fmt/format.h>
#include <unistd.h>

namespace bdc::tool {

bool isTerminal(std::FILE *stream) { return isatty(fileno(stream)); }

bool hasColour(std::FILE *stream) {
  if (!isTerminal(stream))
    return false;
  const char *none = std::getenv("NO_COLOR"), *term = std::getenv("TERM");
  return !(none && *none) && term && std::string_view(term) != "dumb";
}

namespace {

constexpr std::string_view red = "\033[1;31m", yellow = "\033[1;33m", cyan = "\033[36m", bold = "\033[1m", plain = "\033[0m";

/// A line of a rendered diagnostic: its first has "file:line:column: error: …", those below are the text, marks and help.
std::string coloured(std::string_view line) {
  for (auto [word, colour] : {std::pair{std::string_view(" error: "), red}, {" warning: ", yellow}})
    if (size_t at = line.find(word); at != line.npos && !line.starts_with("   "))
      return fmt::format("{}{}{}{}{}{}{}", bold, line.substr(0, at), colour, line.substr(at, word.size() - 1), plain, bold,
                         line.substr(at + word.size() - 1)) + std::string(plain);
  if (line.starts_with("  help: ") || line.starts_with("  note: "))
    return fmt::format("{}{}{}{}", cyan, line.substr(0, 7), plain, line.substr(7));
  return std::string(line);
}

} // namespace

void printDiagnostics(std::string_view text, std::FILE *stream) {
  if (!hasColour(stream)) {
    fmt::print(stream, "{}", text);
    return;
  }
  while (!text.empty()) {
    size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    fmt::print(stream, "{}\n", coloured(line));
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
}

void printError(std::string_view message, std::string_view help) {
  std::string text = fmt::format("bdc: error: {}\n", message);
  if (!help.empty())
    text += fmt::format("  help: {}\n", help);
  printDiagnostics(text, stderr);
}

std::string durationText(double seconds) {
  if (seconds < 0.9995e-3)
    return fmt::format("{:.3g} us", seconds * 1e6);
  if (seconds < 0.9995)
    return fmt::format("{:.3g} ms", seconds * 1e3);
  if (seconds < 99.95)
    return fmt::format("{:.3g} s", seconds);
  long whole = std::lround(seconds);
  if (whole < 3600)
    return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

} // namespace bdc::tool
