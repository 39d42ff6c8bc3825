// The models that stand in pages of the documentation.
#pragma once

#include <sstream>
#include <string>
#include <vector>

namespace bdc::syntax::testing {

/// The blocks of a page that are marked as text of the language, each with its first line's number.
inline std::vector<std::pair<size_t, std::string>> blocksOf(const std::string &page) {
  std::vector<std::pair<size_t, std::string>> blocks;
  std::istringstream lines(page);
  bool inside = false;
  size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line == "```bd") {
      inside = true;
      blocks.push_back({number + 1, ""});
    } else if (line == "```") {
      inside = false;
    } else if (inside) {
      blocks.back().second += line + "\n";
    }
  }
  return blocks;
}

} // namespace bdc::syntax::testing
