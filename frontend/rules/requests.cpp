// Summaries and plots.
#include "frontend/rules/experiment.h"
#include "frontend/rules/sweep.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace bdc::rules {

using syntax::calleeOf;
using syntax::dynAs;

namespace {

struct RequestFunction {
  std::string_view name;
  RequestKind kind;
  bool ofSpikes;                                ///< of populations; else of recorded values
  std::array<std::string_view, 2> options = {}; ///< times
  size_t arguments = 0;                         ///< 0: one or more
  bool hasTables = false;                       ///< a summary that has a picture: it can be plotted too
  RequestUnit unit = RequestUnit::Any;
};

constexpr RequestKind summary = RequestKind::Summary, picture = RequestKind::Plot;

/// Those without tables come first: help lists them in this order.
constexpr RequestFunction functions[] = {
    {"rate", summary, true, {}, 1},
    {"cv_isi", summary, true, {}, 1},
    {"count", summary, true, {}, 1},
    {"mean", summary, false, {}, 1},
    {"std", summary, false, {}, 1},
    {"min", summary, false, {}, 1},
    {"max", summary, false, {}, 1},
    {"correlation", summary, false, {}, 1, true},
    {"fcd", summary, false, {"window", "step"}, 1, true},
    {"ks", summary, false, {"window", "step"}, 2},
    {"wasserstein", summary, false, {"window", "step"}, 2},
    {"spectrum", summary, false, {"segment"}, 1, true},
    {"order", summary, false, {}, 1, false, RequestUnit::Pure},
    {"metastability", summary, false, {}, 1, false, RequestUnit::Pure},
    {"plv", summary, false, {}, 1, true, RequestUnit::Pure},
    {"raster", picture, true},
    {"rate", picture, true, {"bin"}},
    {"traces", picture, false},
    {"histogram", picture, false, {}, 0, false, RequestUnit::Same},
};

bool isIn(const RequestFunction &function, RequestKind kind) {
  return function.kind == kind || (kind == picture && function.hasTables);
}

/// What the language has and this compiler does not compute yet.
constexpr std::string_view later[] = {"accuracy",     "similarity",   "nullclines", "vector_field",
                                      "fixed_points", "trajectories", "load"};

const RequestFunction *findRequest(RequestKind kind, std::string_view name) {
  for (const RequestFunction &function : functions)
    if (isIn(function, kind) && function.name == name)
      return &function;
  return nullptr;
}

} // namespace

bool isPlannedFunction(std::string_view name) { return std::find(std::begin(later), std::end(later), name) != std::end(later); }

bool hasTables(std::string_view name) {
  const RequestFunction *function = findRequest(RequestKind::Summary, name);
  return function && function->hasTables;
}

std::string_view requestWord(std::string_view name) {
  return findRequest(RequestKind::Summary, name) ? "summarise" : findRequest(RequestKind::Plot, name) ? "plot" : "";
}

void ExperimentBuilder::summarise(const syntax::SummariseStmt &stmt) {
  for (const syntax::Argument &item : stmt.items) {
    const syntax::Argument *first = item.name ? summaryCalled(item.name.text) : &item;
    if (first != &item)
      context.report(Kind::DuplicateName, item.name.range, fmt::format("`{}` is declared twice", item.name.text))
          .also(first->name.range, "first here");
    else if (item.value)
      request(RequestKind::Summary, *item.value, item.name, item.range);
  }
}

/// `plot fc` draws the summary of that name.
void ExperimentBuilder::plot(const syntax::PlotStmt &stmt) {
  for (const syntax::ExprPtr &item : stmt.items) {
    if (plotObjective(*item) || againstOf(*item) || plotConnectome(*item))
      continue;
    auto *name = dynAs<syntax::NameExpr>(item);
    const syntax::Argument *named = name ? summaryCalled(name->name.text) : nullptr;
    if (!named || !named->value)
      request(RequestKind::Plot, *item, {}, item->range);
    else if (!findRequest(RequestKind::Summary, calleeOf(named->value.get())) && !isPlannedFunction(calleeOf(named->value.get())))
      continue; // reported where it is named
    else if (!hasTables(calleeOf(named->value.get())) && !isPlannedFunction(calleeOf(named->value.get())) &&
             !context.engine.isDamaged(named->range))
      context
          .report(Kind::MisplacedExpression, item->range,
                  fmt::format("`{}` is but a number: there is nothing to draw", name->name.text))
          .also(named->range, "named here");
    else
      request(RequestKind::Plot, *named->value, name->name, item->range);
  }
}

/// Whether a name is none that there is, where something has been reported already: of an objective's `let`s one is missing then.
bool ExperimentBuilder::isMissedLet(std::string_view name) const {
  return objective && context.engine.errorCount() > 0 && !objective->declares(name) && !summaryCalled(name);
}

/// `plot loss`, `plot fc against target`.
bool ExperimentBuilder::plotObjective(const syntax::Expr &item) {
  if (!objective)
    return false;
  Request request;
  request.kind = RequestKind::Plot;
  request.range = item.range;
  request.text = context.text(item.range);
  auto *name = dynAs<syntax::NameExpr>(&item);
  const syntax::BinaryExpr *both = againstOf(item);
  auto *of = both ? dynAs<syntax::NameExpr>(both->left) : nullptr;
  if (name && name->name.text == "loss" && !summaryCalled("loss")) {
    if (!hasStatement(syntax::StmtKind::Fit)) {
      if (!context.engine.isIncomplete(extent))
        context.report(Kind::MisplacedExpression, item.range, "the loss is drawn over the steps of a `fit`");
      return true;
    }
    request.function = "loss";
  } else if (of && objective->declares(of->name.text)) {
    request.function = "comparison";
    if ((request.functional = objective->comparison(*both)) < 0)
      return true;
  } else {
    return of && isMissedLet(of->name.text);
  }
  program.experiment.requests.push_back(std::move(request));
  return true;
}

const syntax::Argument *ExperimentBuilder::summaryCalled(std::string_view name) const {
  for (const syntax::StmtPtr &stmt : decl.body)
    if (auto *summaries = dynAs<syntax::SummariseStmt>(stmt))
      for (const syntax::Argument &item : summaries->items)
        if (item.name && item.name.text == name)
          return &item;
  return nullptr;
}

void ExperimentBuilder::option(Request &request, const syntax::CallExpr &call, const syntax::Argument &argument, std::span<const std::string_view> allowed) {
  std::vector<std::string_view> known;
  for (std::string_view name : allowed)
    if (!name.empty())
      known.push_back(name);
  if (std::find(known.begin(), known.end(), argument.name.text) == known.end()) {
    context.reportUnknown(Kind::UnknownOption, argument.name,
                          fmt::format("`{}` has no option `{}`", request.function, argument.name.text), known);
    return;
  }
  if (isGivenTwice(context, call.arguments, argument))
    return;
  if (const Expr *value = window(argument.value, "an option"))
    request.options.push_back({std::string(argument.name.text), value});
}

/// What is neither a function of requests nor, in a plot, a value to be traced.
void ExperimentBuilder::reportUnknownRequest(RequestKind kind, const syntax::Expr &expr) {
  std::string_view name = calleeOf(&expr);
  std::vector<std::string_view> known;
  for (const RequestFunction &entry : functions)
    if (isIn(entry, kind))
      known.push_back(entry.name);
  std::string help = name.empty() ? "" : diag::didYouMeanHelp(name, known);
  context
      .report(Kind::UnknownFunction, name.empty() ? expr.range : dynAs<syntax::CallExpr>(&expr)->callee->range,
              name.empty() ? "a summary is a function of what is simulated"
                           : fmt::format("there is no {} `{}`", kind == RequestKind::Summary ? "summary" : "plot", name))
      .withHelp(help.empty() ? fmt::format("there are {}", fmt::join(known, ", ")) : help);
}

/// Of one more argument.
bool ExperimentBuilder::hasUnit(const Request &request, const Quantity &quantity, RequestUnit unit) {
  std::string place = fmt::format("`{}`", request.function);
  if (unit == RequestUnit::Pure)
    return context.expect(*quantity.value, {UnitTerm(), "", {}, "a phase in radians"}, place);
  if (unit == RequestUnit::Any || request.quantities.empty())
    return true;
  const Expr &first = *request.quantities.front().value;
  return context.expect(*quantity.value, {context.term(first), first.unit, first.range, context.text(first.range)}, place);
}

/// `area.x`, `area.x every 700 ms`.
std::optional<Quantity> ExperimentBuilder::sampled(const syntax::Expr &expr) {
  auto *every = dynAs<syntax::EveryExpr>(&expr);
  if (!every)
    return quantity(expr);
  const Expr *time = interval(*every->interval);
  std::optional<Quantity> what = quantity(*every->value);
  if (!what || !time || hasOwnInterval(*what, *every->interval))
    return std::nullopt;
  what->every = time;
  what->text = context.text(expr.range);
  return what;
}

void ExperimentBuilder::arguments(Request &request, const syntax::CallExpr &call) {
  const RequestFunction &function = *findRequest(request.kind, request.function);
  size_t count = 0;
  for (const syntax::Argument &argument : call.arguments) {
    if (argument.name) {
      option(request, call, argument, function.options);
      continue;
    }
    ++count;
    std::optional<Quantity> what = function.ofSpikes
                                       ? spikes(*argument.value, fmt::format("spikes({})", context.text(argument.value->range)))
                                       : sampled(*argument.value);
    if (what && hasUnit(request, *what, function.unit))
      request.quantities.push_back(std::move(*what));
  }
  if (count == function.arguments || (count > 0 && function.arguments == 0))
    return;
  request.quantities.clear();
  std::string_view example = function.ofSpikes ? "E" : function.unit == RequestUnit::Pure ? "area.theta" : "E.v";
  std::string usage =
      function.arguments == 2 ? fmt::format("`{}(A.x, B.x)`", function.name) : fmt::format("`{}({})`", function.name, example);
  context
      .report(Kind::WrongArgumentCount, call.range,
              count == 0 ? fmt::format("`{}` needs to know of what", function.name)
                         : fmt::format("`{}` is of {}", function.name,
                                       function.arguments == 2 ? "two recordings" : "one thing at a time"))
      .withHelp(usage);
}

void ExperimentBuilder::request(RequestKind kind, const syntax::Expr &expr, const syntax::Name &label, Range range) {
  Request request;
  request.kind = kind;
  request.range = range;
  request.text = label ? std::string(label.text) : context.text(expr.range);
  std::string_view name = calleeOf(&expr);
  auto *bare = dynAs<syntax::NameExpr>(&expr);
  if (isPlannedFunction(bare ? bare->name.text : name)) {
    context.report(Kind::Unsupported, expr.range, fmt::format("`{}` is not available yet", bare ? bare->name.text : name));
    return;
  }
  const RequestFunction *function = findRequest(kind, name);
  bool isBuiltin =
      findFunction(name) || name == "clip" || (file->find(name) && file->find(name)->decl->kind == syntax::DeclKind::Function);
  if (!function && (kind == RequestKind::Summary || (!name.empty() && !isBuiltin))) {
    reportUnknownRequest(kind, expr);
    return;
  }
  request.function = function ? std::string(function->name) : "traces";
  if (function)
    arguments(request, *dynAs<syntax::CallExpr>(&expr));
  else if (std::optional<Quantity> what = quantity(expr))
    request.quantities.push_back(std::move(*what));
  if (request.quantities.empty())
    return;
  for (const Quantity &quantity : request.quantities)
    request.records.push_back(matchingRecord(quantity));
  program.experiment.requests.push_back(std::move(request));
}

/// A recording of the same text, or of all the spikes of the population where all are asked for.
int ExperimentBuilder::matchingRecord(const Quantity &quantity) const {
  const std::vector<Record> &records = program.experiment.records;
  for (size_t i = 0; i < records.size(); ++i) {
    const Quantity &recorded = records[i].what;
    if (!recorded.isOfSame(quantity) || !recorded.value != !quantity.value)
      continue;
    if (recorded.text == quantity.text || (!quantity.value && quantity.slice.all && recorded.slice.all))
      return int(i);
  }
  return -1;
}

} // namespace bdc::rules
