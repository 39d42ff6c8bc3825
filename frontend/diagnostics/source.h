#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bdc::diag {

/// Number of a text in its `Sources`.
using SourceId = uint32_t;

/// Bytes `begin` to `end` (not included) of one text. A default range has no place.
struct Range {
  static constexpr SourceId nowhere = ~SourceId(0);

  SourceId source = nowhere;
  uint32_t begin = 0;
  uint32_t end = 0;

  bool valid() const { return source != nowhere; }
  /// The smallest range that covers both; one without a place adds nothing.
  Range merge(Range other) const;
  friend bool operator==(Range, Range) = default;
};

/// Line and column as people count them: from 1, columns in characters, not bytes.
struct Position {
  uint32_t line = 0;
  uint32_t column = 0;
};

/// One text with its line table.
class Source {
public:
  Source(std::string path, std::string text);

  const std::string &path() const { return path_; }
  std::string_view text() const { return text_; }
  std::string_view slice(Range range) const;

  uint32_t lineCount() const { return static_cast<uint32_t>(lineBegins.size()); }
  /// Line of a byte offset, from 1; offsets behind the end belong to the last line.
  uint32_t lineOf(uint32_t offset) const;
  /// Offset of the first byte of a line.
  uint32_t lineBegin(uint32_t line) const { return lineBegins[line - 1]; }
  /// A line without its end.
  std::string_view line(uint32_t line) const;
  Position position(uint32_t offset) const;

private:
  std::string path_;
  std::string text_;
  std::vector<uint32_t> lineBegins;
};

/// All texts of one compilation. Texts stay where they are, so that syntax trees may point into them:
/// a `Sources` outlives every tree and diagnostic made from it.
class Sources {
public:
  Sources() = default;
  Sources(const Sources &) = delete;
  Sources &operator=(const Sources &) = delete;

  /// Adds a text under a path (or, for a text that is not a file, under a name such as `--set E.tau`).
  SourceId add(std::string path, std::string text);
  /// Reads a file; nothing, and the reason in `error`, where it cannot be read or is larger than 16 MiB.
  std::optional<SourceId> load(const std::string &path, std::string &error);

  const Source &get(SourceId id) const { return all[id]; }
  size_t size() const { return all.size(); }
  std::string_view slice(Range range) const { return get(range.source).slice(range); }

private:
  std::deque<Source> all;
};

/// Number of characters of UTF-8 text (bytes that do not continue a character).
uint32_t characterCount(std::string_view text);

} // namespace bdc::diag
