#include "syntax_testing.h"

#include <gtest/gtest.h>
#include <random>

using namespace bdc;
using namespace bdc::syntax;
using bdc::syntax::testing::Parsed;
namespace fs = std::filesystem;

namespace {

/// Holds that a range lies in its text, and visits every node of a tree on the way.
class RangeCheck {
public:
  explicit RangeCheck(const diag::Sources &sources) : sources(sources) {}

  void place(Range range) {
    ASSERT_TRUE(range.valid());
    ASSERT_LE(range.begin, range.end);
    ASSERT_LE(range.end, sources.get(range.source).text().size());
  }
  void expr(const ExprPtr &node) {
    if (!node)
      return;
    place(node->range);
    if (auto *e = dynAs<MemberExpr>(node))
      expr(e->base);
    if (auto *e = dynAs<UnaryExpr>(node))
      expr(e->operand);
    if (auto *e = dynAs<BinaryExpr>(node))
      expr(e->left), expr(e->right), place(e->opRange);
    if (auto *e = dynAs<CallExpr>(node)) {
      expr(e->callee);
      for (const Argument &argument : e->arguments)
        expr(argument.value), place(argument.range);
    }
    if (auto *e = dynAs<IndexExpr>(node))
      expr(e->base);
    if (auto *e = dynAs<IfExpr>(node))
      expr(e->condition), expr(e->yes), expr(e->no);
  }
  void body(const std::vector<StmtPtr> &statements) {
    for (const StmtPtr &statement : statements) {
      place(statement->range);
      if (auto *s = dynAs<DefinitionStmt>(statement))
        expr(s->value);
      if (auto *s = dynAs<DerivativeStmt>(statement))
        expr(s->value);
      if (auto *s = dynAs<VariableStmt>(statement))
        expr(s->value);
      if (auto *s = dynAs<OnStmt>(statement))
        body(s->body), place(s->head);
      if (auto *s = dynAs<ProjectStmt>(statement))
        expr(s->connect), expr(s->weight.expr);
    }
  }
  void file(const File &file) {
    for (const DeclPtr &decl : file.declarations) {
      place(decl->range);
      if (auto *d = dynAs<ModelDecl>(decl))
        body(d->body);
      if (auto *d = dynAs<NetworkDecl>(decl))
        body(d->body);
      if (auto *d = dynAs<ExperimentDecl>(decl))
        body(d->body);
    }
  }

private:
  const diag::Sources &sources;
};

void survives(const std::string &text) {
  bdc::syntax::testing::Parsed parsed(text);
  RangeCheck check(parsed.sources);
  check.file(parsed.file);
  for (const diag::Diagnostic &diagnostic : parsed.engine.sorted()) {
    check.place(diagnostic.range);
    EXPECT_FALSE(diagnostic.message.empty());
    for (const diag::Label &label : diagnostic.labels)
      check.place(label.range);
  }
  parsed.tree();
  parsed.errors();
  diag::Engine engine;
  diag::SourceId id = parsed.sources.add("again", text);
  dumpTokens(parsed.sources, lex(parsed.sources, id, engine));
  parseExpressionText(parsed.sources, id, engine);
}

/// The models of the documentation, and one with what they do not have.
std::vector<std::string> seeds() {
  std::vector<std::string> result;
  for (const fs::directory_entry &entry : fs::directory_iterator(fs::path(BDC_SOURCE_DIR) / "docs/examples"))
    if (entry.path().extension() == ".bd")
      result.push_back(bdc::syntax::testing::readFile(entry.path()));
  std::sort(result.begin(), result.end());
  result.push_back("plasticity P {\n /// doc\n state pre x : 1/s = steady\n on pre spike { x *= if a < 3 mV then f(b = [1, 2] Hz) else -x[t - d]^2 }\n}\n"
                   "cell C { paint soma with H { a = 1 } }\nnetwork N {\n project p: A -> B[::2], C[1:-1] { connect all; weight ~ normal(0, 1) /s; plasticity P }\n"
                   " couple a -> b by c(d, e = 1)\n}\nexperiment e {\n simulate N for 1 s, discard 2 s\n let x = f(y every 1 ms)\n plot x against y\n fit G\n by adam\n}\n");
  return result;
}

std::string mutated(std::string text, const std::vector<std::string> &all, std::mt19937 &random) {
  auto below = [&](size_t n) { return n ? random() % n : 0; };
  constexpr std::string_view pieces[] = {"(", ")", "[", "]", "{", "}", "\n", ";", ",", ":", "=", "'", "\"", "~", "->", "+=", "^", "-", "/// x\n",
                                         " if ", " then ", " on ", " project ", " neuron X {", "5 ms", "1e999", ".5", "\xFF", "\xCE\xA4", "//", " by "};
  for (size_t edits = 1 + below(4); edits-- > 0;) {
    size_t at = below(text.size() + 1), length = below(std::min<size_t>(text.size() - at, 40) + 1);
    switch (below(5)) {
    case 0: text.erase(at, length); break;
    case 1: text.insert(at, pieces[below(std::size(pieces))]); break;
    case 2: text.insert(at, 1, static_cast<char>(random())); break;
    case 3: text.insert(below(text.size() + 1), text.substr(at, length)); break;
    default: {
      const std::string &other = all[below(all.size())];
      text.replace(at, length, other.substr(below(other.size()), below(60)));
    }
    }
  }
  return text;
}

} // namespace

TEST(Mutation, NoEditOfAModelBreaksTheParser) {
  std::vector<std::string> all = seeds();
  ASSERT_GE(all.size(), 3u);
  std::mt19937 random(20240501);
  for (const std::string &seed : all)
    survives(seed);
  for (int round = 0; round < 4000; ++round)
    survives(mutated(all[round % all.size()], all, random));
}

/// A token that is missing, or stands twice, is one mistake.
TEST(Mutation, OneMistakeHasOneDiagnostic) {
  std::vector<std::string> texts = seeds();
  texts.pop_back(); // has mistakes of its own
  texts.push_back(bdc::syntax::testing::readFile(fs::path(BDC_SOURCE_DIR) / "test/frontend/statements.bd"));
  for (const std::string &text : texts) {
    Parsed whole(text);
    ASSERT_FALSE(whole.engine.hasErrors()) << whole.errors();
    for (const Token &token : lex(whole.sources, whole.id, whole.engine).tokens) {
      if (token.kind == TokenKind::Newline || token.kind == TokenKind::End)
        continue;
      std::string word = text.substr(token.range.begin, token.range.end - token.range.begin);
      std::string before = text.substr(0, token.range.begin), after = text.substr(token.range.end);
      for (const std::string &mutant : {before + after, before + word + " " + word + after}) {
        Parsed parsed(mutant);
        EXPECT_LE(parsed.engine.errorCount(), 1u) << parsed.errors();
      }
    }
  }
}

TEST(Mutation, EveryPrefixOfAModelEnds) {
  for (const std::string &seed : seeds())
    for (size_t length = 0; length < seed.size(); length += 3)
      survives(seed.substr(0, length));
}
