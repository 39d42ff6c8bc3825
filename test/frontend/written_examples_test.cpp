#include "syntax_testing.h"

#include <gtest/gtest.h>

using namespace bdc;
namespace fs = std::filesystem;
using bdc::syntax::testing::Parsed;
using bdc::syntax::testing::readFile;

namespace {

/// The blocks of a page that are marked as text of the language, each with its first line's number.
std::vector<std::pair<size_t, std::string>> blocksOf(const std::string &page) {
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

} // namespace

TEST(WrittenExamples, TheLanguageReferenceParses) {
  auto blocks = blocksOf(readFile(fs::path(BDC_SOURCE_DIR) / "docs/language.md"));
  ASSERT_GE(blocks.size(), 9u);
  for (const auto &[line, text] : blocks) {
    Parsed parsed(text);
    EXPECT_EQ(parsed.errors(), "") << "docs/language.md, block at line " << line;
    EXPECT_FALSE(parsed.file.declarations.empty()) << "docs/language.md, block at line " << line;
  }
}

TEST(WrittenExamples, TheModelsParse) {
  size_t count = 0;
  for (const char *folder : {"docs/examples", "frontend/library"})
    for (const fs::directory_entry &entry : fs::recursive_directory_iterator(fs::path(BDC_SOURCE_DIR) / folder))
      if (entry.path().extension() == ".bd") {
        ++count;
        EXPECT_EQ(Parsed(readFile(entry.path())).errors(), "") << entry.path();
      }
  EXPECT_GE(count, 2u);
}
