// Mutilated models: whatever is taken away or put in, the rules answer with diagnostics and come to an end.
#include "frontend/rules/check.h"
#include "frontend/syntax/lexer.h"
#include "frontend/syntax/parser.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

using namespace bdc;
namespace fs = std::filesystem;

namespace {

/// Needs no file beside it.
const char *brain = R"(
import masses.Hopf, noise.White
coupling bounded { param k; d = tanh(source - target); term weight * d; output k * total }
mass Noisy { param s = 1; input I; state x = 0; n = s * sqrt(1 ms) * white; x' = (-x + n + I) / 1 ms }
network Brain {
  connectome SC = synthetic(regions = 10, density = 0.5)
  param G : Hz = 1, speed : mm/ms = 4
  nodes h = Hopf[SC] { a ~ normal(-0.02, 0.01) Hz, method = heun }
  nodes m = Noisy[SC]
  couple h.x -> h.I_x by diffusive(SC.weights, strength = G, delay = SC.lengths / speed, steps = ceil)
  couple far: h.x - h.y -> m.I by additive(log1p(SC.weights), strength = 2)
  couple m.x -> m.I by bounded(SC.weights / (1 + SC.lengths / 1 mm), k = 0.5)
  disturb h.I_x, h.I_y by White { sigma = 0.02 /s^(1/2) }
  start h.x ~ uniform(0, 1), m.x = 0.5
}
experiment run { simulate Brain for 1 s, dt = 1 ms, method = milstein; drive h.I_x = 1 Hz from 1 ms; record h.x, m.x; summarise mean(m.x) }
)";

std::string read(const fs::path &path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

/// Of a text in the place of a file.
diag::Engine checked(const fs::path &file, const std::string &text, diag::Sources &sources) {
  diag::Engine engine;
  syntax::File tree = syntax::parse(sources, sources.add(file, text), engine);
  rules::check(sources, tree, engine);
  return engine;
}

size_t errors(const fs::path &file, const std::string &text) {
  diag::Sources sources;
  size_t count = 0;
  for (const diag::Diagnostic &each : checked(file, text, sources).sorted())
    count += each.severity == diag::Severity::Error;
  return count;
}

std::string shownErrors(const fs::path &file, const std::string &text) {
  diag::Sources sources;
  diag::Engine engine = checked(file, text, sources);
  return diag::render(engine, sources);
}

std::vector<std::string> texts() {
  std::vector<std::string> result = {brain};
  for (const char *folder : {"docs/examples", "frontend/library", "test/frontend/valid"})
    for (const fs::directory_entry &entry : fs::recursive_directory_iterator(fs::path(BDC_SOURCE_DIR) / folder))
      if (entry.path().extension() == ".bd" && entry.path().stem() != "nested-too-deeply" && !entry.path().stem().string().ends_with("_gallery")) {
        result.push_back(read(entry.path()));
      }
  return result;
}

/// Nothing that a network says may be left out of a program without errors.
void checkComplete(const syntax::File &file, const rules::Program &program, const std::string &text) {
  size_t projections = 0, couplings = 0, disturbances = 0, observers = 0, populations = 0;
  for (const syntax::DeclPtr &decl : file.declarations) {
    auto *network = syntax::dynAs<syntax::NetworkDecl>(decl);
    if (!network || network->name.text != program.network)
      continue;
    for (const syntax::StmtPtr &stmt : network->body) {
      if (auto *project = syntax::dynAs<syntax::ProjectStmt>(stmt))
        projections += project->sources.size() * project->targets.size();
      if (auto *disturb = syntax::dynAs<syntax::DisturbStmt>(stmt))
        disturbances += disturb->places.size();
      couplings += stmt->kind == syntax::StmtKind::Couple;
      observers += stmt->kind == syntax::StmtKind::Observe;
      populations += stmt->kind == syntax::StmtKind::Population;
    }
  }
  EXPECT_EQ(program.projections.size(), projections) << text;
  EXPECT_EQ(program.couplings.size(), couplings) << text;
  EXPECT_EQ(program.disturbances.size(), disturbances) << text;
  EXPECT_EQ(program.observers.size(), observers) << text;
  EXPECT_EQ(program.populations.size(), populations) << text;
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
    checkComplete(file, *program, text);
    EXPECT_GE(program->experiment.duration, 0) << text;
    EXPECT_GE(program->experiment.step, 0) << text;
    for (const rules::Scalar &scalar : program->scalars)
      EXPECT_TRUE(scalar.value || scalar.given) << scalar.path << "\n" << text;
    for (const rules::Population &population : program->populations) {
      EXPECT_GE(population.size, 0) << text;
      for (const rules::Binding &binding : population.use.bindings)
        EXPECT_TRUE(binding.value) << binding.path << "\n" << text;
    }
    for (const rules::Projection &projection : program->projections) {
      EXPECT_GE(projection.input, 0) << text;
      EXPECT_EQ(bool(projection.synapse), bool(projection.effect)) << text;
    }
    for (const rules::Coupling &coupling : program->couplings) {
      EXPECT_TRUE(coupling.value && coupling.weight && coupling.rule) << text;
      EXPECT_GE(std::min({coupling.source, coupling.target, coupling.connectome, coupling.input}), 0) << text;
    }
    for (const rules::Disturbance &disturbance : program->disturbances) {
      EXPECT_TRUE(disturbance.noise) << text;
      EXPECT_GE(std::min(disturbance.population, disturbance.input), 0) << text;
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

/// A token that is missing, stands twice, or has a letter too many is one mistake, whatever depends on it.
TEST(Mutation, OneMistakeHasOneError) {
  std::vector<fs::path> files = {fs::path(BDC_SOURCE_DIR) / "test/frontend/statements.bd"};
  for (const char *folder : {"docs/examples", "frontend/library"})
    for (const fs::directory_entry &entry : fs::recursive_directory_iterator(fs::path(BDC_SOURCE_DIR) / folder))
      if (entry.path().extension() == ".bd" && !entry.path().stem().string().ends_with("_gallery")) // which repeats itself
        files.push_back(entry.path());
  for (const fs::path &file : files) {
    std::string text = read(file);
    diag::Sources sources;
    diag::Engine engine;
    for (const syntax::Token &token : syntax::lex(sources, sources.add(file, text), engine).tokens) {
      if (token.kind == syntax::TokenKind::Newline || token.kind == syntax::TokenKind::End)
        continue;
      std::string before = text.substr(0, token.range.begin), after = text.substr(token.range.end);
      std::string word = text.substr(token.range.begin, token.range.end - token.range.begin);
      bool hasLetters = std::isalpha((unsigned char)word.back());
      for (const std::string &mutant :
           {before + after, before + word + " " + word + after, before + word + (hasLetters ? "q" : " ") + after}) {
        bool isCoulomb = mutant.find("((1  C)") != mutant.npos; // a number with a unit, in a value that two derivatives read
        EXPECT_LE(errors(file, mutant), isCoulomb ? 2u : 1u) << file << "\n" << shownErrors(file, mutant);
      }
    }
  }
}

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
