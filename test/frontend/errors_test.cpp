// Every kind of diagnostic on a text that has the mistake, and on its valid twin.
//
// errors/KIND.bd (or KIND.CASE.bd) says at its end what must be reported, one line each:
//   // expect: LINE:COLUMN MESSAGE
//   // help: the way out
// and valid/ has the same file with the mistake put right. A first line `// set: NAME=TEXT` is an override.
#include "frontend/rules/check.h"
#include "frontend/rules/lanes.h"
#include "frontend/rules/values.h"
#include "frontend/syntax/parser.h"
#include "written_blocks.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <set>
#include <sstream>

using namespace bdc;
namespace fs = std::filesystem;

namespace {

const fs::path folder = fs::path(BDC_SOURCE_DIR) / "test/frontend";

std::vector<fs::path> filesIn(const char *name) {
  std::vector<fs::path> files;
  for (const fs::directory_entry &entry : fs::directory_iterator(folder / name))
    if (entry.path().extension() == ".bd")
      files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

/// A file, checked with its override.
struct CheckedFile {
  explicit CheckedFile(const fs::path &path) {
    rules::Checked checked = rules::checkFile(sources, path.string(), engine);
    text = sources.size() > 0 ? std::string(sources.get(0).text()) : "";
    if (text.rfind("// set: ", 0) != 0 || engine.hasErrors() || checked.programs.empty())
      return;
    std::string line = text.substr(8, text.find('\n') - 8);
    size_t equals = line.find('=');
    rules::Overrides overrides =
        rules::resolveOverrides(*checked.find(""), {{line.substr(0, equals), line.substr(equals + 1)}}, sources, engine);
    if (!engine.hasErrors())
      rules::checkValues(*checked.find(""), overrides.values, engine);
    if (!checked.find("")->experiment.sweeps.empty())
      rules::lanesOf(*checked.find(""), overrides.values, 1, 0, rules::cornersOfCube, engine);
  }

  /// What was reported, in the form in which the files say it.
  std::vector<std::string> found() const {
    std::vector<std::string> lines;
    for (const diag::Diagnostic &d : engine.sorted()) {
      diag::Position at = sources.get(d.range.source).position(d.range.begin);
      lines.push_back(fmt::format("expect: {}:{} {}", at.line, at.column, d.message));
      if (!d.help.empty())
        lines.push_back("help: " + d.help);
    }
    // A path in a message depends on where the tests run.
    for (std::string &line : lines)
      for (std::string path = (folder / "errors/").string(); size_t at = line.find(path) + 1;)
        line.erase(at - 1, path.size());
    return lines;
  }

  std::vector<std::string> expected() const {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
      if (line.rfind("// expect: ", 0) == 0 || line.rfind("// help: ", 0) == 0)
        lines.push_back(line.substr(3));
    return lines;
  }

  diag::Sources sources;
  diag::Engine engine;
  std::string text;
};

std::string kindOf(const fs::path &path) { return path.filename().string().substr(0, path.filename().string().find('.')); }

} // namespace

TEST(Errors, EachIsReportedWhereItIs) {
  for (const fs::path &path : filesIn("errors")) {
    CheckedFile run(path);
    EXPECT_EQ(fmt::format("{}", fmt::join(run.found(), "\n")), fmt::format("{}", fmt::join(run.expected(), "\n"))) << path;
    EXPECT_FALSE(run.expected().empty()) << path << " expects nothing";
    bool hasKind = false;
    for (const diag::Diagnostic &d : run.engine.sorted())
      hasKind |= diag::info(d.kind).id == kindOf(path);
    EXPECT_TRUE(hasKind) << path << " is not about its kind";
  }
}

TEST(Errors, TheValidTwinsHaveNone) {
  for (const fs::path &path : filesIn("valid")) {
    CheckedFile run(path);
    EXPECT_EQ(diag::render(run.engine, run.sources), "");
    EXPECT_TRUE(fs::exists(folder / "errors" / path.filename())) << path << " is the twin of nothing";
  }
}

TEST(Errors, EveryKindHasBoth) {
  std::set<std::string> covered;
  for (const fs::path &path : filesIn("errors")) {
    covered.insert(kindOf(path));
    EXPECT_TRUE(fs::exists(folder / "valid" / path.filename())) << path << " has no valid twin";
  }
  for (size_t i = 0; i < diag::kindCount(); ++i) {
    std::string id(diag::info(diag::Kind(i)).id);
    EXPECT_EQ(covered.count(id), 1u) << id;
  }
}

TEST(Errors, AFileThatCannotBeRead) {
  CheckedFile missing(folder / "errors/there-is-no-such-file.bd");
  ASSERT_EQ(missing.engine.errorCount(), 1u);
  EXPECT_EQ(missing.engine.sorted()[0].kind, diag::Kind::UnreadableFile);
}

/// The blocks of a page are one model after the other: together they are a file that bdc accepts, but for what the page itself calls
/// not supported yet. Lines are those of the page.
TEST(WrittenExamples, ThePagesAreChecked) {
  for (const char *page : {"docs/language.md", "docs/masses.md", "docs/start.md", "docs/tutorial.md", "README.md"}) {
    std::ifstream file(fs::path(BDC_SOURCE_DIR) / page);
    std::stringstream content;
    content << file.rdbuf();
    std::string text;
    size_t line = 1;
    for (const auto &[first, block] : syntax::testing::blocksOf(content.str())) {
      text.append(first - line, '\n');
      text += block;
      line = first + static_cast<size_t>(std::count(block.begin(), block.end(), '\n'));
    }
    ASSERT_FALSE(text.empty()) << page;
    diag::Sources sources;
    diag::Engine engine;
    syntax::File parsed = syntax::parse(sources, sources.add((fs::path(BDC_SOURCE_DIR) / page).string(), text), engine);
    rules::Checked checked = rules::check(sources, parsed, engine);
    EXPECT_FALSE(checked.programs.empty()) << page;
    for (const diag::Diagnostic &d : engine.sorted())
      EXPECT_EQ(d.kind, diag::Kind::Unsupported) << diag::render(d, sources);
  }
}
