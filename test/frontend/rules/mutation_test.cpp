// Mutilated models: whatever is taken away or put in, the rules answer with diagnostics and come to an end.
#include "frontend/rules/check.h"
#include "frontend/syntax/parser.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

using namespace bdc;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> texts() {
  std::vector<std::string> result;
  for (const char *folder : {"docs/examples", "frontend/library", "test/frontend/valid"})
    for (const fs::directory_entry &entry : fs::recursive_directory_iterator(fs::path(BDC_SOURCE_DIR) / folder))
      if (entry.path().extension() == ".bd" && entry.path().stem() != "nested-too-deeply") {
        std::ostringstream text;
        text << std::ifstream(entry.path()).rdbuf();
        result.push_back(text.str());
      }
  return result;
}

/// Checks a text; a program without errors must be whole.
void checkWhole(const std::string &text) {
  diag::Sources sources;
  diag::Engine engine;
  syntax::File file = syntax::parse(sources, sources.add("test.bd", text), engine);
  rules::Checked checked = rules::check(sources, file, engine);
  diag::render(engine, sources);
  if (engine.hasErrors())
    return;
  for (const auto &program : checked.programs) {
    EXPECT_GE(program->experiment.duration, 0) << text;
    EXPECT_GE(program->experiment.step, 0) << text;
    for (const rules::Scalar &scalar : program->scalars)
      EXPECT_NE(scalar.value, nullptr) << scalar.path << "\n" << text;
    for (const rules::Population &population : program->populations) {
      EXPECT_GE(population.size, 0) << text;
      for (const rules::Binding &binding : population.use.bindings)
        EXPECT_TRUE(binding.value) << binding.path << "\n" << text;
    }
    for (const rules::Projection &projection : program->projections) {
      EXPECT_GE(projection.input, 0) << text;
      EXPECT_EQ(bool(projection.synapse), bool(projection.effect)) << text;
    }
    for (const rules::Model &model : program->models)
      for (const rules::Variable &variable : model.variables)
        if (variable.role == rules::VariableRole::Let || variable.role == rules::VariableRole::Output)
          EXPECT_NE(variable.value, nullptr) << variable.name << "\n" << text;
  }
}

/// Where words, numbers and signs begin.
std::vector<size_t> tokens(const std::string &text) {
  std::vector<size_t> result;
  auto isWord = [](char c) { return std::isalnum((unsigned char)c) || c == '_'; };
  for (size_t i = 0; i < text.size(); ++i)
    if (!std::isspace((unsigned char)text[i]) && (i == 0 || !isWord(text[i]) || !isWord(text[i - 1])))
      result.push_back(i);
  result.push_back(text.size());
  return result;
}

} // namespace

TEST(Mutation, WithoutOneToken) {
  for (const std::string &text : texts()) {
    std::vector<size_t> at = tokens(text);
    for (size_t i = 0; i + 1 < at.size(); ++i)
      checkWhole(text.substr(0, at[i]) + text.substr(at[i + 1]));
  }
}

TEST(Mutation, WithAnotherToken) {
  for (const std::string &text : texts()) {
    std::vector<size_t> at = tokens(text);
    for (size_t i = 0; i + 1 < at.size(); ++i) {
      size_t other = (i * 7919 + 13) % (at.size() - 1);
      checkWhole(text.substr(0, at[i]) + " " + text.substr(at[other], at[other + 1] - at[other]) + " " + text.substr(at[i + 1]));
    }
  }
}

TEST(Mutation, WithoutOneLine) {
  for (const std::string &text : texts())
    for (size_t begin = 0; begin < text.size();) {
      size_t end = std::min(text.find('\n', begin), text.size() - 1) + 1;
      checkWhole(text.substr(0, begin) + text.substr(end));
      begin = end;
    }
}
