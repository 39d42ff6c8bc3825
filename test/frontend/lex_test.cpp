#include "syntax_testing.h"

#include <gtest/gtest.h>

using namespace bdc;
using namespace bdc::syntax;

namespace {

/// Tokens separated by blanks: units in braces, `|` for the end of a statement, `?` for what has no meaning.
std::string lexed(std::string text) {
  diag::Sources sources;
  diag::Engine engine;
  diag::SourceId id = sources.add("test.bd", std::move(text));
  Tokens tokens = lex(sources, id, engine);
  std::string result;
  for (const Token &token : tokens.tokens) {
    if (token.kind == TokenKind::End)
      break;
    std::string shown(token.text);
    if (token.kind == TokenKind::Unit)
      shown = "{" + shown + "}";
    if (token.kind == TokenKind::Newline)
      shown = "|";
    result += (result.empty() ? "" : " ") + shown;
  }
  return result;
}

} // namespace

TEST(Lex, UnitsAfterNumbers) {
  EXPECT_EQ(lexed("5 ms"), "5 {ms} |");
  EXPECT_EQ(lexed("5ms"), "5 {ms} |");
  EXPECT_EQ(lexed("SC.lengths / 4 mm/ms"), "SC . lengths / 4 {mm/ms} |");
  EXPECT_EQ(lexed("120 mS/cm^2, 0.07 /ms"), "120 {mS/cm^2} , 0.07 {/ms} |");
  EXPECT_EQ(lexed("0.02 /s^(1/2) }"), "0.02 {/s^(1/2)} } |");
  EXPECT_EQ(lexed("1 /ms * exprel(x)^-1"), "1 {/ms} * exprel ( x ) ^ - 1 |");
  EXPECT_EQ(lexed("100 ohm*cm; 10 %"), "100 {ohm*cm} ; 10 {%} |");
  EXPECT_EQ(lexed("5 \xC2\xB5m // a comment"), "5 {\xC2\xB5m} |");
  EXPECT_EQ(lexed("(2 mV)^2 + 3 s^-1"), "( 2 {mV} ) ^ 2 + 3 {s^-1} |");
}

TEST(Lex, OperatorsAndWordsAreNotUnits) {
  EXPECT_EQ(lexed("2 * x"), "2 * x |");
  EXPECT_EQ(lexed("1 / (1 + x)"), "1 / ( 1 + x ) |");
  EXPECT_EQ(lexed("1/x"), "1 / x |");
  EXPECT_EQ(lexed("if x > 0 then 1 else 2"), "if x > 0 then 1 else 2 |");
  EXPECT_EQ(lexed("= 2 from 0.5 s to 0.6 s"), "= 2 from 0.5 {s} to 0.6 {s} |");
  EXPECT_EQ(lexed("E.v[0:10] every 1 ms"), "E . v [ 0 : 10 ] every 1 {ms} |");
  EXPECT_EQ(lexed("5 mV-3"), "5 {mV} - 3 |");
}

TEST(Lex, UnitsAfterColonsOfDeclarations) {
  EXPECT_EQ(lexed("param tau : ms = 5, b: pA"), "param tau : {ms} = 5 , b : {pA} |");
  EXPECT_EQ(lexed("state pre x : 1 = 0"), "state pre x : {1} = 0 |");
  EXPECT_EQ(lexed("param g : 1/s"), "param g : {1/s} |");
  EXPECT_EQ(lexed("project plastic: A -> B"), "project plastic : A -> B |");
  EXPECT_EQ(lexed("param n = E[a:b]"), "param n = E [ a : b ] |");
}

TEST(Lex, UnitsAfterClosingBrackets) {
  EXPECT_EQ(lexed("[0, 3] Hz"), "[ 0 , 3 ] {Hz} |");
  EXPECT_EQ(lexed("~ uniform(0, 1.5) kHz, x"), "~ uniform ( 0 , 1.5 ) {kHz} , x |");
  EXPECT_EQ(lexed("~ normal(0, 1) /s"), "~ normal ( 0 , 1 ) {/s} |");
  EXPECT_EQ(lexed("(a + b) /tau"), "( a + b ) / tau |");
  EXPECT_EQ(lexed("x[t - d] y"), "x [ t - d ] y |");
}

TEST(Lex, AStatementEndsWithItsLine) {
  EXPECT_EQ(lexed("a = 1\n\n\nb = 2"), "a = 1 | b = 2 |");
  EXPECT_EQ(lexed("a = 1; b = 2"), "a = 1 ; b = 2 |");
  EXPECT_EQ(lexed("a = f(1,\n  2)\nb"), "a = f ( 1 , 2 ) | b |");
  EXPECT_EQ(lexed("a = b +\n  c"), "a = b + c |");
  EXPECT_EQ(lexed("simulate N for 1 s, // options\n  dt = 1 ms"), "simulate N for 1 {s} , dt = 1 {ms} |");
  EXPECT_EQ(lexed("gradient x // or y\n  by adam"), "gradient x by adam |");
  EXPECT_EQ(lexed("a = [1\n2]"), "a = [ 1 2 ] |");
}

TEST(Lex, AStatementThatCanOnlyBeginEndsTheOneBefore) {
  EXPECT_EQ(lexed("x = (a + b\ny' = c"), "x = ( a + b | y ' = c |");
  EXPECT_EQ(lexed("x =\ny = c"), "x = | y = c |");
  EXPECT_EQ(lexed("connect random(p = 1\nsynapse AMPA"), "connect random ( p = 1 | synapse AMPA |");
  EXPECT_EQ(lexed("{ x = (a\n}"), "{ x = ( a | } |");
}

TEST(Lex, DocumentationBelongsToTheNextToken) {
  diag::Sources sources;
  diag::Engine engine;
  diag::SourceId id = sources.add("test.bd", "/// one\n/// two\nneuron // no doc\n//// a rule\nx");
  Tokens tokens = lex(sources, id, engine);
  ASSERT_EQ(tokens.docs.size(), 1u);
  EXPECT_EQ(tokens.docs[0].text, "one\ntwo");
  EXPECT_EQ(tokens.tokens[0].doc, 0);
  EXPECT_EQ(tokens.tokens[1].doc, -1);
}

TEST(Lex, NumbersHaveTheirValues) {
  diag::Sources sources;
  diag::Engine engine;
  diag::SourceId id = sources.add("test.bd", "12 0.5 1e-3 2.5E+2 5e");
  Tokens tokens = lex(sources, id, engine);
  EXPECT_EQ(tokens.tokens[0].value, 12);
  EXPECT_EQ(tokens.tokens[1].value, 0.5);
  EXPECT_EQ(tokens.tokens[2].value, 1e-3);
  EXPECT_EQ(tokens.tokens[3].value, 250);
  EXPECT_EQ(tokens.tokens[4].value, 5);
  EXPECT_EQ(tokens.tokens[5].kind, TokenKind::Unit);
  EXPECT_FALSE(engine.hasErrors());
}

TEST(Lex, DumpHasPlaces) {
  diag::Sources sources;
  diag::Engine engine;
  diag::SourceId id = sources.add("test.bd", "/// doc\nparam tau : ms = 5\n");
  EXPECT_EQ(dumpTokens(sources, lex(sources, id, engine)), "         doc     doc\n"
                                                           "     2:1 word    param\n"
                                                           "     2:7 word    tau\n"
                                                           "    2:11 sign    :\n"
                                                           "    2:13 unit    ms\n"
                                                           "    2:16 sign    =\n"
                                                           "    2:18 number  5\n"
                                                           "    2:19 newline\n"
                                                           "     3:1 end\n");
}
