#include "syntax_testing.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <set>

using namespace bdc;
using namespace bdc::syntax;
using bdc::syntax::testing::Parsed;
using diag::Kind;

namespace {

/// A mistake and what was meant: the first has exactly one diagnostic, the second none.
struct Case {
  Kind kind;
  const char *place; ///< line:column
  const char *invalid;
  const char *valid;
  const char *message; ///< a part of it, or of the way out
};

const Case cases[] = {
    {Kind::InvalidUtf8, "1:11", "neuron A {\xFF}", "neuron A {}", "save the file with the encoding UTF-8"},
    {Kind::UnexpectedCharacter, "1:22", "function f(a, b) = a ** b", "function f(a, b) = a ^ b", "write `^`"},
    {Kind::UnexpectedCharacter, "1:12", "function f(\xCF\x84) = 1", "function f(tau) = 1", "write `tau`"},
    {Kind::UnexpectedCharacter, "1:1", "# remark", "// remark", "a comment begins with `//`"},
    {Kind::UnterminatedString, "1:12", "function f(\"a) = 1", "function f(a) = 1", "close it with"},
    {Kind::MalformedNumber, "1:16", "function f() = .5", "function f() = 0.5", "write `0.5`"},
    {Kind::MalformedNumber, "1:16", "function f() = 5. + 1", "function f() = 5.0 + 1", "write `5.0`"},
    {Kind::MalformedNumber, "1:16", "function f() = 1e999", "function f() = 1e99", "too large or too small"},
    {Kind::StrayDocComment, "2:9", "neuron A {\nx = 1   /// about x\n}", "neuron A {\n/// about x\nx = 1\n}", "belongs to nothing"},
    {Kind::StrayDocComment, "3:1", "neuron A {\nx = 1\n/// the end\n}", "neuron A {\nx = 1\n// the end\n}", "belongs to nothing"},
    {Kind::ExpectedToken, "1:30", "experiment e { simulate COBA in 1 s }", "experiment e { simulate COBA for 1 s }", "expected `for` and a duration"},
    {Kind::ExpectedToken, "2:9", "neuron A {\nparam a mV\n}", "neuron A {\nparam a : mV\n}", "a unit stands after a colon"},
    {Kind::ExpectedToken, "1:26", "network N { population E LIF[3] }", "network N { population E = LIF[3] }", "expected `=`"},
    {Kind::ExpectedToken, "1:26", "function f(a) = if a > 1 1 else 2", "function f(a) = if a > 1 then 1 else 2", "expected `then`"},
    {Kind::ExpectedToken, "1:32", "function f(a) = if a > 1 then 1", "function f(a) = if a > 1 then 1 else 0", "in both cases"},
    {Kind::ExpectedToken, "1:23", "network N { project E { connect all } }", "network N { project E -> I { connect all } }", "`->`"},
    {Kind::ExpectedToken, "1:10", "neuron A x = 1", "neuron A { x = 1 }", "`{`"},
    {Kind::ExpectedExpression, "2:5", "neuron A {\nx = +3\n}", "neuron A {\nx = 3\n}", "is left out"},
    {Kind::ExpectedExpression, "2:4", "neuron A {\nx =\ny = 1\n}", "neuron A {\nx = 2\ny = 1\n}", "something has to follow this"},
    {Kind::ExpectedExpression, "1:37", "network N { project A -> B { weight = 2; connect all } }", "network N { project A -> B { weight 2; connect all } }", "without `=`"},
    {Kind::ExpectedExpression, "1:21", "function f(a) = 1 + if a then 1 else 2", "function f(a) = 1 + (if a then 1 else 2)", "in brackets"},
    {Kind::ExpectedName, "1:8", "neuron { x = 1 }", "neuron A { x = 1 }", "the name of the neuron"},
    {Kind::ExpectedName, "2:7", "neuron A {\nparam if = 1\n}", "neuron A {\nparam iff = 1\n}", "cannot be names"},
    {Kind::ExpectedName, "1:22", "experiment e { drive 3 = 1 }", "experiment e { drive E.I = 1 }", "such as `E.v`"},
    {Kind::UnclosedBracket, "2:6", "neuron A {\nv' = (a + b\nw' = c\n}", "neuron A {\nv' = (a + b)\nw' = c\n}", "not closed before the end of the line"},
    {Kind::UnclosedBracket, "1:10", "neuron A {\nx = 1\nneuron B {\n}", "neuron A {\nx = 1\n}\nneuron B {\n}", "never closed"},
    {Kind::UnclosedBracket, "2:16", "network N {\nproject A -> B {\nconnect all\nparam N = 1\n}", "network N {\nproject A -> B {\nconnect all\n}\nparam N = 1\n}", "never closed"},
    {Kind::UnclosedBracket, "2:23", "network N {\npopulation E = LIF[3] { a = 1\nparam N = 1\n}", "network N {\npopulation E = LIF[3] { a = 1 }\nparam N = 1\n}", "never closed"},
    {Kind::UnmatchedBracket, "2:6", "neuron A {\nx = a)\n}", "neuron A {\nx = (a)\n}", "no bracket is open"},
    {Kind::UnmatchedBracket, "2:1", "neuron A { x = 1 }\n}", "neuron A { x = 1 }", "no block is open"},
    {Kind::UnknownStatement, "2:1", "neuron A {\nparm a = 1\n}", "neuron A {\nparam a = 1\n}", "did you mean `param`?"},
    {Kind::UnknownStatement, "1:1", "neron A { x = 1 }", "neuron A { x = 1 }", "did you mean `neuron`?"},
    {Kind::UnknownStatement, "2:1", "neuron A {\ntau : ms = 5\n}", "neuron A {\nparam tau : ms = 5\n}", "begins with its kind"},
    {Kind::UnknownStatement, "2:1", "neuron A {\ndv/dt = 5\n}", "neuron A {\nv' = 5\n}", "written with a prime"},
    {Kind::MisplacedStatement, "2:1", "neuron A {\npopulation E = LIF[3]\n}", "network A {\npopulation E = LIF[3]\n}", "it belongs to a network"},
    {Kind::MisplacedStatement, "2:3", "neuron A {\nv += 1\n}", "neuron A {\non v > 1 { v += 1 }\n}", "a state jumps at an event"},
    {Kind::MisplacedStatement, "1:24", "neuron A { on v > 1 { v' = 1 } }", "neuron A { v' = 1; on v > 1 { v = 1 } }", "stands beside `on`"},
    {Kind::TrailingText, "2:7", "neuron A {\nx = a b\n}", "neuron A {\nx = a * b\n}", "an operator or a comma may be missing"},
    {Kind::TrailingText, "2:9", "neuron A {\ninput I = 3\n}", "neuron A {\ninput I\n}", "the sum of whatever drives it"},
    {Kind::ChainedComparison, "2:11", "neuron A {\nx = a < b < c\n}", "neuron A {\nx = a < b and b < c\n}", "a < b and b < c"},
    {Kind::MisplacedUnit, "2:11", "neuron A {\nx = (1+2) mV\n}", "neuron A {\nx = (1+2) * 1 mV\n}", "a product needs `*`"},
    {Kind::PositionalAfterNamed, "1:29", "function f(a) = rate(b = 1, a)", "function f(a) = rate(a, b = 1)", "move it to the front"},
    {Kind::DuplicateClause, "3:1", "network N { project A -> B {\nconnect all; weight 1\nweight 2\n} }", "network N { project A -> B {\nconnect all; weight 1\n} }", "first here"},
    {Kind::MissingClause, "1:13", "network N { project A -> B { weight 1 } }", "network N { project A -> B { connect all; weight 1 } }", "add `connect all`"},
    {Kind::MissingClause, "1:28", "network N { population E = LIF }", "network N { population E = LIF[1] }", "write `LIF[1]`"},
};

/// "line:column kind", and the text as people see it.
std::string only(const Parsed &parsed, std::string &shown) {
  shown = parsed.errors();
  std::vector<diag::Diagnostic> all = parsed.engine.sorted();
  if (all.size() != 1)
    return fmt::format("{} diagnostics", all.size());
  diag::Position position = parsed.sources.get(parsed.id).position(all[0].range.begin);
  return fmt::format("{}:{} {}", position.line, position.column, diag::info(all[0].kind).id);
}

} // namespace

TEST(SyntaxErrors, EachHasOneDiagnosticAtItsPlaceAndAValidTwin) {
  for (const Case &test : cases) {
    Parsed invalid(test.invalid);
    std::string shown;
    EXPECT_EQ(only(invalid, shown), fmt::format("{} {}", test.place, diag::info(test.kind).id)) << test.invalid << "\n" << shown;
    EXPECT_NE(shown.find(test.message), std::string::npos) << shown;
    EXPECT_EQ(Parsed(test.valid).errors(), "") << test.valid;
  }
}

TEST(SyntaxErrors, DeepNestingIsRefusedAndFlatTextIsNot) {
  auto deep = [](int n) { return "function f(x) = " + std::string(n, '(') + "x" + std::string(n, ')'); };
  std::string sum = "function f(x) = x";
  for (int i = 0; i < 900; ++i)
    sum += " + x";
  std::string shown, longSum = sum;
  for (int i = 0; i < 200; ++i)
    longSum += " + x";
  EXPECT_EQ(Parsed(deep(50)).errors(), "");
  EXPECT_EQ(Parsed(sum).errors(), "");
  EXPECT_NE(only(Parsed(deep(5000)), shown).find("nested-too-deeply"), std::string::npos) << shown;
  EXPECT_NE(only(Parsed(longSum), shown).find("nested-too-deeply"), std::string::npos) << shown;
  for (const char *prefix : {"-", "not ", "2^", "[", "f(", "if a then b else ", "x["}) {
    std::string text = "function f(x) = ";
    for (int i = 0; i < 100000; ++i)
      text += prefix;
    EXPECT_TRUE(Parsed(text).engine.hasErrors()) << prefix;
  }
}

/// Every kind up to here belongs to the syntax; later ones have their own tests.
TEST(SyntaxErrors, EveryKindIsExercised) {
  std::set<Kind> seen = {Kind::UnreadableFile, Kind::NestedTooDeeply}; // in diagnostics_test, and above
  for (const Case &test : cases)
    seen.insert(test.kind);
  for (size_t kind = 0; kind <= static_cast<size_t>(Kind::NestedTooDeeply); ++kind)
    EXPECT_TRUE(seen.count(static_cast<Kind>(kind))) << diag::info(static_cast<Kind>(kind)).id;
}

TEST(SyntaxErrors, AllOfAFileInOneGo) {
  Parsed parsed(R"(neuron A {
  parm a = 1
  v' = (a + b
  on v > 1 { emit; hold v t; v = 3 }
  x = 2
}
network N {
  population E = LIF[3] { tau 5 ms }
  project E -> E { connect all; weight = 3 }
}
experiment e {
  drive E.I from 3 ms
  record E.v[0:10 every 1 ms
  plot raster(E)
}
)");
  std::string lines;
  for (const diag::Diagnostic &diagnostic : parsed.engine.sorted())
    lines += fmt::format("{} ", parsed.sources.get(parsed.id).position(diagnostic.range.begin).line);
  EXPECT_EQ(lines, "2 3 4 4 8 9 12 13 ") << parsed.errors();
  EXPECT_NE(parsed.tree().find("(define x 2)"), std::string::npos);
  EXPECT_NE(parsed.tree().find("(update v = 3)"), std::string::npos);
  EXPECT_NE(parsed.tree().find("(plot (call raster E))"), std::string::npos);
}
