/// The values of a plan's leaves, which a compiled expression combines to the objective L = f(leaves, parameters), and their
/// derivatives with respect to every sample.
///
///   plan = checkPlan({series, spikes, data, trains, nodes, leaves})   shapes, units, messages; what is constant
///   evaluation = Evaluation<T>(plan, reverse)              T = double, or Dual: with tangents beside all values
///   evaluation.begin()
///   evaluation.hear(series, batch) …                       while the run goes on
///   leaves = evaluation.evaluate()
///   evaluation.pullback(dL/d(leaf) …)
///   evaluation.adjoint(series, batch, out) …               while the run goes backwards: out = dL/d(sample)
#pragma once

#include "runtime/objective/plan.h"

namespace bdc::runtime::objective {

template <class T> class Evaluation {
public:
  /// `reverse`: whether `pullback` will be called.
  Evaluation(std::shared_ptr<const CheckedPlan> plan, bool reverse);
  ~Evaluation();

  /// Forgets the run before.
  void begin();
  /// `series` and `train`: positions in Plan::series, Plan::spikes. An error where a sample is not finite, with its place.
  Status hear(int series, const Samples<T> &batch);
  Status hear(int train, const Spikes<T> &batch);
  /// The values of the leaves.
  Result<std::vector<T>> evaluate();
  /// Of a node, after `evaluate`.
  const Matrix<T> &table(int node) const;

  void pullback(std::span<const T> leafAdjoints);
  /// Write out[row][element] or out[step][element].
  void adjoint(int series, const Samples<T> &again, T *out);
  void adjoint(int train, const Spikes<T> &again, T *out);

  /// What it will hold at most.
  int64_t bytes() const;

private:
  struct Inside;
  std::unique_ptr<Inside> inside;
};

} // namespace bdc::runtime::objective
