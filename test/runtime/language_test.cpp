// What the language says of functions of objectives and of methods is what the runtime has.
#include "frontend/rules/functionals.h"
#include "runtime/objective/functions.h"
#include "runtime/optimise/methods.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

using namespace bdc;

namespace {

using Line = std::tuple<std::string, std::vector<rules::OperandKind>, std::set<std::string_view>, int, int, int>;

std::set<Line> runtimeLines() {
  using Kind = runtime::objective::Operand::Kind;
  std::set<Line> lines;
  for (const runtime::objective::Function &function : runtime::objective::functions()) {
    std::vector<rules::OperandKind> operands;
    for (Kind kind : function.operands)
      operands.push_back(kind == Kind::spikes ? rules::OperandKind::Spikes : kind == Kind::series ? rules::OperandKind::Values : rules::OperandKind::Table);
    lines.insert({std::string(function.name), operands, {function.options.begin(), function.options.end()}, function.unit.power, function.unit.time,
                  static_cast<int>(function.unit.operands)});
  }
  return lines;
}

} // namespace

/// A recorded series, or a table in its place: two lines of the runtime are one of the language.
TEST(Language, FunctionsOfObjectivesAreTheSame) {
  std::set<Line> expected;
  for (const rules::FunctionalRule &rule : rules::functionals()) {
    Line line{std::string(rule.name), rule.operands, {rule.options.begin(), rule.options.end()}, rule.power, rule.time, static_cast<int>(rule.units)};
    expected.insert(line);
    if (std::get<1>(line)[0] == rules::OperandKind::Values) {
      std::get<1>(line)[0] = rules::OperandKind::Table;
      expected.insert(line);
    }
  }
  const std::set<Line> found = runtimeLines();
  for (const Line &line : expected)
    EXPECT_TRUE(found.contains(line)) << std::get<0>(line) << " is not as the runtime has it";
  for (const Line &line : found)
    EXPECT_TRUE(expected.contains(line)) << std::get<0>(line) << " is not as the language has it";
}

TEST(Language, MethodsOfFitsAreTheSame) {
  ASSERT_EQ(rules::fitMethods().size(), runtime::optimise::methods().size());
  for (const runtime::optimise::MethodInfo &method : runtime::optimise::methods()) {
    auto known = std::ranges::find_if(rules::fitMethods(), [&](const rules::FitMethod &each) { return each.name == method.name; });
    ASSERT_NE(known, rules::fitMethods().end()) << method.name;
    EXPECT_EQ(known->usesGradient, method.usesGradient) << method.name;
    std::set<std::string_view> expected(known->options.begin(), known->options.end()), found;
    for (const runtime::optimise::OptionInfo &option : method.options) {
      found.insert(option.name);
      std::span<const std::string_view> words = rules::wordsOf(option.name);
      EXPECT_TRUE(std::equal(words.begin(), words.end(), option.words.begin(), option.words.end())) << method.name << ", " << option.name;
    }
    EXPECT_EQ(expected, found) << method.name;
  }
}
