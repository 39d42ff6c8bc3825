#include "syntax_testing.h"
#include "written_blocks.h"

#include <gtest/gtest.h>

using namespace bdc;
namespace fs = std::filesystem;
using bdc::syntax::testing::Parsed;
using bdc::syntax::testing::blocksOf;
using bdc::syntax::testing::readFile;

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
