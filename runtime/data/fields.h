/// Lines and fields of text files. Used within this folder alone.
#pragma once

#include "runtime/error.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bdc::runtime::data {

/// Without white space at its ends.
std::string_view trim(std::string_view text);
/// The next line, without its end, taken off `rest`.
std::string_view takeLine(std::string_view &rest);
/// Without the byte order mark that some programs write before UTF-8.
std::string_view withoutMark(std::string_view text);
std::string_view withoutQuotes(std::string_view label);

bool isNumber(std::string_view field, double &value);

/// What separates the fields of a line like this one: semicolon, comma, or (' ') white space.
char separatorOf(std::string_view line);
/// The fields of a line, trimmed. A separator other than white space stands between any two; one between quotes is part of a
/// field.
std::vector<std::string_view> split(std::string_view line, char separator);

/// Lines that say something, with their numbers counted from 1.
class Lines {
public:
  explicit Lines(std::string_view text) : rest(withoutMark(text)) {}
  bool next();

  std::string_view line;
  int64_t number = 0;

private:
  std::string_view rest;
};

/// A field of the current line should be a number.
Error noNumber(const std::string &name, const Lines &lines, std::string_view field);

} // namespace bdc::runtime::data
