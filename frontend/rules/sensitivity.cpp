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

/// Whether an earlier statement follows one of these series as the same number moves; it is reported.
bool ExperimentBuilder::isFollowedBefore(const Sensitivity &stmt, const Sensitivity::Parameter &parameter) {
  const std::vector<Record> &followed = program.experiment.followed;
  for (const Sensitivity &earlier : program.experiment.sensitivities)
    for (const Sensitivity::Parameter &other : earlier.parameters)
      for (int one : earlier.series)
        for (int series : stmt.series)
          if (other.scalar == parameter.scalar && followed[one].what.text == followed[series].what.text) {
            context.report(Kind::DuplicateSetting, parameter.range,
                           fmt::format("how `{}` changes with `{}` is asked twice", followed[series].what.text, program.scalars[parameter.scalar].path))
                .also(other.range, "first here");
            return true;
          }
  return false;
}

void ExperimentBuilder::sensitivity(const syntax::SensitivityStmt &stmt) {
  if (!standsAlone(context, stmt, decl))
    return;
  Sensitivity result;
  result.range = stmt.range;
  std::vector<Record> &followed = program.experiment.followed;
  const Expr *every = stmt.every ? interval(*stmt.every) : nullptr;
  std::vector<std::pair<std::string, Range>> items; // of this statement
  for (const syntax::ExprPtr &item : stmt.items) {
    if (syntax::calleeOf(item.get()) == "spikes") {
      context.report(Kind::MisplacedExpression, item->range, "spikes are there or not, and have no curve that changes")
          .withHelp("a state: `sensitivity of E.v to G`");
      continue;
    }
    std::optional<Record> series = trace(*item, stmt.every.get(), every, "followed");
    if (!series)
      continue;
    auto known = std::ranges::find(items, series->what.text, &std::pair<std::string, Range>::first);
    if (known != items.end()) {
      context.report(Kind::DuplicateSetting, item->range, fmt::format("`{}` is followed twice", series->what.text)).also(known->second, "first here");
      continue;
    }
    items.emplace_back(series->what.text, item->range);
    result.series.push_back(recordOnce(followed, std::move(*series)));
  }
  for (const syntax::ExprPtr &expr : stmt.parameters) {
    const Sensitivity::Parameter parameter{movedScalar(*expr), expr->range};
    auto known = std::ranges::find(result.parameters, parameter.scalar, &Sensitivity::Parameter::scalar);
    if (parameter.scalar >= 0 && known != result.parameters.end())
      context.report(Kind::DuplicateSetting, expr->range, fmt::format("`{}` is named twice", program.scalars[parameter.scalar].path)).also(known->range, "first here");
    else if (parameter.scalar >= 0 && !isFollowedBefore(result, parameter))
      result.parameters.push_back(parameter);
  }
  if (!result.series.empty() && !result.parameters.empty())
    program.experiment.sensitivities.push_back(std::move(result));
}

} // namespace bdc::rules
