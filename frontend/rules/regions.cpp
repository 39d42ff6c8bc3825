// Checking which regions of a connectome nodes and populations stand for, and elements that are named by labels.
#include "frontend/rules/network.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace bdc::rules {

using syntax::dynAs;

/// A number that the data set.
int NetworkBuilder::given(std::string path, std::string doc, std::string fixedBy, Range range) {
  int scalar = addScalar(std::move(path), std::move(doc), UnitTerm(), "1", nullptr, range);
  program.scalars[scalar].given = program.scalars[scalar].whole = true;
  program.scalars[scalar].fixedBy = std::move(fixedBy);
  return scalar;
}

/// The regions that `nodes` have one node for each of; none where the size is a number.
Regions NetworkBuilder::regionsOf(const syntax::PopulationStmt &stmt) {
  Regions regions;
  if (!stmt.size || !stmt.nodes || !choose(*stmt.size, regions)) {
    if (stmt.except && !regions && !missesConnectome(*stmt.size))
      context.report(Kind::MisplacedExpression, stmt.except->range, "`except` leaves out regions of a connectome")
          .withHelp(fmt::format("`nodes {} = {}[SC except \"lV1\"]`, of a `connectome SC`", stmt.name.text, stmt.use.model.text));
    return {};
  }
  if (!stmt.except)
    return regions;
  if (!regions.areAll()) {
    context.report(Kind::MisplacedExpression, stmt.except->range, "regions are either named, or all but those that are named");
    return regions;
  }
  regions.except = true;
  auto leaveOut = [&](const syntax::ExprPtr &item) {
    if (auto *label = dynAs<syntax::StringExpr>(item))
      regions.picks.push_back(fmt::format("label={}", label->text));
    else if (std::optional<std::string> which = number(item))
      regions.picks.push_back(fmt::format("number={}", *which));
  };
  if (auto *list = dynAs<syntax::ListExpr>(stmt.except))
    for (const syntax::ExprPtr &item : list->items)
      leaveOut(item);
  else
    leaveOut(stmt.except);
  return regions;
}

/// `at SC["lV1"]`: the region for which a population stands in.
Regions NetworkBuilder::place(const syntax::PopulationStmt &stmt) {
  Regions regions;
  size_t errorsBefore = context.engine.errorCount();
  if (stmt.nodes) {
    context.report(Kind::MisplacedExpression, stmt.at->range, "nodes have their regions already")
        .withHelp(fmt::format("a population stands in for a region: `population {} = {}[1000] at …`", stmt.name.text, stmt.use.model.text));
    return {};
  }
  bool isConnectome = choose(*stmt.at, regions);
  if (!isConnectome && missesConnectome(*stmt.at))
    return {};
  bool isOne = regions.picks.size() == 1 && !regions.picks[0].starts_with("slice=");
  if (context.engine.errorCount() == errorsBefore && (!isConnectome || !isOne))
    context.report(Kind::MisplacedExpression, stmt.at->range, "a population stands in for one region of a connectome")
        .withHelp(fmt::format("`at {}[\"lV1\"]`", isConnectome ? program.connectomes[regions.connectome].name : "SC"));
  return isConnectome && isOne ? regions : Regions();
}

/// `SC`, `SC["lA1", "lA2"]`, `SC[0:38]`; false where it is no connectome.
bool NetworkBuilder::choose(const syntax::Expr &expr, Regions &regions) {
  auto *index = dynAs<syntax::IndexExpr>(&expr);
  auto *name = dynAs<syntax::NameExpr>(index ? index->base.get() : &expr);
  int data = name ? findConnectome(name->name.text) : -1;
  if (data < 0)
    return false;
  if (program.connectomes[data].isMatrix()) {
    context.report(Kind::WrongKind, expr.range, fmt::format("`{}` is a matrix to sensors, and regions are a connectome's", name->name.text))
        .withHelp("`connectome SC = load(\"brain.h5\")`, then `SC`");
    return false;
  }
  regions.connectome = data;
  if (index)
    for (const syntax::Subscript &subscript : index->subscripts)
      if (!pick(subscript, regions))
        break;
  return true;
}

/// Whether the expression begins with a name that is none of the network's: it is reported.
bool NetworkBuilder::missesConnectome(const syntax::Expr &expr) {
  auto *index = dynAs<syntax::IndexExpr>(&expr);
  auto *base = dynAs<syntax::NameExpr>(index ? index->base.get() : &expr);
  auto isThis = [&](const auto &each) { return each.first == base->name.text; };
  if (!base || std::any_of(claimed.begin(), claimed.end(), isThis))
    return false;
  reportNoConnectome(base->name);
  return true;
}

bool NetworkBuilder::pick(const syntax::Subscript &subscript, Regions &regions) {
  if (subscript.except) {
    context.report(Kind::MisplacedExpression, subscript.except->range, "`except` stands behind a whole connectome")
        .withHelp(fmt::format("`[{} except \"lV1\"]`", program.connectomes[regions.connectome].name));
    return false;
  }
  if (auto *label = dynAs<syntax::StringExpr>(subscript.index)) {
    regions.picks.push_back(fmt::format("label={}", label->text));
    return true;
  }
  if (!subscript.isSlice) {
    std::optional<std::string> which = number(subscript.index);
    if (which)
      regions.picks.push_back(fmt::format("number={}", *which));
    return which.has_value();
  }
  std::string slice = "slice=";
  for (const syntax::ExprPtr *part : {&subscript.start, &subscript.stop, &subscript.step}) {
    if (part != &subscript.start)
      slice += ':';
    if (!*part)
      continue;
    std::optional<std::string> which = number(*part);
    if (!which)
      return false;
    slice += *which;
  }
  regions.picks.push_back(std::move(slice));
  return true;
}

/// The number of a region: regions are counted when the data are read, and not again when a param changes.
std::optional<std::string> NetworkBuilder::number(const syntax::ExprPtr &part) {
  if (!part || part->kind == syntax::ExprKind::Error)
    return std::nullopt; // reported by the parser
  const Expr *value = ExprChecker(context, *this, "a choice of regions").number(*part);
  if (!value || !context.expect(*value, {UnitTerm(), "1", {}, "a number of a region"}, "a choice of regions"))
    return std::nullopt;
  double known = anyNode(value, [](const Expr &e) { return e.op == Op::Scalar; }) ? std::nan("") : evaluate(*value);
  if (known == std::round(known))
    return fmt::format("{}", static_cast<int64_t>(known));
  context.report(Kind::NotConstant, part->range, "regions are chosen by labels, or by whole numbers that are written out")
      .withHelp("`SC[\"lV1\"]`, `SC[3]`, `SC[0:38]`");
  return std::nullopt;
}

/// The number of the element that is called so, as a scalar.
const Expr *NetworkBuilder::labelled(const syntax::StringExpr &label, int at, int observer) {
  if (at < 0 && observer < 0)
    return nullptr; // reported
  const Observer *seen = observer < 0 ? nullptr : &program.observers[observer];
  bool hasSensors = seen && seen->matrix >= 0;
  int owner = seen ? seen->population : at;
  const Population &population = program.populations[owner];
  if (!hasSensors && population.size < 0)
    return nullptr; // what is wrong with its size has been reported
  if (!hasSensors && (!population.regions || population.standsIn)) {
    context.report(Kind::MisplacedExpression, label.range, fmt::format("the elements of {} have no labels", population.name))
        .withHelp(fmt::format("numbers: `{}[0]`; nodes of a connectome have the labels of its regions", population.name));
    return nullptr;
  }
  const std::string &name = seen ? seen->name : population.name;
  std::string path = fmt::format("{}[{}]", name, label.text);
  if (int known = findScalar(path); known >= 0)
    return readScalar(known, label.range);
  const Connectome &data = program.connectomes[hasSensors ? seen->matrix : population.regions.connectome];
  int scalar = given(path, fmt::format("number of {}", label.text), fmt::format("the number of {} in {}", label.text, data.name), label.range);
  program.labels.push_back({scalar, hasSensors ? -1 : owner, hasSensors ? observer : -1, std::string(label.text), label.range});
  return readScalar(scalar, label.range);
}

} // namespace bdc::rules
