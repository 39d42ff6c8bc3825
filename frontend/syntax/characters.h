#pragma once

#include <cstdint>
#include <string_view>

/// Classes of characters, independent of the locale, and UTF-8.
namespace bdc::syntax {

inline bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
inline bool isDigit(char c) { return c >= '0' && c <= '9'; }
inline bool beginsName(char c) { return isLetter(c) || c == '_'; }
inline bool continuesName(char c) { return beginsName(c) || isDigit(c); }
inline bool isBlank(char c) { return c == ' ' || c == '\t' || c == '\r'; }
inline bool isBeyondAscii(char c) { return static_cast<unsigned char>(c) >= 0x80; }

/// Bytes of the UTF-8 character at the beginning of a text; 0 where there is no valid one.
uint32_t utf8Length(std::string_view text);

/// What to write instead of a character that looks like one of the language's, or of a Greek letter (`tau`);
/// empty for all others.
std::string_view asciiFor(std::string_view character);

} // namespace bdc::syntax
