#include "frontend/rules/sweep.h"

#include "frontend/rules/settable.h"
#include "frontend/rules/unit_errors.h"

#include <algorithm>
#include <fmt/format.h>

namespace bdc::rules {

using syntax::dynAs;
using Form = SweptParameter::Form;
using Sampling = Sweep::Sampling;

namespace {

class SweepChecker {
public:
  SweepChecker(Context &context, NetworkBuilder &network, Scope &scope) : context(context), network(network), scope(scope) {}

  void run(const syntax::SweepStmt &stmt) {
    Sweep sweep;
    sweep.range = stmt.range;
    const bool sampled = stmt.sampling && readSampling(*stmt.sampling, sweep);
    for (const syntax::SweepAxis &axis : stmt.axes)
      if (std::optional<SweptParameter> parameter = read(axis, sweep))
        if (fits(axis, *parameter, stmt.sampling.get()))
          sweep.parameters.push_back(std::move(*parameter));
    if (sweep.parameters.size() == stmt.axes.size() && (sampled || !stmt.sampling))
      context.program.experiment.sweeps.push_back(std::move(sweep));
  }

private:
  struct Values {
    std::string_view name, usage;
    Form form;
    size_t arguments;
  };
  static constexpr Values functions[] = {{"linspace", "`linspace(0 ms, 2 ms, 64)`", Form::Linear, 3},
                                         {"logspace", "`logspace(0.1 ms, 10 ms, 64)`", Form::Logarithmic, 3},
                                         {"seeds", "`seeds(20)`", Form::Seeds, 1}};

  /// The name and the one argument of `sobol(64)`.
  bool readSampling(const syntax::Expr &expr, Sweep &sweep) {
    auto *call = dynAs<syntax::CallExpr>(&expr);
    auto *callee = call ? dynAs<syntax::NameExpr>(call->callee) : nullptr;
    if (!callee || (callee->name.text != "sobol" && callee->name.text != "random")) {
      context.report(Kind::UnknownFunction, callee ? callee->range : expr.range, "a sweep is sampled `by sobol(64)` or `by random(64)`")
          .withHelp(callee ? diag::didYouMeanHelp(callee->name.text, {"sobol", "random"}) : "");
      return false;
    }
    sweep.sampling = callee->name.text == "sobol" ? Sampling::Sobol : Sampling::Random;
    if (!hasArguments(*call, 1, sweep.sampling == Sampling::Sobol ? "`sobol(64)`" : "`random(64)`"))
      return false;
    sweep.count = number(*call->arguments[0].value, {UnitTerm(), "", {}, "a count"}, "the number of points");
    return sweep.count;
  }

  std::optional<SweptParameter> read(const syntax::SweepAxis &axis, const Sweep &sweep) {
    SweptParameter result;
    result.range = axis.range;
    const std::string path = pathOf(*axis.parameter);
    if (path != "seed" && (result.scalar = network.movable(*axis.parameter, toSweep)) < 0)
      return std::nullopt;
    if (const SweptParameter *first = findSwept(result.scalar, sweep)) {
      context.report(Kind::DuplicateSetting, axis.parameter->range, fmt::format("`{}` is swept twice", path)).also(first->range, "first here");
      return std::nullopt;
    }
    return readValues(axis, path, result) ? std::optional(std::move(result)) : std::nullopt;
  }

  const SweptParameter *findSwept(int scalar, const Sweep &sweep) const {
    for (const SweptParameter &each : sweep.parameters)
      if (each.scalar == scalar)
        return &each;
    return context.program.experiment.findSwept(scalar);
  }

  bool readValues(const syntax::SweepAxis &axis, const std::string &path, SweptParameter &result) {
    if (result.scalar >= 0) {
      term = network.termOf(result.scalar);
      unit = context.program.scalars[result.scalar].unit;
      isIncrement = context.program.scalars[result.scalar].isIncrement;
    } else {
      term = UnitTerm();
      unit.clear();
      isIncrement = false;
    }
    const std::string place = fmt::format("the values of {}", path);
    if (auto *list = dynAs<syntax::ListExpr>(axis.values))
      return readList(axis, *list, path, result);
    auto *call = dynAs<syntax::CallExpr>(axis.values);
    auto *callee = call ? dynAs<syntax::NameExpr>(call->callee) : nullptr;
    auto *found = std::find_if(std::begin(functions), std::end(functions), [&](const Values &f) { return callee && callee->name.text == f.name; });
    const bool isSeed = result.scalar < 0;
    if (axis.isRange || !callee || found == std::end(functions) || (found->form == Form::Seeds) != isSeed) {
      reportForm(axis, path, callee, isSeed);
      return false;
    }
    result.form = found->form;
    if (!hasArguments(*call, found->arguments, found->usage))
      return false;
    for (const syntax::Argument &argument : call->arguments) {
      const bool isCount = &argument == &call->arguments.back();
      const Expr *value = number(*argument.value, isCount ? Expected{UnitTerm(), "", {}, "a count"} : Expected{term, unit, {}, path, isIncrement},
                                 isCount ? "the number of values" : place, isCount ? nullptr : call);
      if (!value)
        return false;
      result.values.push_back(value);
    }
    return true;
  }

  bool readList(const syntax::SweepAxis &axis, const syntax::ListExpr &list, const std::string &path, SweptParameter &result) {
    const std::string place = fmt::format("the values of {}", path);
    result.form = axis.isRange ? Form::Between : Form::List;
    std::optional<units::Unit> common;
    if (list.unit && !(common = context.unit(list.unit)))
      return false;
    if (axis.isRange && list.items.size() != 2) {
      context.report(Kind::WrongArgumentCount, list.range, "a range has two ends").withHelp("`in [0, 2] ms`; a list of values is `over` it");
      return false;
    }
    for (const syntax::ExprPtr &item : list.items) {
      const Expr *value = common ? ExprChecker(context, scope, place).declared(*item, *common) : ExprChecker(context, scope, place).number(*item);
      if (!value || !isConstant(*value) || !expectOf(context, list, *value, {term, unit, {}, path, isIncrement}, place))
        return false;
      result.values.push_back(value);
    }
    return true;
  }

  void reportForm(const syntax::SweepAxis &axis, const std::string &path, const syntax::NameExpr *callee, bool isSeed) {
    const std::string ways = isSeed ? "`[1, 2, 3]` or `seeds(20)`" : "a list, `linspace(first, last, number)` or `logspace(first, last, number)`";
    const std::string_view ends = "a range, such as `[0, 2] ms`";
    std::string help = callee && !axis.isRange ? diag::didYouMeanHelp(callee->name.text, {"linspace", "logspace", "seeds"}) : "";
    context
        .report(Kind::MisplacedExpression, axis.values->range,
                fmt::format("`{}` is swept {}", path, axis.isRange ? fmt::format("in {}", ends) : fmt::format("over {}", ways)))
        .withHelp(std::move(help));
  }

  /// Whether a parameter goes together with the way in which the statement is sampled.
  bool fits(const syntax::SweepAxis &axis, const SweptParameter &parameter, const syntax::Expr *sampling) {
    const std::string path = pathOf(*axis.parameter);
    if (axis.isRange && parameter.scalar < 0) {
      context.report(Kind::MisplacedExpression, axis.range, "seeds are whole numbers, and are not drawn").withHelp("`seed over seeds(20)`");
    } else if (axis.isRange && !sampling) {
      context.report(Kind::MissingClause, axis.range, fmt::format("how many points of the range `{}` takes is not said", path))
          .withHelp("`… by sobol(64)` or `by random(64)` behind the ranges; or `over linspace(first, last, number)`");
    } else if (!axis.isRange && sampling) {
      context.report(Kind::MisplacedExpression, axis.range, "what is sampled lies in a range, and this is a list of values")
          .also(sampling->range, "how it is sampled")
          .withHelp("`in [first, last]`; or a `sweep` of its own, whose values combine with the points");
    } else {
      return true;
    }
    return false;
  }

  bool hasArguments(const syntax::CallExpr &call, size_t count, std::string_view usage) {
    for (const syntax::Argument &argument : call.arguments)
      if (argument.name) {
        context.report(Kind::UnknownOption, argument.name.range, "these arguments have no names").withHelp(std::string(usage));
        return false;
      }
    if (call.arguments.size() == count)
      return true;
    context.report(Kind::WrongArgumentCount, call.range,
                   count == 1 ? "one argument is needed: how many" : "three arguments are needed: the first value, the last, and how many there are")
        .withHelp(std::string(usage));
    return false;
  }

  /// `of`: the call that it is an argument of, where others are in the same unit.
  const Expr *number(const syntax::Expr &expr, const Expected &expected, const std::string &place, const syntax::Expr *of = nullptr) {
    const Expr *value = ExprChecker(context, scope, place).number(expr);
    return value && isConstant(*value) && expectOf(context, of ? *of : expr, *value, expected, place) ? value : nullptr;
  }

  /// Values are known before the run, so what the data say cannot be in them.
  bool isConstant(const Expr &value) {
    const Expr *given = nullptr;
    anyNode(&value, [&](const Expr &e) { return e.op == Op::Scalar && context.program.scalars[e.index].given && (given = &e); });
    if (given)
      context.report(Kind::NotConstant, given->range, "what the data say is not known when lanes are made")
          .withHelp("write the number");
    return !given;
  }

  Context &context;
  NetworkBuilder &network;
  Scope &scope;
  UnitTerm term; ///< of the parameter whose values are being read
  std::string unit;
  bool isIncrement = false;
};

} // namespace

const SweptParameter *Experiment::findSwept(int scalar) const {
  for (const Sweep &sweep : sweeps)
    for (const SweptParameter &parameter : sweep.parameters)
      if (parameter.scalar == scalar)
        return &parameter;
  return nullptr;
}

void checkSweep(Context &context, NetworkBuilder &network, Scope &scope, const syntax::SweepStmt &stmt) {
  SweepChecker(context, network, scope).run(stmt);
}

} // namespace bdc::rules
