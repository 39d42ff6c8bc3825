// `plot std(area.r) against G`: a summary of every lane against what is swept.
#include "frontend/rules/experiment.h"
#include "frontend/rules/settable.h"
#include "frontend/rules/sweep.h"

#include <algorithm>
#include <fmt/format.h>

namespace bdc::rules {

using syntax::dynAs;

const syntax::BinaryExpr *againstOf(const syntax::Expr &expr) {
  auto *binary = dynAs<syntax::BinaryExpr>(&expr);
  return binary && binary->op == syntax::BinaryOp::Against ? binary : nullptr;
}

void ExperimentBuilder::plotAgainst() {
  for (const syntax::StmtPtr &stmt : decl.body)
    if (auto *plots = dynAs<syntax::PlotStmt>(stmt))
      for (const syntax::ExprPtr &item : plots->items)
        if (const syntax::BinaryExpr *expr = againstOf(*item)) {
          auto *name = dynAs<syntax::NameExpr>(expr->left);
          if (!name || !(isMissedLet(name->name.text) || (objective && objective->declares(name->name.text)))) // else drawn with the objective
            against(*expr);
        }
}

void ExperimentBuilder::against(const syntax::BinaryExpr &expr) {
  if (sweptCount() == 0) {
    if (context.engine.isIncomplete(decl.range))
      return;
    context.report(Kind::Unsupported, expr.opRange, "plotting one recording against another is not available yet")
        .withHelp("a summary is drawn against a parameter that a `sweep` of the experiment names");
    return;
  }
  Request request;
  request.kind = RequestKind::Plot;
  request.function = "against";
  request.range = expr.range;
  request.text = context.text(expr.range);
  request.summary = summaryOf(*expr.left);
  if (request.summary >= 0 && axesOf(*expr.right, request))
    program.experiment.requests.push_back(std::move(request));
}

/// How many parameters are swept, those in error among them.
size_t ExperimentBuilder::sweptCount() const {
  size_t count = 0;
  for (const syntax::StmtPtr &stmt : decl.body)
    if (auto *sweep = dynAs<syntax::SweepStmt>(stmt))
      count += sweep->axes.size();
  return count;
}

/// Which summary the expression is; one that nobody has asked for is made. -1: reported.
int ExperimentBuilder::summaryOf(const syntax::Expr &expr) {
  auto find = [&](const std::string &text) {
    int number = 0;
    for (const Request &each : program.experiment.requests)
      if (each.kind == RequestKind::Summary && number++ >= 0 && each.text == text)
        return number - 1;
    return -1;
  };
  const std::string text = context.text(expr.range);
  if (const int known = find(text); known >= 0)
    return known;
  if (auto *name = dynAs<syntax::NameExpr>(&expr)) {
    if (!summaryCalled(name->name.text)) // else it is in error
      context.reportUnknown(Kind::UnknownName, name->name, fmt::format("there is no summary `{}`", name->name.text), summaryNames(),
                            "a summary is a function of what is simulated, or the name that `summarise` gives one", decl.range);
    return -1;
  }
  request(RequestKind::Summary, expr, {}, expr.range);
  return find(text);
}

std::vector<std::string_view> ExperimentBuilder::summaryNames() const {
  std::vector<std::string_view> names;
  for (const syntax::StmtPtr &stmt : decl.body)
    if (auto *summaries = dynAs<syntax::SummariseStmt>(stmt))
      for (const syntax::Argument &item : summaries->items)
        if (item.name)
          names.push_back(item.name.text);
  return names;
}

/// `G`, or `G and speed`.
bool ExperimentBuilder::axesOf(const syntax::Expr &expr, Request &request) {
  auto *both = dynAs<syntax::BinaryExpr>(&expr);
  if (both && both->op == syntax::BinaryOp::And)
    return axesOf(*both->left, request) && axesOf(*both->right, request);
  const std::string path = pathOf(expr);
  const int scalar = path.empty() ? -1 : findSettable(program, path);
  const SweptParameter *swept = scalar >= 0 || path == "seed" ? program.experiment.findSwept(scalar) : nullptr;
  if (!swept) {
    size_t known = 0;
    for (const Sweep &sweep : program.experiment.sweeps)
      known += sweep.parameters.size();
    if (known < sweptCount() || context.engine.isIncomplete(decl.range))
      return false; // it may be the one that is in error
    context.report(Kind::MisplacedExpression, expr.range, fmt::format("{} is not swept", context.quote(expr.range))).withHelp(sweptNames());
    return false;
  }
  const std::string name = scalar < 0 ? "seed" : program.scalars[scalar].path;
  if (request.parameters.size() == 2 || std::count(request.parameters.begin(), request.parameters.end(), name)) {
    context.report(Kind::WrongArgumentCount, expr.range, "a summary is drawn against one parameter, or against two different ones");
    return false;
  }
  request.parameters.push_back(name);
  return true;
}

std::string ExperimentBuilder::sweptNames() const {
  std::string names;
  for (const Sweep &sweep : program.experiment.sweeps)
    for (const SweptParameter &swept : sweep.parameters)
      names += fmt::format("{}`{}`", names.empty() ? "swept is " : ", ", swept.scalar < 0 ? "seed" : program.scalars[swept.scalar].path);
  return names;
}

} // namespace bdc::rules
