#include "frontend/diagnostics/source.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace bdc::diag {

namespace {
/// No model is this long; what is, was not meant to be read as one.
constexpr size_t largestFile = 16 << 20;
} // namespace

uint32_t characterCount(std::string_view text) {
  return static_cast<uint32_t>(
      std::count_if(text.begin(), text.end(), [](unsigned char c) { return (c & 0xC0) != 0x80; }));
}

Range Range::merge(Range other) const {
  if (!valid() || !other.valid() || source != other.source)
    return valid() ? *this : other;
  return {source, std::min(begin, other.begin), std::max(end, other.end)};
}

Source::Source(std::string path, std::string text) : path_(std::move(path)), text_(std::move(text)) {
  lineBegins.push_back(0);
  for (size_t i = 0; i < text_.size(); ++i)
    if (text_[i] == '\n')
      lineBegins.push_back(static_cast<uint32_t>(i + 1));
}

std::string_view Source::slice(Range range) const {
  uint32_t size = static_cast<uint32_t>(text_.size());
  uint32_t begin = std::min(range.begin, size);
  uint32_t end = std::clamp(range.end, begin, size);
  return std::string_view(text_).substr(begin, end - begin);
}

uint32_t Source::lineOf(uint32_t offset) const {
  auto next = std::upper_bound(lineBegins.begin(), lineBegins.end(), offset);
  return static_cast<uint32_t>(next - lineBegins.begin());
}

std::string_view Source::line(uint32_t line) const {
  uint32_t begin = lineBegins[line - 1];
  uint32_t end = line < lineCount() ? lineBegins[line] - 1 : static_cast<uint32_t>(text_.size());
  if (end > begin && text_[end - 1] == '\r')
    --end;
  return std::string_view(text_).substr(begin, end - begin);
}

Position Source::position(uint32_t offset) const {
  offset = std::min(offset, static_cast<uint32_t>(text_.size()));
  uint32_t line = lineOf(offset);
  uint32_t begin = lineBegins[line - 1];
  return {line, 1 + characterCount(std::string_view(text_).substr(begin, offset - begin))};
}

SourceId Sources::add(std::string path, std::string text) {
  all.emplace_back(std::move(path), std::move(text));
  return static_cast<SourceId>(all.size() - 1);
}

std::optional<SourceId> Sources::load(const std::string &path, std::string &error) {
  std::unique_ptr<std::FILE, int (*)(std::FILE *)> file(std::fopen(path.c_str(), "rb"), &std::fclose);
  if (!file) {
    error = std::strerror(errno);
    return std::nullopt;
  }
  std::string text;
  char block[16384];
  while (size_t count = std::fread(block, 1, sizeof block, file.get())) {
    text.append(block, count);
    if (text.size() > largestFile) {
      error = "it is larger than 16 MiB, which is no model";
      return std::nullopt;
    }
  }
  if (std::ferror(file.get())) {
    error = std::strerror(errno);
    return std::nullopt;
  }
  if (text.find('\0') != std::string::npos) {
    error = "it is no text (it has bytes that are zero)";
    return std::nullopt;
  }
  return add(path, std::move(text));
}

} // namespace bdc::diag
