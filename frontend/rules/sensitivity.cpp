// Checking `sensitivity`: which series are followed, as which numbers move.
#include "frontend/rules/experiment.h"
#include "frontend/rules/settable.h"
#include "frontend/rules/sweep.h"

#include <algorithm>
#include <fmt/format.h>

namespace bdc::rules {

using syntax::dynAs;
using syntax::StmtKind;

/// Whether an experiment has nothing else that cannot stand beside sensitivities; it is reported.
static bool standsAlone(Context &context, const syntax::SensitivityStmt &stmt, const syntax::ExperimentDecl &decl) {
  for (const syntax::StmtPtr &other : decl.body) {
    if (other->kind != StmtKind::Sweep && other->kind != StmtKind::Minimise && other->kind != StmtKind::Fit)
      continue;
    context.report(Kind::Unsupported, stmt.range, other->kind == StmtKind::Sweep ? "an experiment sweeps parameters or asks for sensitivities"
                                                                                 : "an experiment has an objective or asks for sensitivities")
        .also(other->range, other->kind == StmtKind::Sweep ? "swept here" : "it stands here")
        .withHelp("an experiment of its own for each");
    return false;
  }
  return true;
}

/// The number that a sensitivity is to; -1: reported.
int ExperimentBuilder::movedScalar(const syntax::Expr &expr) {
  if (expr.kind == syntax::ExprKind::Error)
    return -1;
  const std::string path = pathOf(expr);
  if (path.empty()) {
    context.report(Kind::MisplacedExpression, expr.range, "a sensitivity is to a parameter, named as `--set` does").withHelp("`sensitivity of area.x to G`");
    return -1;
  }
  if (path == "seed" || path == "dt" || path == "duration" || path == "discard") {
    context.report(Kind::NotSettable, expr.range, fmt::format("nothing has a derivative by `{}`", path));
    return -1;
  }
  const int scalar = findSettable(program, path);
  std::optional<PlaceName> place = placeName(expr);
  const int population = scalar < 0 && place && place->member ? network.findPopulation(place->population.text) : -1;
  const int variable = population < 0 ? -1 : network.instanceOf(population).model.indexOf(place->member.text);
  if (variable >= 0 && network.instanceOf(population).model.variables[variable].role == VariableRole::State) {
    context.report(Kind::NotSettable, expr.range, fmt::format("`{}` has a value for each element, and a sensitivity is to one number", path))
        .withHelp("a `param` of the network that its `start` reads");
    return -1;
  }
  if (scalar < 0 && network.mayHave(path))
    return -1; // what is wrong with it has been reported
  if (scalar < 0 || !program.scalars[scalar].fixedBy.empty()) {
    reportNotSettable(program, path, "moved", expr.range, context.engine);
    return -1;
  }
  if (!countsThings(program, scalar))
    return scalar;
  context.report(Kind::NotSettable, expr.range, fmt::format("`{}` sets a number of things; a derivative is by what is continuous", path));
  return -1;
}

void ExperimentBuilder::sensitivity(const syntax::SensitivityStmt &stmt) {
  if (!standsAlone(context, stmt, decl))
    return;
  Sensitivity result;
  result.range = stmt.range;
  const Expr *every = stmt.every ? interval(*stmt.every) : nullptr;
  for (const syntax::ExprPtr &item : stmt.items) {
    if (syntax::calleeOf(item.get()) == "spikes") {
      context.report(Kind::MisplacedExpression, item->range, "spikes are there or not, and have no curve that changes")
          .withHelp("a state: `sensitivity of E.v to G`");
      continue;
    }
    std::optional<Record> series = trace(*item, stmt.every.get(), every, "followed");
    if (!series)
      continue;
    auto known = std::ranges::find_if(result.series, [&](const Record &each) { return each.what.text == series->what.text; });
    if (known != result.series.end())
      context.report(Kind::DuplicateSetting, item->range, fmt::format("`{}` is followed twice", series->what.text)).also(known->range, "first here");
    else
      result.series.push_back(std::move(*series));
  }
  for (const syntax::ExprPtr &parameter : stmt.parameters) {
    const int scalar = movedScalar(*parameter);
    auto known = std::ranges::find_if(result.parameters, [&](const Sensitivity::Parameter &each) { return each.scalar == scalar; });
    if (scalar >= 0 && known != result.parameters.end())
      context.report(Kind::DuplicateSetting, parameter->range, fmt::format("`{}` is named twice", program.scalars[scalar].path)).also(known->range, "first here");
    else if (scalar >= 0)
      result.parameters.push_back({scalar, parameter->range});
  }
  if (!result.series.empty() && !result.parameters.empty())
    program.experiment.sensitivities.push_back(std::move(result));
}

} // namespace bdc::rules
