#include "frontend/rules/objective.h"

#include "frontend/rules/experiment.h"
#include "frontend/rules/unit_errors.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <utility>

namespace bdc::rules {

using syntax::calleeOf;
using syntax::dynAs;

namespace {

/// `min(a, b)` is that of two numbers, `min(area.x)` that of all that is recorded.
bool isFunctionalCall(const syntax::CallExpr &call) {
  std::string_view name = calleeOf(&call);
  if (!isFunctional(name))
    return false;
  auto positional = std::ranges::count_if(call.arguments, [](const syntax::Argument &argument) { return !argument.name; });
  return !findFunction(name) || positional == 1;
}

std::string_view nameOf(OperandKind kind) {
  switch (kind) {
  case OperandKind::Values: return "a recorded value or a table";
  case OperandKind::Table: return "a table";
  case OperandKind::Spikes: return "spikes";
  }
  return "";
}

} // namespace

bool isOfObjective(const syntax::Expr &expr) {
  auto any = [](const auto &children) {
    return std::ranges::any_of(children, [](const syntax::Expr *child) { return child && isOfObjective(*child); });
  };
  switch (expr.kind) {
  case syntax::ExprKind::Call: {
    auto &call = syntax::as<syntax::CallExpr>(expr);
    return isFunctionalCall(call) || calleeOf(&call) == "load" || calleeOf(&call) == "spikes" ||
           std::ranges::any_of(call.arguments, [](const syntax::Argument &argument) { return argument.value && isOfObjective(*argument.value); });
  }
  case syntax::ExprKind::Unary: return any(std::array{syntax::as<syntax::UnaryExpr>(expr).operand.get()});
  case syntax::ExprKind::Binary: {
    auto &binary = syntax::as<syntax::BinaryExpr>(expr);
    return any(std::array{binary.left.get(), binary.right.get()});
  }
  case syntax::ExprKind::Every: return true;
  default: return false;
  }
}

ObjectiveBuilder::ObjectiveBuilder(Context &context, NetworkBuilder &network, ExperimentBuilder &experiment, const FileScope &scope, Range where)
    : context(context),
      network(network),
      experiment(experiment) {
  file = &scope;
  extent = where;
}

bool ObjectiveBuilder::declares(std::string_view name) const {
  return std::ranges::any_of(lets, [&](const Let &let) { return let.stmt->name.text == name; });
}

void ObjectiveBuilder::minimise(const syntax::MinimiseStmt &stmt) {
  std::string_view word = stmt.isMaximum ? "maximise" : "minimise";
  if (std::exchange(isMinimised, true)) {
    context.report(Kind::DuplicateClause, stmt.range, "an experiment has one objective")
        .also(result.range, "first here")
        .withHelp("a weighted sum of several: `minimise rmse(…) + 0.1 * std(…)`");
    return;
  }
  result.isMaximum = stmt.isMaximum;
  result.range = stmt.range;
  if (!stmt.value || stmt.value->kind == syntax::ExprKind::Error)
    return;
  result.text = context.text(stmt.value->range);
  size_t errorsBefore = context.engine.errorCount();
  result.value = ExprChecker(context, *this, "the objective").number(*stmt.value);
  if (!result.value)
    return;
  if (!anyNode(result.value, [](const Expr &e) { return e.op == Op::Term; }) && context.engine.errorCount() == errorsBefore)
    context.report(Kind::MisplacedExpression, stmt.value->range, "the objective depends on nothing that is simulated")
        .withHelp(fmt::format("`{} rmse(area.x every 1 ms, target)`", word));
}

void ObjectiveBuilder::finish() {
  for (Let &let : lets)
    named(let, let.stmt->range);
  if (isMinimised)
    context.program.experiment.objective = std::move(result);
}

// ------------------------------------------------------------------------------------------------------ names

Scope::Answer ObjectiveBuilder::name(const syntax::Name &name) {
  auto let = std::ranges::find_if(lets, [&](const Let &each) { return each.stmt->name.text == name.text; });
  if (let == lets.end())
    return experiment.name(name);
  std::optional<Operand> value = named(*let, name.range);
  if (value && value->kind != Operand::Kind::Number) {
    context.report(Kind::MisplacedExpression, name.range, fmt::format("`{}` is no number", name.text))
        .also(let->stmt->name.range, "declared here")
        .withHelp(fmt::format("a function makes one of it: `mean({})`, `similarity({}, target)`", name.text, name.text));
    return {true, nullptr};
  }
  return {true, value ? value->expr : nullptr};
}

Scope::Answer ObjectiveBuilder::member(const syntax::MemberExpr &expr) { return experiment.member(expr); }

Scope::Answer ObjectiveBuilder::index(const syntax::IndexExpr &expr) { return experiment.index(expr); }

Scope::Answer ObjectiveBuilder::call(const syntax::CallExpr &expr) {
  std::string_view name = calleeOf(&expr);
  if (name == "load" || name == "spikes") {
    context.report(Kind::MisplacedExpression, expr.range, fmt::format("`{}` gives no number", name))
        .withHelp(name == "load" ? "`rmse(area.x every 1 ms, load(\"x.csv\"))`" : "`rate(spikes(E))`");
    return {true, nullptr};
  }
  if (!isFunctionalCall(expr))
    return {};
  std::optional<Operand> value = functional(expr, name);
  if (value && value->kind != Operand::Kind::Number) {
    context.report(Kind::MisplacedExpression, expr.range, fmt::format("`{}` gives a table, and a number is needed", name))
        .withHelp(fmt::format("`mean({}(…))`, `similarity({}(…), target)`", name, name));
    return {true, nullptr};
  }
  return {true, value ? value->expr : nullptr};
}

void ObjectiveBuilder::candidates(std::vector<std::string_view> &names) const {
  for (const Let &let : lets)
    names.push_back(let.stmt->name.text);
  experiment.candidates(names);
}

// --------------------------------------------------------------------------------------------------- operands

std::optional<ObjectiveBuilder::Operand> ObjectiveBuilder::named(Let &let, Range range) {
  if (let.progress == Let::Progress::Working) {
    context.report(Kind::CyclicDefinition, range, fmt::format("`{}` depends on itself", let.stmt->name.text));
    return std::nullopt;
  }
  if (let.progress == Let::Progress::Waiting) {
    let.progress = Let::Progress::Working;
    std::string outer = std::exchange(naming, std::string(let.stmt->name.text));
    if (let.stmt->value)
      let.value = operand(*let.stmt->value);
    naming = std::move(outer);
    let.progress = Let::Progress::Done;
  }
  return let.value;
}

std::optional<ObjectiveBuilder::Operand> ObjectiveBuilder::operand(const syntax::Expr &expr) {
  if (auto *name = dynAs<syntax::NameExpr>(&expr))
    if (auto let = std::ranges::find_if(lets, [&](const Let &each) { return each.stmt->name.text == name->name.text; }); let != lets.end())
      return named(*let, name->range);
  if (auto *every = dynAs<syntax::EveryExpr>(&expr))
    return series(*every->value, every->interval.get());
  if (auto *call = dynAs<syntax::CallExpr>(&expr)) {
    std::string_view name = calleeOf(&expr);
    if (name == "load")
      return load(*call);
    if (name == "spikes")
      return spikes(*call);
    if (isFunctionalCall(*call))
      return functional(*call, name);
  }
  if (!isOfObjective(expr))
    return series(expr, nullptr);
  const Expr *number = ExprChecker(context, *this, "the objective").number(expr);
  return number ? std::optional(Operand{Operand::Kind::Number, -1, number}) : std::nullopt;
}

std::optional<ObjectiveBuilder::Operand> ObjectiveBuilder::series(const syntax::Expr &expr, const syntax::Expr *interval) {
  const Expr *every = interval ? experiment.interval(*interval) : nullptr;
  std::optional<Record> made = experiment.trace(expr, interval, every, "compared");
  if (!made || (interval && !every))
    return std::nullopt;
  const Expr *value = made->what.value;
  return Operand{Operand::Kind::Series, experiment.recordOnce(result.observed, std::move(*made)), value};
}

std::optional<ObjectiveBuilder::Operand> ObjectiveBuilder::spikes(const syntax::CallExpr &call) {
  if (call.arguments.size() != 1 || call.arguments[0].name) {
    context.report(Kind::WrongArgumentCount, call.range, "`spikes` is of one population").withHelp("`spikes(E)`, `spikes(E[0:10])`");
    return std::nullopt;
  }
  const syntax::Expr &of = *call.arguments[0].value;
  std::optional<Quantity> what = experiment.spikes(of, fmt::format("spikes({})", context.text(of.range)));
  if (!what)
    return std::nullopt;
  const Expr *pure = context.number(0, {}, call.range);
  return Operand{Operand::Kind::Spikes, experiment.recordOnce(result.observed, {std::move(*what), nullptr, call.range}), pure};
}

std::optional<ObjectiveBuilder::Operand> ObjectiveBuilder::load(const syntax::CallExpr &call) {
  ObjectiveData data;
  std::optional<units::Unit> unit;
  bool good = true;
  for (const syntax::Argument &argument : call.arguments) {
    auto *text = dynAs<syntax::StringExpr>(argument.value);
    if (isGivenTwice(context, call.arguments, argument)) {
      good = false;
    } else if (!argument.name && text && data.file.empty()) {
      data.file = std::string(text->text);
      good &= network.isThere(*argument.value);
    } else if (argument.name.text == "name" && text) {
      data.words.push_back(fmt::format("name={}", text->text));
    } else if (argument.name.text == "unit") {
      data.unit = context.text(argument.value->range);
      unit = context.unit({data.unit, argument.value->range});
      good &= unit.has_value();
    } else if (argument.name && argument.name.text != "name") {
      context.reportUnknown(Kind::UnknownOption, argument.name, fmt::format("data have no option `{}`", argument.name.text), {"name", "unit"},
                            "they have name and unit");
      good = false;
    } else {
      context.report(Kind::MisplacedExpression, argument.range, "the name of a file is a text").withHelp("`load(\"fc.csv\", unit = mV)`");
      good = false;
    }
  }
  if (data.file.empty() && good) {
    context.report(Kind::WrongArgumentCount, call.range, "`load` needs the name of a file").withHelp("`load(\"fc.csv\")`");
    good = false;
  }
  if (!good)
    return std::nullopt;
  if (data.unit.empty())
    data.unit = "1";
  Expr *node = context.number(0, unit ? unit->dimension : units::Dimension(), call.range);
  node->unit = data.unit;
  loads.push_back(std::move(data));
  return Operand{Operand::Kind::Data, int(loads.size()) - 1, node};
}

// ------------------------------------------------------------------------------------------------ functionals

/// The line of the table that takes these operands.
const FunctionalRule *ObjectiveBuilder::ruleFor(const syntax::CallExpr &call, std::string_view name, const std::vector<Operand> &operands) {
  auto takes = [](OperandKind wanted, const Operand &given) {
    switch (given.kind) {
    case Operand::Kind::Number: return false;
    case Operand::Kind::Series: return wanted == OperandKind::Values;
    case Operand::Kind::Table: return wanted != OperandKind::Spikes;
    case Operand::Kind::Spikes: return wanted == OperandKind::Spikes;
    case Operand::Kind::Data: return true;
    }
    return false;
  };
  std::string usage;
  for (const FunctionalRule &rule : functionals()) {
    if (rule.name != name)
      continue;
    if (std::equal(rule.operands.begin(), rule.operands.end(), operands.begin(), operands.end(), takes))
      return &rule;
    std::vector<std::string_view> names;
    for (OperandKind kind : rule.operands)
      names.push_back(nameOf(kind));
    usage = fmt::format("it takes {}", fmt::join(names, ", and "));
  }
  context.report(Kind::WrongArgumentCount, call.range, fmt::format("`{}` cannot be applied to this", name)).withHelp(std::move(usage));
  return nullptr;
}

/// How the data would be read in the unit of what they are compared with; empty of anything else.
std::string ObjectiveBuilder::unitOfData(const Operand &operand, const Expr &like) const {
  const UnitTerm known = context.solver.resolve(context.term(like));
  if (operand.kind != Operand::Kind::Data || (like.unit.empty() && !known.isKnown()))
    return "";
  const ObjectiveData &data = loads[operand.index];
  std::string words;
  for (const std::string &word : data.words)
    words += fmt::format("name = \"{}\", ", word.substr(word.find('=') + 1));
  return fmt::format("give them their unit: `load(\"{}\", {}unit = {})`", data.file, words, like.unit.empty() ? units::usualUnit(known.known) : like.unit);
}

bool ObjectiveBuilder::unitsFit(const FunctionalRule &rule, const std::vector<Operand> &operands, const std::vector<const syntax::Expr *> &written) {
  std::string place = fmt::format("`{}`", rule.name);
  for (size_t i = 0; i < operands.size(); ++i) {
    const Expr &value = *operands[i].expr;
    if (rule.units == FunctionalRule::Units::Pure && !context.expect(value, {UnitTerm(), "", {}, "a pure number"}, place))
      return false;
    const Expr &first = *operands[0].expr;
    if (rule.units == FunctionalRule::Units::Same && i > 0 &&
        !expectOr(context, value, {context.term(first), first.unit, written[0]->range, context.text(written[0]->range)}, place, unitOfData(operands[i], first)))
      return false;
    if (rule.ofPoints == FunctionalRule::OfPoints::Nothing && isPoint(value)) {
      context.report(Kind::AffineUnit, written[i]->range, fmt::format("the {} of temperatures in {} has no meaning, in {}", rule.name, value.unit, "the objective"))
          .withHelp(fmt::format("of differences it has: `{}({} - 20 {})`", rule.name, context.text(written[i]->range), value.unit));
      return false;
    }
  }
  return true;
}

/// `over_rows = yes`.
std::optional<bool> ObjectiveBuilder::isSwitchedOn(const syntax::Argument &argument) {
  auto *word = dynAs<syntax::NameExpr>(argument.value);
  if (word && (word->name.text == "yes" || word->name.text == "no"))
    return word->name.text == "yes";
  context.report(Kind::UnknownOption, argument.value->range, fmt::format("`{}` is yes or no", argument.name.text));
  return std::nullopt;
}

bool ObjectiveBuilder::options(const syntax::CallExpr &call, const FunctionalRule &rule, Functional &made) {
  for (const syntax::Argument &argument : call.arguments) {
    if (!argument.name)
      continue;
    std::string_view name = argument.name.text;
    if (std::ranges::find(rule.options, name) == rule.options.end()) {
      context.reportUnknown(Kind::UnknownOption, argument.name, fmt::format("`{}` has no option `{}`", rule.name, name), rule.options);
      return false;
    }
    if (isGivenTwice(context, call.arguments, argument))
      return false;
    const FunctionalOption &option = functionalOption(name);
    const Expr *value = nullptr;
    if (option.isSwitch) {
      std::optional<bool> on = isSwitchedOn(argument);
      if (!on)
        return false;
      if (!*on)
        continue;
      value = context.number(1, {}, argument.range);
    } else {
      std::string place = fmt::format("`{}`", name);
      value = ExprChecker(context, experiment, place).number(*argument.value);
      if (!value || !context.expect(*value, {option.dimension, std::string(option.unit), {}, std::string(name)}, place))
        return false;
    }
    std::string path = fmt::format("objective.{}.{}", result.functionals.size(), name);
    made.options.emplace_back(name, network.addScalar(path, fmt::format("`{}` of `{}`", name, made.text), option.dimension, value->unit, value, argument.range));
  }
  return true;
}

/// Where an operand lies in the objective. Data that are compared with spikes are read as spikes, of the same elements.
Functional::Operand ObjectiveBuilder::reference(const Operand &operand, const std::vector<Operand> &all) {
  switch (operand.kind) {
  case Operand::Kind::Series:
  case Operand::Kind::Spikes: return {operand.index, -1, -1};
  case Operand::Kind::Number:
  case Operand::Kind::Table: return {-1, operand.index, -1};
  case Operand::Kind::Data: break;
  }
  ObjectiveData data = loads[operand.index];
  for (const Operand &other : all)
    if (other.kind == Operand::Kind::Spikes)
      data.like = other.index;
  for (size_t i = 0; i < result.data.size(); ++i)
    if (const ObjectiveData &known = result.data[i];
        known.file == data.file && known.words == data.words && known.unit == data.unit && known.like == data.like)
      return {-1, -1, int(i)};
  result.data.push_back(std::move(data));
  return {-1, -1, int(result.data.size()) - 1};
}

std::optional<ObjectiveBuilder::Operand> ObjectiveBuilder::functional(const syntax::CallExpr &call, std::string_view name) {
  Functional made;
  made.function = std::string(name);
  made.text = naming.empty() ? context.text(call.range) : naming;
  made.range = call.range;
  std::string outer = std::exchange(naming, "");
  std::vector<Operand> operands;
  std::vector<const syntax::Expr *> written;
  bool good = true;
  for (const syntax::Argument &argument : call.arguments)
    if (!argument.name) {
      // `rate(E)` is that of the spikes of E.
      std::optional<Operand> value;
      auto place = name == "rate" ? placeName(*argument.value) : std::nullopt;
      if (place && !place->member && network.findPopulation(place->population.text) >= 0) {
        std::optional<Quantity> what = experiment.spikes(*argument.value, fmt::format("spikes({})", context.text(argument.value->range)));
        if (what)
          value = Operand{Operand::Kind::Spikes, experiment.recordOnce(result.observed, {std::move(*what), nullptr, call.range}), context.number(0, {}, call.range)};
      } else {
        value = operand(*argument.value);
      }
      good &= value.has_value();
      operands.push_back(value.value_or(Operand{}));
      written.push_back(argument.value.get());
    }
  naming = std::move(outer);
  if (!good)
    return std::nullopt;
  const FunctionalRule *rule = ruleFor(call, name, operands);
  if (!rule || !unitsFit(*rule, operands, written) || !options(call, *rule, made))
    return std::nullopt;
  for (const Operand &operand : operands)
    made.operands.push_back(reference(operand, operands));
  for (size_t i = 0; i < result.functionals.size(); ++i)
    if (const Functional &known = result.functionals[i];
        known.function == made.function && known.operands == made.operands && known.options.empty() && made.options.empty())
      return Operand{isTable[i] ? Operand::Kind::Table : Operand::Kind::Number, int(i), numbers[i]};
  UnitTerm term = context.term(*operands[0].expr).pow(rule->power) * UnitTerm(units::dim::time).pow(rule->time);
  Expr *node = context.node(Op::Term, call.range, std::move(term));
  node->index = int(result.functionals.size());
  const bool isOfPoints = isPoint(*operands[0].expr);
  if (rule->power == 1 && rule->time == 0)
    node->unit = isOfPoints && rule->ofPoints == FunctionalRule::OfPoints::Difference ? "K" : operands[0].expr->unit;
  else if (rule->power == 0 && rule->time == -1)
    node->unit = "Hz";
  if (rule->power == 1)
    node->isDifference = rule->ofPoints == FunctionalRule::OfPoints::Difference && isOfPoints ? true : operands[0].expr->isDifference;
  bool overRows = std::ranges::any_of(made.options, [](const auto &option) { return option.first == "over_rows"; });
  numbers.push_back(node);
  isTable.push_back(rule->isTable || overRows);
  result.functionals.push_back(std::move(made));
  return Operand{isTable.back() ? Operand::Kind::Table : Operand::Kind::Number, node->index, node};
}

int ObjectiveBuilder::comparison(const syntax::BinaryExpr &expr) {
  std::optional<Operand> sides[2] = {operand(*expr.left), operand(*expr.right)};
  if (!sides[0] || !sides[1])
    return -1;
  auto is = [&](const Operand &side, const Functional::Operand &at) {
    if (side.kind == Operand::Kind::Data)
      return at.data >= 0 && result.data[at.data].file == loads[side.index].file && result.data[at.data].words == loads[side.index].words;
    bool observed = side.kind == Operand::Kind::Series || side.kind == Operand::Kind::Spikes;
    return observed ? at.observed == side.index : at.functional == side.index;
  };
  for (size_t i = 0; i < result.functionals.size(); ++i) {
    const auto &operands = result.functionals[i].operands;
    if (operands.size() == 2 && ((is(*sides[0], operands[0]) && is(*sides[1], operands[1])) || (is(*sides[0], operands[1]) && is(*sides[1], operands[0]))))
      return int(i);
  }
  if (!result.value)
    return -1; // the objective is in error
  context.report(Kind::MisplacedExpression, expr.range, "nothing in the objective compares these two")
      .withHelp("what is drawn against each other stands together in a function, as in `similarity(fc, target)`");
  return -1;
}

} // namespace bdc::rules
