// Summaries and plots.
#include "frontend/rules/experiment.h"

#include <algorithm>
#include <fmt/format.h>

namespace bdc::rules {

using syntax::dynAs;

namespace {

struct RequestFunction {
  std::string_view name;
  RequestKind kind;
  bool ofSpikes;           ///< of populations; else of recorded values
  std::string_view option; ///< the one option that it takes, a time
};

constexpr RequestFunction functions[] = {
    {"rate", RequestKind::Summary, true, ""},  {"cv_isi", RequestKind::Summary, true, ""},
    {"count", RequestKind::Summary, true, ""}, {"mean", RequestKind::Summary, false, ""},
    {"std", RequestKind::Summary, false, ""},  {"min", RequestKind::Summary, false, ""},
    {"max", RequestKind::Summary, false, ""},  {"raster", RequestKind::Plot, true, ""},
    {"rate", RequestKind::Plot, true, "bin"},  {"traces", RequestKind::Plot, false, ""},
};

/// What the language has and this compiler does not compute yet.
constexpr std::string_view later[] = {"correlation", "fcd",          "spectrum",     "histogram",    "accuracy", "similarity",
                                      "nullclines",  "vector_field", "fixed_points", "trajectories", "load"};

const RequestFunction *findRequest(RequestKind kind, std::string_view name) {
  for (const RequestFunction &function : functions)
    if (function.kind == kind && function.name == name)
      return &function;
  return nullptr;
}

} // namespace

bool isPlannedFunction(std::string_view name) { return std::find(std::begin(later), std::end(later), name) != std::end(later); }

void ExperimentBuilder::summarise(const syntax::SummariseStmt &stmt) {
  for (const syntax::Argument &item : stmt.items)
    if (item.value)
      request(RequestKind::Summary, *item.value, item.name, item.range);
}

void ExperimentBuilder::plot(const syntax::PlotStmt &stmt) {
  for (const syntax::ExprPtr &item : stmt.items)
    request(RequestKind::Plot, *item, {}, item->range);
}

bool ExperimentBuilder::option(Request &request, const syntax::Argument &argument, std::string_view allowed) {
  std::vector<std::string_view> known;
  if (!allowed.empty())
    known.push_back(allowed);
  if (argument.name.text != allowed || allowed.empty()) {
    context.reportUnknown(Kind::UnknownOption, argument.name,
                          fmt::format("`{}` has no option `{}`", request.function, argument.name.text), known);
    return false;
  }
  const Expr *value = window(argument.value, "an option");
  if (value)
    request.options.push_back({std::string(allowed), value});
  return value != nullptr;
}

void ExperimentBuilder::request(RequestKind kind, const syntax::Expr &expr, const syntax::Name &label, Range range) {
  Request request;
  request.kind = kind;
  request.range = range;
  request.text = label ? std::string(label.text) : context.text(expr.range);
  auto *call = dynAs<syntax::CallExpr>(&expr);
  auto *callee = call ? dynAs<syntax::NameExpr>(call->callee) : nullptr;
  std::string_view name = callee ? callee->name.text : "";
  const RequestFunction *function = findRequest(kind, name);
  if (auto *binary = dynAs<syntax::BinaryExpr>(&expr); binary && binary->op == syntax::BinaryOp::Against) {
    context.report(Kind::Unsupported, expr.range, "plotting one thing against another is not available yet");
    return;
  }
  auto *bare = dynAs<syntax::NameExpr>(&expr);
  if (isPlannedFunction(bare ? bare->name.text : name)) {
    context.report(Kind::Unsupported, expr.range, fmt::format("`{}` is not available yet", bare ? bare->name.text : name));
    return;
  }
  bool isBuiltin =
      findFunction(name) || name == "clip" || (file->find(name) && file->find(name)->decl->kind == syntax::DeclKind::Function);
  if (!function && (kind == RequestKind::Summary || (callee && !isBuiltin))) {
    std::vector<std::string_view> known;
    for (const RequestFunction &entry : functions)
      if (entry.kind == kind)
        known.push_back(entry.name);
    std::string all = fmt::format("there are {}", fmt::join(known, ", "));
    std::string help = callee ? diag::didYouMeanHelp(name, known) : "";
    context
        .report(Kind::UnknownFunction, callee ? callee->name.range : expr.range,
                callee ? fmt::format("there is no {} `{}`", kind == RequestKind::Summary ? "summary" : "plot", name)
                       : "a summary is a function of what is simulated")
        .withHelp(help.empty() ? all : help);
    return;
  }
  request.function = function ? std::string(function->name) : "traces";
  if (!function) {
    if (std::optional<Quantity> what = quantity(expr))
      request.quantities.push_back(std::move(*what));
  } else {
    for (const syntax::Argument &argument : call->arguments) {
      if (argument.name) {
        option(request, argument, function->option);
        continue;
      }
      std::optional<Quantity> what = function->ofSpikes
                                         ? spikes(*argument.value, fmt::format("spikes({})", context.text(argument.value->range)))
                                         : quantity(*argument.value);
      if (what)
        request.quantities.push_back(std::move(*what));
    }
    if (std::none_of(call->arguments.begin(), call->arguments.end(), [](const auto &a) { return !a.name; }))
      context.report(Kind::WrongArgumentCount, expr.range, fmt::format("`{}` needs to know of what", request.function))
          .withHelp(function->ofSpikes ? fmt::format("`{}(E)`", request.function) : fmt::format("`{}(E.v)`", request.function));
  }
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
    if (recorded.population != quantity.population || !recorded.value != !quantity.value)
      continue;
    if (recorded.text == quantity.text || (!quantity.value && quantity.slice.all && recorded.slice.all))
      return int(i);
  }
  return -1;
}

} // namespace bdc::rules
