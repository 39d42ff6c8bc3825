// `--set name=text`: parameters given from outside.
#include "frontend/rules/check.h"
#include "frontend/rules/expressions.h"
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

int findScalar(const Program &program, std::string_view path) {
  for (size_t i = 0; i < program.scalars.size(); ++i)
    if (program.scalars[i].path == path)
      return int(i);
  // `E_to_I.synapse.tau` is understood where `E_to_I.tau` is enough.
  for (std::string_view part : {".synapse.", ".effect.", ".param."})
    if (size_t at = path.find(part); at != std::string_view::npos)
      return findScalar(program, fmt::format("{}.{}", path.substr(0, at), path.substr(at + part.size())));
  return -1;
}

/// Why a path that is no scalar cannot be set, or an empty text where it is unknown.
std::string whyNot(const Program &program, std::string_view path) {
  auto drawnIn = [&](const ModelUse &use) {
    for (const Binding &binding : use.bindings)
      if (binding.path == path && binding.value.isDrawn())
        return true;
    return false;
  };
  for (const Population &population : program.populations)
    if (drawnIn(population.use))
      return "it is drawn for each element";
  for (const Observer &observer : program.observers)
    if (drawnIn(observer.use))
      return "it is drawn for each element";
  for (const Projection &projection : program.projections)
    if ((path == projection.statement + ".weight" && projection.weight.isDrawn()) ||
        (path == projection.statement + ".delay" && projection.delay.isDrawn()))
      return "it is drawn for each connection";
  return "";
}

void reportUnknown(const Program &program, const Override &override, Range range, diag::Engine &engine) {
  if (std::string reason = whyNot(program, override.path); !reason.empty()) {
    engine.report(Kind::NotSettable, range, fmt::format("`{}` cannot be set: {}", override.path, reason));
    return;
  }
  std::vector<std::string_view> names = {"seed"};
  for (const Scalar &scalar : program.scalars)
    names.push_back(scalar.path);
  std::string help = diag::didYouMeanHelp(override.path, names);
  if (help.empty()) {
    // The right member with a population missing in front of it.
    for (std::string_view name : names)
      if (name.ends_with(fmt::format(".{}", override.path)))
        help += fmt::format("{}`{}`", help.empty() ? "there is " : ", ", name);
  }
  constexpr size_t most = 12; // as many as one reads
  if (help.empty()) {
    for (size_t i = 0; i < std::min(names.size(), most); ++i)
      help += fmt::format("{}`{}`", i == 0 ? "there is " : ", ", names[i]);
    if (names.size() > most)
      help += fmt::format(" and {} more", names.size() - most);
  }
  engine.report(Kind::UnknownParameter, range, fmt::format("there is no parameter `{}` to set", override.path)).withHelp(help);
}

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
    int index = findScalar(program, override.path);
    if (index < 0) {
      reportUnknown(program, override, all, engine);
      continue;
    }
    const Scalar &scalar = program.scalars[index];
    if (!scalar.fixedBy.empty()) {
      engine.report(Kind::NotSettable, all, fmt::format("`{}` cannot be set: it is {}", override.path, scalar.fixedBy));
      continue;
    }
    Program scratch;
    Context context(scratch, none, sources, engine);
    NoNames scope(context);
    size_t errorsBefore = engine.errorCount();
    syntax::ExprPtr expr = syntax::parseExpressionText(sources, source, engine);
    if (engine.errorCount() > errorsBefore)
      continue;
    const Expr *value = ExprChecker(context, scope, fmt::format("the value of {}", override.path)).number(*expr);
    if (!value ||
        !context.expect(*value, {scalar.dimension, scalar.unit, {}, scalar.path}, fmt::format("the value of {}", override.path)))
      continue;
    double number = evaluate(*value);
    bool whole = std::fabs(number - std::round(number)) <= 1e-6 * std::fabs(number);
    bool positive = scalar.path != "dt" && scalar.path != "duration" ? true : number > 0;
    if (!std::isfinite(number) || (scalar.whole && (!whole || number < 1)) || !positive)
      engine.report(Kind::InvalidOverride, all,
                    scalar.whole ? fmt::format("`{}` must be a whole number of at least 1", scalar.path)
                                 : fmt::format("`{}` must be a {}number", scalar.path, positive ? "finite " : "positive "));
    else
      result.values.push_back({index, scalar.whole ? std::round(number) : number, all});
  }
  return result;
}

} // namespace bdc::rules
