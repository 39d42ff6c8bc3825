/// From what was written to steps that fit together.
#include "runtime/objective/plan.h"

#include <fmt/format.h>

#include <cmath>

namespace bdc::runtime::objective {
namespace {

Error after(const std::string &text, const Error &error) {
  return {error.kind, fmt::format("`{}`: {}", text, error.message), error.help};
}

Status checkData(const Data &data) {
  const Operand &o = data.operand;
  if (o.rows * o.columns != static_cast<int64_t>(data.values.size()))
    return internalError(
        fmt::format("`{}` is said to be {} by {} and holds {} numbers", o.text, o.rows, o.columns, data.values.size()));
  for (size_t i = 0; i < data.values.size(); ++i)
    if (!std::isfinite(data.values[i]))
      return inputError(fmt::format("`{}`: [{}][{}] is not a finite number", o.text, static_cast<int64_t>(i) / o.columns,
                                    static_cast<int64_t>(i) % o.columns));
  return {};
}

class Checker {
public:
  explicit Checker(Plan plan) : out(std::make_shared<CheckedPlan>()) { out->plan = std::move(plan); }

  Result<std::shared_ptr<const CheckedPlan>> check() {
    for (Data &data : out->plan.data) {
      data.operand.isConstant = true;
      if (Status s = checkData(data); !s)
        return s.error();
    }
    for (Train &train : out->plan.trains)
      train.operand.isConstant = true;
    for (const Node &node : out->plan.nodes) {
      const Result<int> step = addStep(node);
      if (!step)
        return after(node.text, step.error());
      out->stepOf.push_back(*step);
    }
    for (int leaf : out->plan.leaves)
      if (Status s = checkLeaf(leaf); !s)
        return s.error();
    return std::shared_ptr<const CheckedPlan>(out);
  }

private:
  const Operand *operandOf(const Source &source) const {
    const auto at = [&](const auto &list) {
      return static_cast<size_t>(source.index) < list.size() ? &list[source.index] : nullptr;
    };
    const Data *data;
    const Train *train;
    const CheckedPlan::Step *step;
    switch (source.kind) {
    case Source::Kind::series: return at(out->plan.series);
    case Source::Kind::spikes: return at(out->plan.spikes);
    case Source::Kind::data: return (data = at(out->plan.data)) ? &data->operand : nullptr;
    case Source::Kind::train: return (train = at(out->plan.trains)) ? &train->operand : nullptr;
    case Source::Kind::node: return (step = at(out->steps)) ? &step->result : nullptr;
    }
    return nullptr;
  }

  Result<int> addStep(const Node &node) {
    CheckedPlan::Step step{};
    for (Source source : node.sources) {
      if (source.kind == Source::Kind::node && static_cast<size_t>(source.index) < out->stepOf.size())
        source.index = out->stepOf[source.index];
      const Operand *operand = operandOf(source);
      if (!operand)
        return internalError("it reads what is not there");
      step.sources.push_back(source);
      step.setup.operands.push_back(*operand);
    }
    const Result<const Function *> function = findFunction(node.function, step.setup.operands);
    if (!function)
      return function.error();
    step.function = *function;
    for (const auto &[name, value] : node.options)
      if (Status s = setOption(step.setup.options, *step.function, name, value); !s)
        return s.error();
    for (size_t known = 0; known < out->steps.size(); ++known)
      if (isSame(out->steps[known], step))
        return static_cast<int>(known);
    Result<Operand> result = resultOf(*step.function, step.setup, node.text);
    if (!result)
      return result.error();
    step.result = std::move(*result);
    if (step.result.isConstant)
      if (Status s = evaluateConstant(step); !s)
        return s.error();
    out->steps.push_back(std::move(step));
    return static_cast<int>(out->steps.size()) - 1;
  }

  static bool isSame(const CheckedPlan::Step &a, const CheckedPlan::Step &b) {
    return a.function == b.function && a.sources == b.sources && a.setup.options == b.setup.options;
  }

  Matrix<double> tableOf(const Source &source) const {
    const Operand *operand = operandOf(source);
    Matrix<double> table(operand->rows, operand->columns);
    table.values = source.kind == Source::Kind::data ? out->plan.data[source.index].values : out->steps[source.index].constant;
    return table;
  }

  Status evaluateConstant(CheckedPlan::Step &step) const {
    std::vector<Matrix<double>> tables(step.sources.size());
    std::vector<const Matrix<double> *> known(step.sources.size(), nullptr);
    step.setup.reverse = false;
    const auto functional = step.function->make<double>(step.setup);
    for (size_t i = 0; i < tables.size(); ++i)
      if (step.setup.operands[i].kind == Operand::Kind::table) {
        tables[i] = tableOf(step.sources[i]);
        known[i] = &tables[i];
      }
    functional->begin(known);
    for (size_t i = 0; i < tables.size(); ++i)
      if (step.sources[i].kind == Source::Kind::train)
        functional->hear(static_cast<int>(i), spikesOf<double>(out->plan.trains[step.sources[i].index]));
    Result<Matrix<double>> table = functional->evaluate(known);
    if (!table)
      return table.error();
    step.constant = std::move(table->values);
    return {};
  }

  Status checkLeaf(int leaf) const {
    if (static_cast<size_t>(leaf) >= out->stepOf.size())
      return internalError("a leaf of the objective is not there");
    const Operand &o = out->steps[out->stepOf[leaf]].result;
    if (o.rows == 1 && o.columns == 1)
      return {};
    return inputError(
        fmt::format("`{}` is a table of {} by {}, an objective is one number", out->plan.nodes[leaf].text, o.rows, o.columns),
        "compare it (`rmse`, `similarity`), or take its `mean`");
  }

  std::shared_ptr<CheckedPlan> out;
};

} // namespace

Result<std::shared_ptr<const CheckedPlan>> checkPlan(Plan plan) { return Checker(std::move(plan)).check(); }

} // namespace bdc::runtime::objective
