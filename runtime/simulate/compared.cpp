/// What an objective compares with data, for the report of a fit; and whether it is a sum of squares.
#include "runtime/simulate/body.h"
#include "runtime/simulate/observation.h"

#include <algorithm>
#include <limits>

namespace bdc::runtime {
namespace {

using objective::Operand;
using objective::Source;
using K = Source::Kind;

constexpr int64_t mostKept = int64_t(1) << 24; ///< samples
constexpr int64_t mostShown = 5000;            ///< points of a picture

bool isSquare(const Operand &o) { return o.rows == o.columns && o.rows > 1; }

/// Matrices stay such; of others every n-th number makes a list. What holds for several rows is repeated.
Table tableOf(const Operand &operand, const std::vector<double> &values, const Operand &shape, const char *name) {
  Table table{name, operand.display.unit, 0, 0, {}};
  const int64_t size = shape.rows * shape.columns, given = static_cast<int64_t>(values.size());
  const int64_t stride = isSquare(shape) ? 1 : std::max<int64_t>(1, size / mostShown);
  for (int64_t i = 0; i < size && given > 0; i += stride)
    table.values.push_back(operand.display(values[i % given]));
  table.rows = isSquare(shape) ? shape.rows : static_cast<int64_t>(table.values.size());
  table.columns = isSquare(shape) ? shape.columns : 0;
  return table;
}

/// Whether pictures of both would be the same.
bool isSame(const ComparedTables &a, const ComparedTables &b) {
  const auto equal = [](const Table &x, const Table &y) {
    return x.unit == y.unit && x.rows == y.rows && x.columns == y.columns && x.values == y.values;
  };
  return equal(a.target, b.target) && equal(a.made, b.made) && a.limit == b.limit && a.time_ms == b.time_ms;
}

} // namespace

/// Whether a node compares two tables entry by entry, or a plot asks for what it compares.
bool Observation::isCompared(size_t node) const {
  const std::string &function = checked->plan.nodes[node].function;
  if (function == "similarity" || function == "rmse" || function == "mse" || function == "cosine")
    return true;
  for (const Query &plot : body.program->descriptor.plots)
    for (const Argument &argument : plot.arguments)
      if (argument.kind == Argument::Kind::node && argument.index == static_cast<int>(node))
        return true;
  return false;
}

bool Observation::comparesSamples() const {
  int64_t samples = 0;
  bool found = false;
  for (const Operand &series : checked->plan.series)
    samples += series.rows * series.columns;
  for (size_t i = 0; i < checked->plan.nodes.size(); ++i) {
    const std::vector<Source> &sources = checked->plan.nodes[i].sources;
    found |= isCompared(i) && std::any_of(sources.begin(), sources.end(), [](const Source &s) { return s.kind == K::series; });
  }
  return found && samples <= mostKept;
}

Observation::Side Observation::sideOf(const Source &source) const {
  const objective::Plan &plan = checked->plan;
  if (source.kind == K::data)
    return {&plan.data[source.index].operand, &plan.data[source.index].values};
  if (source.kind == K::node && evaluation) // tables of pairs are not drawn
    return {&checked->steps[checked->stepOf[source.index]].result, &evaluation->table(source.index).values};
  if (source.kind != K::series)
    return {};
  const auto listened = std::find_if(streams.begin(), streams.end(), [&](const auto &s) { return !s->isSpikes() && s->position == source.index; });
  return {&plan.series[source.index], &kept[listened - streams.begin()].rows, (*listened)->stream.interval};
}

/// Adds what a node compares; of a pair of tables that another node has compared, only that this one does too.
void Observation::compare(size_t position, ObjectiveParts &parts) const {
  const objective::Plan &plan = checked->plan;
  const objective::Node &node = plan.nodes[position];
  if (!isCompared(position) || node.sources.size() != 2)
    return;
  Side target, made;
  bool isCorrelation = false;
  for (const Source &source : node.sources) {
    const Side side = sideOf(source);
    if (!side.operand || side.values->empty())
      return;
    const bool isData = source.kind == K::data || side.operand->isConstant;
    (isData ? target : made) = side;
    if (source.kind == K::node)
      for (const char *bounded : {"correlation", "fcd", "plv"})
        isCorrelation |= plan.nodes[source.index].function == bounded;
  }
  if (!target.operand || !made.operand)
    return;
  const Operand &shape = *made.operand;
  ComparedTables out{{static_cast<int>(position)}, node.text, tableOf(*target.operand, *target.values, shape, "target"),
                     tableOf(*made.operand, *made.values, shape, "fit"), isCorrelation ? 1 : std::numeric_limits<double>::infinity()};
  if (made.interval > 0 && shape.columns == 1)
    for (int64_t row = 0; row < shape.rows; row += std::max<int64_t>(1, shape.rows / mostShown))
      out.time_ms.push_back(timeOf(body.sizes, made.interval, row));
  const auto before = std::find_if(parts.compared.begin(), parts.compared.end(), [&](const ComparedTables &c) { return isSame(c, out); });
  if (before == parts.compared.end()) {
    parts.compared.push_back(std::move(out));
    return;
  }
  const auto isWritten = [&](int other) { return plan.nodes[static_cast<size_t>(other)].text == node.text; };
  if (std::none_of(before->nodes.begin(), before->nodes.end(), isWritten))
    before->text += ", " + node.text;
  before->nodes.push_back(static_cast<int>(position));
}

void Observation::describe(ObjectiveParts &parts) {
  const objective::Plan &plan = checked->plan;
  for (size_t i = 0; i < plan.nodes.size(); ++i)
    compare(i, parts);
  if (plan.leaves.size() != 1)
    return;
  const objective::Node &leaf = plan.nodes[plan.leaves.front()];
  if (leaf.function != "mse" && leaf.function != "rmse")
    return;
  // Nothing but that: the expression gives back what it is given.
  const Descriptor &d = body.program->descriptor;
  std::vector<double> out(2 + (d.gradient ? d.gradient->parameters.size() : 0));
  for (const double term : {0.75, 3.0}) {
    body.program->objective(&body.ctx, &term, out.data());
    if (out[0] != term)
      return;
  }
  const objective::CheckedPlan::Step &step = checked->steps[checked->stepOf[plan.leaves.front()]];
  parts.residuals = step.setup.operands.front().rows * step.setup.operands.front().columns;
  parts.isRoot = leaf.function == "rmse";
}

} // namespace bdc::runtime
