#include "runtime/objective/evaluation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace bdc::runtime::objective {
template <class T> struct Evaluation<T>::Inside {
  using Step = CheckedPlan::Step;

  /// One that has not been made before the run.
  struct Live {
    std::unique_ptr<Functional<T>> functional;
    std::vector<const Matrix<T> *> operands; ///< null where no table
    std::vector<const Matrix<T> *> known;    ///< those that are constant
    std::vector<Matrix<T> *> adjoints;       ///< null where constant, or no table
    bool matters = false;                    ///< its adjoint is not 0
  };

  /// Who hears a series, as which operand.
  struct Hearer {
    size_t step;
    int operand;
  };

  std::shared_ptr<const CheckedPlan> plan;
  std::vector<Live> live;          ///< per step; without a functional where constant
  std::vector<Matrix<T>> tables;   ///< per step
  std::vector<Matrix<T>> adjoints; ///< per step
  std::vector<Matrix<T>> data;     ///< per Plan::data
  std::vector<std::vector<Hearer>> ofSeries, ofSpikes;
  std::vector<int64_t> heardRows, heardSteps;

  Inside(std::shared_ptr<const CheckedPlan> given, bool reverse) : plan(std::move(given)) {
    const Plan &p = plan->plan;
    ofSeries.resize(p.series.size());
    ofSpikes.resize(p.spikes.size());
    for (const Data &d : p.data)
      data.push_back(convert(d.operand, d.values));
    const size_t count = plan->steps.size();
    live.resize(count);
    tables.resize(count);
    adjoints.resize(count);
    for (size_t s = 0; s < count; ++s)
      addStep(s, reverse);
  }

  static Matrix<T> convert(const Operand &shape, const std::vector<double> &values) {
    Matrix<T> out(shape.rows, shape.columns);
    std::copy(values.begin(), values.end(), out.values.begin());
    return out;
  }

  void addStep(size_t s, bool reverse) {
    const Step &step = plan->steps[s];
    if (step.result.isConstant) {
      tables[s] = convert(step.result, step.constant);
      return;
    }
    Setup setup = step.setup;
    setup.reverse = reverse;
    Live &to = live[s];
    to.functional = step.function->template make<T>(setup);
    for (size_t i = 0; i < step.sources.size(); ++i) {
      const auto &[kind, index] = step.sources[i];
      const Matrix<T> *table = kind == Source::Kind::data ? &data[index] : kind == Source::Kind::node ? &tables[index] : nullptr;
      const bool isConstant = step.setup.operands[i].isConstant;
      to.operands.push_back(table);
      to.known.push_back(isConstant ? table : nullptr);
      to.adjoints.push_back(kind == Source::Kind::node && !isConstant ? &adjoints[index] : nullptr);
      if (kind == Source::Kind::series)
        ofSeries[index].push_back({s, static_cast<int>(i)});
      else if (kind == Source::Kind::spikes)
        ofSpikes[index].push_back({s, static_cast<int>(i)});
    }
  }

  void begin() {
    heardRows.assign(ofSeries.size(), 0);
    heardSteps.assign(ofSpikes.size(), 0);
    for (size_t s = 0; s < live.size(); ++s) {
      if (!live[s].functional)
        continue;
      live[s].functional->begin(live[s].known);
      for (size_t i = 0; i < live[s].operands.size(); ++i)
        if (const Source &source = plan->steps[s].sources[i]; source.kind == Source::Kind::train)
          live[s].functional->hear(static_cast<int>(i), spikesOf<T>(plan->plan.trains[source.index]));
    }
  }

  Status checkBatch(const Operand &operand, int64_t first, int64_t rows, int64_t columns, int64_t heard) const {
    if (first != heard || columns != operand.columns || first + rows > operand.rows)
      return internalError(
          fmt::format("`{}`: rows {} to {} of {} elements arrive; {} of {} rows of {} elements were heard before", operand.text,
                      first, first + rows, columns, heard, operand.rows, operand.columns));
    return {};
  }

  Status checkNumbers(const Operand &operand, const T *values, int64_t first, int64_t rows) const {
    const T *end = values + rows * operand.columns;
    const T *bad = std::find_if_not(values, end, [](const T &x) { return isFinite(x); });
    if (bad == end)
      return {};
    const int64_t row = (bad - values) / operand.columns, column = (bad - values) % operand.columns;
    return noValue(fmt::format("`{}` is {} at {}, {:.6g} ms after the start of what is measured", operand.text, valueOf(*bad),
                               operand.element(column), static_cast<double>(first + row + 1) * operand.interval_ms));
  }

  template <class Batch> void tell(const std::vector<Hearer> &hearers, const Batch &batch) {
    for (const Hearer &h : hearers)
      live[h.step].functional->hear(h.operand, batch);
  }

  template <class Batch> void addAdjoints(const std::vector<Hearer> &hearers, const Batch &again, int64_t count, T *out) {
    std::fill(out, out + count, T(0));
    for (const Hearer &h : hearers)
      if (live[h.step].matters)
        live[h.step].functional->adjoint(h.operand, again, out);
  }
};

template <class T>
Evaluation<T>::Evaluation(std::shared_ptr<const CheckedPlan> plan, bool reverse)
    : inside(std::make_unique<Inside>(std::move(plan), reverse)) {}
template <class T> Evaluation<T>::~Evaluation() = default;

template <class T> void Evaluation<T>::begin() { inside->begin(); }

template <class T> Status Evaluation<T>::hear(int series, const Samples<T> &batch) {
  const Operand &operand = inside->plan->plan.series[series];
  int64_t &heard = inside->heardRows[series];
  if (Status s = inside->checkBatch(operand, batch.first, batch.rows, batch.columns, heard); !s)
    return s;
  if (Status s = inside->checkNumbers(operand, batch.values, batch.first, batch.rows); !s)
    return s;
  heard += batch.rows;
  inside->tell(inside->ofSeries[series], batch);
  return {};
}

template <class T> Status Evaluation<T>::hear(int train, const Spikes<T> &batch) {
  const Operand &operand = inside->plan->plan.spikes[train];
  int64_t &heard = inside->heardSteps[train];
  if (Status s = inside->checkBatch(operand, batch.first, batch.steps, batch.elements, heard); !s)
    return s;
  heard += batch.steps;
  inside->tell(inside->ofSpikes[train], batch);
  return {};
}

template <class T> Result<std::vector<T>> Evaluation<T>::evaluate() {
  for (size_t s = 0; s < inside->live.size(); ++s) {
    auto &step = inside->live[s];
    if (!step.functional)
      continue;
    const Operand &result = inside->plan->steps[s].result;
    Result<Matrix<T>> table = step.functional->evaluate(step.operands);
    if (!table)
      return Error{table.error().kind, fmt::format("`{}`: {}", result.text, table.error().message), table.error().help};
    if (!std::all_of(table->values.begin(), table->values.end(), [](T x) { return isFinite(x); }))
      return noValue(fmt::format("`{}` is not a finite number", result.text));
    inside->tables[s] = std::move(*table);
  }
  std::vector<T> leaves;
  for (int leaf : inside->plan->plan.leaves)
    leaves.push_back(table(leaf).values[0]);
  return leaves;
}

template <class T> const Matrix<T> &Evaluation<T>::table(int node) const { return inside->tables[inside->plan->stepOf[node]]; }

template <class T> void Evaluation<T>::pullback(std::span<const T> leafAdjoints) {
  const CheckedPlan &plan = *inside->plan;
  for (size_t s = 0; s < inside->live.size(); ++s)
    inside->adjoints[s] = Matrix<T>(plan.steps[s].result.rows, plan.steps[s].result.columns);
  for (size_t leaf = 0; leaf < leafAdjoints.size(); ++leaf)
    inside->adjoints[plan.stepOf[plan.plan.leaves[leaf]]].values[0] += leafAdjoints[leaf];
  for (size_t s = inside->live.size(); s-- > 0;) {
    auto &step = inside->live[s];
    const std::vector<T> &adjoint = inside->adjoints[s].values;
    step.matters = step.functional && !std::all_of(adjoint.begin(), adjoint.end(), [](const T &x) { return isZero(x); });
    if (step.matters)
      step.functional->pullback(inside->adjoints[s], step.operands, step.adjoints);
  }
}

template <class T> void Evaluation<T>::adjoint(int series, const Samples<T> &again, T *out) {
  inside->addAdjoints(inside->ofSeries[series], again, again.rows * again.columns, out);
}

template <class T> void Evaluation<T>::adjoint(int train, const Spikes<T> &again, T *out) {
  inside->addAdjoints(inside->ofSpikes[train], again, again.steps * again.elements, out);
}

template <class T> int64_t Evaluation<T>::bytes() const {
  int64_t bytes = 0;
  for (size_t s = 0; s < inside->live.size(); ++s) {
    const Operand &result = inside->plan->steps[s].result;
    bytes += 2 * result.rows * result.columns * static_cast<int64_t>(sizeof(T));
    if (inside->live[s].functional)
      bytes += inside->live[s].functional->bytes();
  }
  return bytes;
}

template class Evaluation<double>;
template class Evaluation<Dual>;

} // namespace bdc::runtime::objective
