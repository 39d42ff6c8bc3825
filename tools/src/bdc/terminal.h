// What is printed for people: colour where there is a terminal that wants it.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace bdc::tool {

/// Whether a stream is a terminal, and whether it shows colours (not where NO_COLOR is set or TERM is `dumb`).
bool isTerminal(std::FILE *stream);
bool hasColour(std::FILE *stream);

/// Rendered diagnostics, with colours where the stream has them.
void printDiagnostics(std::string_view text, std::FILE *stream);

/// `bdc: error: message` and, where there is one, `  help: …`, on standard error.
void printError(std::string_view message, std::string_view help = {});

/// `1.5 s`, `0.1 ms`, `2 min 3 s`: three digits.
std::string durationText(double seconds);

} // namespace bdc::tool
