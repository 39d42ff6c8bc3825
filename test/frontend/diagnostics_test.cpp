#include "frontend/diagnostics/diagnostic.h"

#include <gtest/gtest.h>

using namespace bdc::diag;

namespace {

/// The range of the n-th occurrence of a piece of text.
Range find(const Sources &sources, SourceId id, std::string_view piece, int n = 1) {
  size_t at = sources.get(id).text().find(piece);
  while (--n > 0)
    at = sources.get(id).text().find(piece, at + 1);
  return {id, static_cast<uint32_t>(at), static_cast<uint32_t>(at + piece.size())};
}

} // namespace

/// The picture in the language's description.
TEST(Render, TwoLabelsOnOneLine) {
  Sources sources;
  SourceId id = sources.add("mine.bd", std::string(13, '\n') + "  v' = (v_rest - v + I) / tau\n");
  Engine engine;
  engine.report(Kind::ExpectedToken, find(sources, id, "I"), "units do not agree in the derivative of v")
      .withLabel("I is in pA (current)")
      .also(find(sources, id, "v_rest - v"), "`v_rest - v` is in mV (voltage)")
      .withHelp("a current becomes a voltage through a resistance: `R * I` with `param R : Mohm`");
  EXPECT_EQ(render(engine, sources), R"(mine.bd:14:22: error: units do not agree in the derivative of v
   14 |   v' = (v_rest - v + I) / tau
      |         ~~~~~~~~~~   ^ I is in pA (current)
      |         `v_rest - v` is in mV (voltage)
  help: a current becomes a voltage through a resistance: `R * I` with `param R : Mohm`
)");
}

TEST(Render, LinesInOrderAndAnotherFile) {
  Sources sources;
  SourceId mine = sources.add("mine.bd", "first\nsecond\nthird\n");
  SourceId other = sources.add("other.bd", "\n  there\n");
  Engine engine;
  engine.report(Kind::ExpectedToken, find(sources, mine, "second"), "message")
      .also(find(sources, mine, "third"), "below")
      .also(find(sources, mine, "first"), "above")
      .also(find(sources, other, "there"), "elsewhere")
      .withNote("a note");
  EXPECT_EQ(render(engine, sources), R"(mine.bd:2:1: error: message
    1 | first
      | ~~~~~ above
    2 | second
      | ^^^^^^
    3 | third
      | ~~~~~ below
  other.bd:2:3:
    2 |   there
      |   ~~~~~ elsewhere
  note: a note
)");
}

TEST(Render, LongLinesAreCutAroundTheMistake) {
  Sources sources;
  SourceId id = sources.add("mine.bd", std::string(300, 'a') + " wröng " + std::string(300, 'b') + "\n" + std::string(200, 'c') + " end\n");
  Engine engine;
  engine.report(Kind::ExpectedToken, find(sources, id, "wröng"), "message").withLabel("here").also(find(sources, id, "a"), "too far away");
  engine.report(Kind::ExpectedToken, find(sources, id, "end"), "message");
  EXPECT_EQ(render(engine, sources), "mine.bd:1:302: error: message\n"
                                     "    1 | …" + std::string(39, 'a') + " wröng " + std::string(74, 'b') + "…\n"
                                     "      | " + std::string(41, ' ') + "^^^^^ here\n"
                                     "mine.bd:2:202: error: message\n"
                                     "    2 | …" + std::string(116, 'c') + " end\n"
                                     "      | " + std::string(118, ' ') + "^^^\n");
}

TEST(Render, LongWordsAreCutInTheirMiddle) {
  Sources sources;
  SourceId id = sources.add("a.bd", "x\n");
  Engine engine;
  const std::string whole(200, 'k');
  engine.report(Kind::ExpectedToken, {id, 0, 1}, "no `" + std::string(5000, 'm') + "`").withHelp(whole + " stays");
  EXPECT_EQ(render(engine, sources), "a.bd:1:1: error: no `" + std::string(59, 'm') + "…" + std::string(19, 'm') + "`\n"
                                     "    1 | x\n"
                                     "      | ^\n"
                                     "  help: " + whole + " stays\n");
}

TEST(Render, ColumnsAreCharactersAndControlsAreHidden) {
  Sources sources;
  SourceId id = sources.add("a.bd", "\xC2\xB5\t\x1B[31mx\r\n");
  Engine engine;
  engine.report(Kind::ExpectedToken, find(sources, id, "x"), "message");
  EXPECT_EQ(render(engine, sources), "a.bd:1:8: error: message\n    1 | \xC2\xB5  [31mx\n      |        ^\n");
}

TEST(Render, RangesAreCutAtTheEndOfTheirLineAndNeverEmpty) {
  Sources sources;
  SourceId id = sources.add("a.bd", "ab\ncd");
  Engine engine;
  engine.report(Kind::ExpectedToken, {id, 1, 5}, "long");
  engine.report(Kind::ExpectedToken, {id, 5, 5}, "at the end");
  EXPECT_EQ(render(engine, sources), "a.bd:1:2: error: long\n    1 | ab\n      |  ^\n"
                                     "a.bd:2:3: error: at the end\n    2 | cd\n      |   ^\n");
}

TEST(Engine, SortsByPlaceAndKeepsTheFirstErrorOfAPlace) {
  Sources sources;
  SourceId id = sources.add("a.bd", "one two");
  Engine engine;
  engine.report(Kind::ExpectedToken, find(sources, id, "two"), "later");
  engine.report(Kind::ExpectedName, find(sources, id, "two"), "repeated");
  engine.report(Kind::StrayDocComment, find(sources, id, "two"), "a warning beside it");
  engine.report(Kind::ExpectedToken, find(sources, id, "one"), "earlier");
  engine.report(Kind::UnreadableFile, {}, "nowhere");
  std::vector<Diagnostic> sorted = engine.sorted();
  ASSERT_EQ(sorted.size(), 4u);
  EXPECT_EQ(sorted[0].message, "nowhere");
  EXPECT_EQ(sorted[1].message, "earlier");
  EXPECT_EQ(sorted[2].message, "later");
  EXPECT_EQ(sorted[3].severity, Severity::Warning);
  EXPECT_EQ(engine.errorCount(), 4u);
}

TEST(Engine, ShowsTheFirstHundredAndCountsTheOthers) {
  Sources sources;
  SourceId id = sources.add("a.bd", std::string(300, '\n'));
  Engine engine;
  for (uint32_t i = 300; i-- > 0;) // the last first: it is the order of the text that counts
    engine.report(i < 250 ? Kind::ExpectedToken : Kind::StrayDocComment, {id, i, i}, "m" + std::to_string(i));
  Engine::Shown shown = engine.shown();
  ASSERT_EQ(shown.diagnostics.size(), 150u);
  EXPECT_EQ(shown.diagnostics[99].message, "m99");
  EXPECT_EQ(shown.diagnostics[100].message, "m250"); // a warning
  EXPECT_EQ(shown.errorsLeftOut, 150u);
  EXPECT_EQ(shown.warningsLeftOut, 0u);
  EXPECT_EQ(engine.errorCount(), 250u);
  std::string text = render(engine, sources), json = renderJson(engine, sources);
  EXPECT_TRUE(text.ends_with("\n… and 150 more\n")) << text;
  EXPECT_EQ(text.find("m100\n"), std::string::npos);
  EXPECT_NE(json.find(R"("kind": "more")"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("message": "… and 150 more")"), std::string::npos) << json;
}

TEST(Engine, AHundredAreAllShown) {
  Sources sources;
  SourceId id = sources.add("a.bd", std::string(100, '\n'));
  Engine engine;
  for (uint32_t i = 0; i < 100; ++i)
    engine.report(Kind::ExpectedToken, {id, i, i}, "m");
  EXPECT_EQ(engine.shown().diagnostics.size(), 100u);
  EXPECT_EQ(engine.shown().rest(), "");
  EXPECT_EQ(render(engine, sources).find("more"), std::string::npos);
  EXPECT_EQ(renderJson(engine, sources).find("more"), std::string::npos);
}

TEST(Json, HasPlacesAndSurvivesBrokenText) {
  Sources sources;
  SourceId id = sources.add("a.bd", "x = \xFF");
  Engine engine;
  engine.report(Kind::InvalidUtf8, {id, 4, 5}, "byte \xFF").also({id, 0, 1}, "here").withHelp("way out");
  std::string json = renderJson(engine, sources);
  for (std::string_view part : {R"("kind": "invalid-utf8")", R"("severity": "error")", R"("file": "a.bd")", R"("line": 1)",
                                R"("column": 5)", R"("end_column": 6)", R"("text": "here")", R"("help": "way out")"})
    EXPECT_NE(json.find(part), std::string::npos) << part << " in " << json;
}

TEST(Suggest, FindsWhatWasMeant) {
  std::vector<std::string_view> names = {"tau", "tau_w", "v_reset", "v_rest", "E_L", "N", "exponential"};
  EXPECT_EQ(didYouMean("tua", names), "tau");        // two letters swapped
  EXPECT_EQ(didYouMean("e_l", names), "E_L");        // the case
  EXPECT_EQ(didYouMean("n", names), "N");
  EXPECT_EQ(didYouMean("v_rset", names), "v_reset"); // one letter left out, nearer than v_rest
  EXPECT_EQ(didYouMean("exponental", names), "exponential");
  EXPECT_EQ(didYouMean("exp", names), "exponential");
  EXPECT_EQ(didYouMean("v_reset_potential", names), "v_reset"); // with something added
  EXPECT_EQ(didYouMean("tauber", names), "");                   // which short words may begin by chance
  EXPECT_EQ(didYouMean("speed", names), "");
  EXPECT_EQ(didYouMean("x", names), "");
  EXPECT_EQ(didYouMeanHelp("tua", names), "did you mean `tau`?");
}

TEST(Load, AMissingFileIsReported) {
  Sources sources;
  Engine engine;
  EXPECT_FALSE(load(sources, "/nowhere/at/all.bd", engine));
  EXPECT_EQ(render(engine, sources), "error: the file `/nowhere/at/all.bd` cannot be read: No such file or directory\n");
}
