// `--set name=text`: parameters given from outside.
#include "frontend/rules/check.h"
#include "frontend/rules/expressions.h"
#include "frontend/rules/settable.h"
#include "frontend/syntax/parser.h"

#include <charconv>
#include <cmath>
#include <fmt/format.h>

namespace bdc::rules {
namespace {

/// Overrides know no names.
class NoNames : public Scope {
public:
  Answer name(const syntax::Name &name) override {
    if (name.text != "dt")
      return {};
    context.report(Kind::NotConstant, name.range, "an override is a number, and cannot read `dt`");
    return {true, nullptr};
  }
  void candidates(std::vector<std::string_view> &) const override {}
  explicit NoNames(Context &context) : context(context) {}

private:
  Context &context;
};

void setSeed(const Override &override, Range range, Overrides &result, diag::Engine &engine) {
  uint64_t seed = 0;
  auto [end, error] = std::from_chars(override.text.data(), override.text.data() + override.text.size(), seed);
  if (error != std::errc() || end != override.text.data() + override.text.size() || override.text.empty())
    engine.report(Kind::InvalidOverride, range, "a seed is a whole number from 0 to 18446744073709551615");
  else
    result.seed = seed;
}

} // namespace

Overrides resolveOverrides(const Program &program, const std::vector<Override> &overrides, diag::Sources &sources,
                           diag::Engine &engine) {
  Overrides result;
  Definitions none(sources, engine);
  for (const Override &override : overrides) {
    diag::SourceId source = sources.add(fmt::format("--set {}", override.path), override.text);
    Range all{source, 0, uint32_t(override.text.size())};
    if (override.path == "seed") {
      setSeed(override, all, result, engine);
      continue;
    }
    const int index = settable(program, override.path, toSet, all, engine);
    if (index < 0)
      continue;
    const Scalar &scalar = program.scalars[index];
    Program scratch;
    Context context(scratch, none, sources, engine);
    NoNames scope(context);
    size_t errorsBefore = engine.errorCount();
    syntax::ExprPtr expr = syntax::parseExpressionText(sources, source, engine);
    if (engine.errorCount() > errorsBefore)
      continue;
    const Expr *value = ExprChecker(context, scope, fmt::format("the value of {}", override.path)).number(*expr);
    if (!value ||
        !context.expect(*value, {scalar.dimension, scalar.unit, {}, scalar.path, scalar.isIncrement}, fmt::format("the value of {}", override.path)))
      continue;
    double number = evaluate(*value);
    if (std::string objection = objectionTo(scalar, number); !objection.empty())
      engine.report(Kind::InvalidOverride, all, std::move(objection));
    else
      result.values.push_back({index, scalar.whole ? std::round(number) : number, all});
  }
  return result;
}

} // namespace bdc::rules
