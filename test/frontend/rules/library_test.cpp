// Every model of the standard library and every example: no error, no warning, a header that says where it is from.
#include "frontend/library/library.h"
#include "frontend/rules/check.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <set>

using namespace bdc;
namespace fs = std::filesystem;

namespace {

std::vector<fs::path> filesIn(const char *folder) {
  std::vector<fs::path> files;
  for (const fs::directory_entry &entry : fs::recursive_directory_iterator(fs::path(BDC_SOURCE_DIR) / folder))
    if (entry.path().extension() == ".bd")
      files.push_back(entry.path());
  return files;
}

} // namespace

TEST(Library, EveryFileIsRight) {
  for (const fs::path &path : filesIn("frontend/library")) {
    diag::Sources sources;
    diag::Engine engine;
    rules::checkFile(sources, path.string(), engine);
    EXPECT_EQ(diag::render(engine, sources), "") << path;
  }
}

TEST(Library, EveryFileIsPartOfTheCompiler) {
  std::set<std::string> embedded;
  for (const library::File &file : library::files())
    embedded.insert(std::string(file.path));
  for (const fs::path &path : filesIn("frontend/library"))
    EXPECT_TRUE(embedded.count(fs::relative(path, fs::path(BDC_SOURCE_DIR) / "frontend/library").string())) << path;
}

TEST(Library, EveryModelSaysWhatItIs) {
  for (const library::File &file : library::files()) {
    EXPECT_EQ(file.text.substr(0, 4), "/// ") << file.path;
    std::string name = fs::path(file.path).stem().string();
    // In a folder each model has its file; what stands beside the folders is a file of small ones.
    if (fs::path(file.path).has_parent_path())
      EXPECT_NE(file.text.find(" " + name + " {"), std::string::npos) << file.path << " does not define " << name;
  }
}

TEST(Library, TheExamplesAreRight) {
  for (const fs::path &path : filesIn("docs/examples")) {
    diag::Sources sources;
    diag::Engine engine;
    rules::Checked checked = rules::checkFile(sources, path.string(), engine);
    EXPECT_EQ(diag::render(engine, sources), "") << path;
    EXPECT_FALSE(checked.programs.empty()) << path;
  }
}
