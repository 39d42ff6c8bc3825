#include "frontend/rules/experiment.h"

#include "frontend/rules/fit.h"
#include "frontend/rules/sweep.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace bdc::rules {

using syntax::dynAs;

ExperimentBuilder::ExperimentBuilder(Context &context, NetworkBuilder &network, const FileScope &scope,
                                     const syntax::ExperimentDecl &decl)
    : context(context),
      program(context.program),
      network(network),
      decl(decl) {
  file = &scope;
  extent = decl.range;
  program.experiment.name = std::string(decl.name.text);
  program.experiment.doc = decl.doc;
}

void ExperimentBuilder::run(const syntax::SimulateStmt &simulate) {
  settings(simulate);
  const bool isIncomplete = context.engine.isIncomplete(extent); // `minimise` may be what cannot be read
  if (hasStatement(syntax::StmtKind::Minimise) || hasStatement(syntax::StmtKind::Fit) || isIncomplete)
    objective = std::make_unique<ObjectiveBuilder>(context, network, *this, *file, extent);
  for (const syntax::StmtPtr &stmt : decl.body)
    if (auto *named = dynAs<syntax::LetStmt>(stmt))
      let(*named);
  for (const syntax::StmtPtr &stmt : decl.body)
    if (auto *sweeps = dynAs<syntax::SweepStmt>(stmt))
      checkSweep(context, network, *this, *sweeps);
  for (const syntax::StmtPtr &stmt : decl.body) {
    if (auto *drives = dynAs<syntax::DriveStmt>(stmt))
      drive(*drives);
    else if (auto *records = dynAs<syntax::RecordStmt>(stmt))
      record(*records);
  }
  optimise();
  for (const syntax::StmtPtr &stmt : decl.body)
    if (auto *sensitivities = dynAs<syntax::SensitivityStmt>(stmt))
      sensitivity(*sensitivities);
  for (const syntax::StmtPtr &stmt : decl.body)
    if (auto *summaries = dynAs<syntax::SummariseStmt>(stmt))
      summarise(*summaries);
    else if (auto *plots = dynAs<syntax::PlotStmt>(stmt))
      plot(*plots);
  plotAgainst(); // of the summaries there are
  if (objective)
    objective->finish();
  checkFittedElements(context);
}

bool ExperimentBuilder::hasStatement(syntax::StmtKind kind) const {
  return std::any_of(decl.body.begin(), decl.body.end(), [&](const syntax::StmtPtr &stmt) { return stmt->kind == kind; });
}

/// The objective, and what is fitted to make it small.
void ExperimentBuilder::optimise() {
  for (const syntax::StmtPtr &stmt : decl.body)
    if (auto *minimised = dynAs<syntax::MinimiseStmt>(stmt))
      objective->minimise(*minimised);
  for (const syntax::StmtPtr &stmt : decl.body) {
    auto *fit = dynAs<syntax::FitStmt>(stmt);
    if (fit && !hasStatement(syntax::StmtKind::Minimise) && !context.engine.isIncomplete(extent))
      context.report(Kind::MissingClause, fit->range, "`fit` needs to know what is to become small").withHelp("`minimise rmse(area.x every 1 ms, target)`");
    else if (fit)
      checkFit(context, network, *this, *fit, objective->value());
    auto sweep = std::ranges::find(decl.body, syntax::StmtKind::Sweep, [](const syntax::StmtPtr &each) { return each->kind; });
    if (fit && sweep != decl.body.end())
      context.report(Kind::Unsupported, fit->range, "an experiment sweeps parameters or fits them")
          .also((*sweep)->range, "swept here")
          .withHelp("an experiment of its own for each; several starts of a fit are `starts = 16`");
  }
}

// --------------------------------------------------------------------------------------------------- settings

/// A time of the run as a scalar, or -1 where it is in error.
int ExperimentBuilder::timeSetting(const syntax::Expr &expr, const char *path, const char *doc, bool positive) {
  std::string place = fmt::format("`{}`", path);
  const Expr *value = ExprChecker(context, network, place).number(expr);
  if (!value || !context.expect(*value, {units::dim::time, "ms", {}, path}, place))
    return -1;
  if (double known = evaluate(*value); positive ? known <= 0 : known < 0) {
    context.report(Kind::InvalidTime, expr.range,
                   fmt::format("`{}` must be {}", path, positive ? "longer than nothing" : "0 or later"));
    return -1;
  }
  return network.addScalar(path, doc, units::dim::time, value->unit, value, expr.range);
}

void ExperimentBuilder::settings(const syntax::SimulateStmt &stmt) {
  Experiment &experiment = program.experiment;
  experiment.method = "exponential_euler";
  experiment.methodRange = stmt.range;
  if (stmt.duration)
    experiment.duration = timeSetting(*stmt.duration, "duration", "how long the network is simulated", true);
  bool hasStep = false;
  for (const syntax::Argument &option : stmt.options) {
    int which = option.name.text == "dt" ? 0 : option.name.text == "method" ? 1 : -1;
    if (which < 0) {
      static const std::vector<std::string_view> known = {"dt", "method", "discard"};
      const std::string_view name = option.name.text;
      std::string help = name == "discard"                      ? "`discard 100 ms`, without `=`"
                         : name == "seed" || name == "threads" ? fmt::format("it is of the command: `--{} 3`", name)
                                                               : "";
      context.reportUnknown(Kind::UnknownOption, option.name, fmt::format("`simulate` has no option `{}`", name),
                            help.empty() ? known : std::vector<std::string_view>(), help);
      hasStep |= diag::didYouMean(option.name.text, known) == "dt";
      continue;
    }
    if (isGivenTwice(context, stmt.options, option))
      continue;
    if (which == 0) {
      hasStep = true;
      experiment.step = timeSetting(*option.value, "dt", "the step of the integration", true);
    } else if (std::optional<std::string> method = network.method(*option.value)) {
      experiment.method = *method;
      experiment.methodRange = option.value->range;
    }
  }
  if (stmt.discard)
    experiment.discard = timeSetting(*stmt.discard, "discard", "what is left out at the beginning", false);
  if (!hasStep && !context.engine.isDamaged(stmt.range))
    context.report(Kind::MissingClause, stmt.network.range, "`simulate` needs a step")
        .withHelp("`dt = 0.1 ms` suits most networks of spiking neurons");
}

// ----------------------------------------------------------------------------------------------------- drives

/// `let window = 5 ms`: a value over scalars, put in the place of its name.
void ExperimentBuilder::let(const syntax::LetStmt &stmt) {
  for (const auto &[known, value] : lets)
    if (known.text == stmt.name.text) {
      context.report(Kind::DuplicateName, stmt.name.range, fmt::format("`{}` is declared twice", known.text))
          .also(known.range, "first here");
      return;
    }
  if (objective && stmt.value && isOfObjective(*stmt.value)) {
    if (objective->declares(stmt.name.text))
      context.report(Kind::DuplicateName, stmt.name.range, fmt::format("`{}` is declared twice", stmt.name.text));
    else
      objective->let(stmt);
    return;
  }
  const Expr *value = nullptr;
  auto *call = dynAs<syntax::CallExpr>(stmt.value);
  auto *callee = call ? dynAs<syntax::NameExpr>(call->callee) : nullptr;
  if (callee && isPlannedFunction(callee->name.text))
    context.report(Kind::Unsupported, stmt.value->range, fmt::format("`{}` is not available yet", callee->name.text));
  else if (callee && hasTables(callee->name.text))
    context.report(Kind::Unsupported, stmt.value->range, fmt::format("a `let` of `{}` is not available yet", callee->name.text))
        .withHelp(fmt::format("`summarise {} = {}`", stmt.name.text, context.text(stmt.value->range)));
  else if (stmt.value)
    value = ExprChecker(context, *this, fmt::format("the value of {}", stmt.name.text)).number(*stmt.value);
  lets.emplace_back(stmt.name, value);
}

const Expr *ExperimentBuilder::window(const syntax::ExprPtr &expr, const char *place) {
  if (!expr)
    return nullptr;
  const Expr *value = ExprChecker(context, *this, place).number(*expr);
  return value && context.expect(*value, {units::dim::time, "ms", {}, "a time"}, place) ? value : nullptr;
}

void ExperimentBuilder::drive(const syntax::DriveStmt &stmt) {
  const Expr *from = window(stmt.from, "the beginning of a drive"), *to = window(stmt.to, "the end of a drive");
  if (stmt.drawn) {
    context.report(Kind::MisplacedDraw, stmt.value ? stmt.value->range : stmt.range, "a drive cannot be drawn")
        .withHelp("give the population a `param` that is drawn, and let its derivative read it");
    return;
  }
  for (const syntax::ExprPtr &expr : stmt.places) {
    std::optional<PlaceName> place = placeName(*expr);
    if (!place || !place->member) {
      context.report(Kind::MisplacedExpression, expr->range, "`drive` names an input of a population")
          .withHelp("`drive E.I = 20 mV`");
      continue;
    }
    int population = network.population(place->population);
    int input = population < 0 ? -1 : network.memberOf(population, place->member, {VariableRole::Input}, "input");
    std::string what = fmt::format("the drive of {}.{}", place->population.text, place->member.text);
    allowsTime = true;
    const Expr *value = stmt.value ? ExprChecker(context, *this, what).number(*stmt.value) : nullptr;
    allowsTime = false;
    Slice slice = network.slice(place->slice, population);
    if (!value || input < 0)
      continue;
    ModelInstance &instance = network.instanceOf(population);
    Expected expected{instance.terms[input], instance.model.variables[input].unit, expr->range, context.text(expr->range)};
    if (!instance.knows(input) || context.expect(*value, expected, what))
      program.experiment.drives.push_back({population, input, slice, value, from, to, expr->range});
  }
}

// --------------------------------------------------------------------------------------------------- quantities

Scope::Answer ExperimentBuilder::name(const syntax::Name &name) {
  for (const auto &[known, value] : lets)
    if (known.text == name.text)
      return {true, value ? context.at(*value, name.range) : nullptr};
  if (objective && objective->declares(name.text)) {
    context.report(Kind::MisplacedExpression, name.range, fmt::format("`{}` is known when a run is over", name.text))
        .withHelp("the objective reads it: `minimise 1 - similarity(fc, target)`");
    return {true, nullptr};
  }
  if (int observer = current ? network.findObserver(name.text) : -1; observer >= 0)
    return observed(observer, nullptr, {}, name.range);
  return network.name(name);
}

void ExperimentBuilder::candidates(std::vector<std::string_view> &names) const {
  for (const auto &[name, value] : lets)
    names.push_back(name.text);
  network.candidates(names);
}

Scope::Answer ExperimentBuilder::member(const syntax::MemberExpr &expr) {
  std::optional<PlaceName> place = placeName(expr);
  if (!current || !place || !place->member)
    return network.member(expr);
  return element(place->population, place->slice, place->member, expr.range);
}

Scope::Answer ExperimentBuilder::index(const syntax::IndexExpr &expr) {
  std::optional<PlaceName> place = placeName(expr);
  if (!current || !place)
    return {};
  if (int observer = network.findObserver(place->population.text); observer >= 0 && !place->member)
    return observed(observer, place->slice, {}, expr.range);
  if (!place->member)
    return {};
  return element(place->population, place->slice, place->member, expr.range);
}

/// The spikes of `E` or `E[0:100]`; nothing where it is in error.
std::optional<Quantity> ExperimentBuilder::spikes(const syntax::Expr &expr, std::string text) {
  std::optional<PlaceName> place = placeName(expr);
  if (!place || place->member) {
    context.report(Kind::MisplacedExpression, expr.range, fmt::format("{} is not a population", context.quote(expr.range)))
        .withHelp(expr.kind == syntax::ExprKind::Number ? fmt::format("options have names: `bin = {}`", context.text(expr.range))
                                                        : "`spikes(E)`, `rate(E[0:100])`");
    return std::nullopt;
  }
  int population = network.population(place->population);
  if (population < 0)
    return std::nullopt;
  if (!network.emitsSpikes(population, expr.range))
    return std::nullopt;
  Quantity result;
  result.population = population;
  result.slice = network.slice(place->slice, population);
  result.text = std::move(text);
  return result;
}

std::optional<Quantity> ExperimentBuilder::quantity(const syntax::Expr &expr) {
  Quantity result;
  result.text = context.text(expr.range);
  current = &result;
  currentSlice = nullptr;
  size_t errorsBefore = context.engine.errorCount();
  allowsTime = true;
  missedIn = network.declaration().range;
  result.value = ExprChecker(context, *this, "a recording").number(expr);
  current = nullptr;
  allowsTime = false;
  missedIn = {};
  if (!result.value)
    return std::nullopt;
  if (result.population < 0) {
    if (context.engine.errorCount() == errorsBefore)
      context
          .report(Kind::MisplacedExpression, expr.range,
                  fmt::format("{} is the same for all elements", context.quote(expr.range)))
          .withHelp("a recorded value reads a population: `E.v`");
    return std::nullopt;
  }
  return result;
}

/// Of a recording; null: reported.
const Expr *ExperimentBuilder::interval(const syntax::Expr &expr) {
  const Expr *every = ExprChecker(context, *this, "the interval of a recording").number(expr);
  if (!every || !context.expect(*every, {units::dim::time, "ms", {}, "a time"}, "the interval of a recording"))
    return nullptr;
  if (evaluate(*every) > 0 || std::isnan(evaluate(*every)))
    return every;
  context.report(Kind::InvalidTime, expr.range, "the interval of a recording must be longer than nothing");
  return nullptr;
}

/// Values of `E.v` or `bold`, as often as the statement says. `done`: what happens to them.
std::optional<Record> ExperimentBuilder::trace(const syntax::Expr &item, const syntax::Expr *written, const Expr *every, std::string_view done) {
  std::optional<PlaceName> place = placeName(item);
  if (place && !place->member && network.findPopulation(place->population.text) >= 0) {
    context.report(Kind::MisplacedExpression, item.range, fmt::format("what of `{}` is to be {}?", place->population.text, done))
        .withHelp(fmt::format("{}a state, `{}.v`", done == "recorded" ? fmt::format("`spikes({})` or ", place->population.text) : "", place->population.text));
    return std::nullopt;
  }
  std::optional<Quantity> what = quantity(item);
  if (!what)
    return std::nullopt;
  if (what->observer < 0)
    return Record{std::move(*what), every, item.range};
  if (written && hasOwnInterval(*what, *written, done == "compared" ? "" : ", or a statement of its own for what has another interval"))
    return std::nullopt;
  const Expr *own = what->every;
  return Record{std::move(*what), own, item.range};
}

/// Whether an interval is `written` of what an observer observes, which is as often as that says; it is reported.
bool ExperimentBuilder::hasOwnInterval(const Quantity &what, const syntax::Expr &written, std::string_view otherwise) {
  if (what.observer < 0)
    return false;
  const Observer &observer = program.observers[what.observer];
  context.report(Kind::MisplacedExpression, written.range, fmt::format("{} has an interval of its own", observer.name))
      .also(observer.range, "observed here")
      .withHelp(fmt::format("`observe {} = … every {}`{}", observer.name, context.text(written.range), otherwise));
  return true;
}

/// The number of a record in a list that has the same quantity, as often, once.
int ExperimentBuilder::recordOnce(std::vector<Record> &records, Record record) const {
  auto textOf = [&](const Expr *every) { return every ? context.text(every->range) : ""; };
  for (size_t i = 0; i < records.size(); ++i)
    if (records[i].what.text == record.what.text && textOf(records[i].every) == textOf(record.every))
      return int(i);
  records.push_back(std::move(record));
  return int(records.size()) - 1;
}

/// Whether a call is of what no expression knows: a misspelt `spikes`, or a summary. It is reported.
bool ExperimentBuilder::isNoQuantity(const syntax::Expr &call, const syntax::Name &callee) {
  if (findFunction(callee.text) || file->find(callee.text))
    return false;
  if (std::string_view word = requestWord(callee.text); !word.empty())
    context.report(Kind::MisplacedExpression, call.range, fmt::format("`{}` cannot be recorded", callee.text))
        .withHelp(fmt::format("`{} {}`", word, context.text(call.range)));
  else if (!diag::didYouMean(callee.text, {"spikes"}).empty())
    context.reportUnknown(Kind::UnknownFunction, callee, fmt::format("there is no function `{}`", callee.text), {"spikes"});
  else
    return false;
  return true;
}

void ExperimentBuilder::record(const syntax::RecordStmt &stmt) {
  const Expr *every = stmt.every ? interval(*stmt.every) : nullptr;
  for (const syntax::ExprPtr &item : stmt.items) {
    auto *call = dynAs<syntax::CallExpr>(item);
    auto *callee = call ? dynAs<syntax::NameExpr>(call->callee) : nullptr;
    if (callee && callee->name.text == "spikes") {
      if (stmt.every)
        context.report(Kind::MisplacedExpression, stmt.every->range,
                       "spikes are recorded whenever they happen, not at intervals")
            .withHelp(fmt::format("`record {}` on a line of its own", context.text(item->range)));
      for (const syntax::Argument &argument : call->arguments)
        if (std::optional<Quantity> what =
                spikes(*argument.value, fmt::format("spikes({})", context.text(argument.value->range))))
          program.experiment.records.push_back({std::move(*what), nullptr, item->range});
      continue;
    }
    if (callee && isNoQuantity(*item, callee->name))
      continue;
    if (std::optional<Record> made = trace(*item, stmt.every.get(), every, "recorded"))
      program.experiment.records.push_back(std::move(*made));
  }
}

} // namespace bdc::rules
