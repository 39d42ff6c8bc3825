// Checking `sensitivity`: which series are followed, as which numbers move.
#include "frontend/rules/experiment.h"
#include "frontend/rules/settable.h"

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
  std::optional<PlaceName> place = placeName(expr);
  const int population = place && place->member && !place->slice ? network.findPopulation(place->population.text) : -1;
  const Variable *variable = population < 0 ? nullptr : network.instanceOf(population).model.find(place->member.text);
  if (!variable || variable->role != VariableRole::State)
    return network.movable(expr, toMove);
  context.report(Kind::NotSettable, expr.range, fmt::format("`{}` has a value for each element, and a sensitivity is to one number", pathOf(expr)))
      .withHelp("a `param` of the network that its `start` reads");
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
