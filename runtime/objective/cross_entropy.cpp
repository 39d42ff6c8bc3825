/// How well numbers per class foretell the class, in nats: the mean over samples of -sum over classes of q ln p, with p the
/// softmax of the numbers (logits), or the numbers themselves (`probabilities`). The labels: a class number per sample (0, 1, …),
/// or the probabilities q of all classes; one row of them holds for all samples.
#include "runtime/objective/lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace bdc::runtime::objective {
namespace {

template <class T> class CrossEntropy : public Functional<T> {
public:
  explicit CrossEntropy(const Setup &setup)
      : operand(setup.operands[0]),
        labelled(setup.operands[1]),
        ofProbabilities(setup.options.ofProbabilities != 0) {}

  static Result<Operand> check(const Setup &setup) {
    const Operand &x = setup.operands[0], &labels = setup.operands[1];
    if (x.columns < 2)
      return inputError(fmt::format("`{}` has one column; there is one for each class", x.text));
    if (!labels.isConstant)
      return inputError(fmt::format("the labels `{}` are not data", labels.text));
    if ((labels.columns != 1 && labels.columns != x.columns) || (labels.rows != 1 && labels.rows != x.rows))
      return inputError(
          fmt::format("the labels `{}` are {} by {}, and `{}` is {} by {}", labels.text, labels.rows, labels.columns, x.text,
                      x.rows, x.columns),
          fmt::format("it takes a class per row (1 or {} by 1), or the probabilities of all {}", x.rows, x.columns));
    return tableOf(1, 1);
  }

  void begin(Tables<T> known) override {
    labels = known[1];
    sum = T(0);
    heard = 0;
    bad.clear();
    checkLabels();
  }

  using Functional<T>::hear;
  void hear(int, const Samples<T> &batch) override {
    for (int64_t row = 0; row < batch.rows && bad.empty(); ++row) {
      const T *x = batch.row(row);
      const T shift = ofProbabilities ? T(0) : logOfSum(x);
      for (int64_t c = 0; c < operand.columns; ++c)
        if (const double q = weight(batch.first + row, c); q != 0)
          sum += T(q) * (shift - (ofProbabilities ? logOf(x[c], batch.first + row, c) : x[c]));
    }
    heard += batch.rows;
  }

  Result<Matrix<T>> evaluate(Tables<T>) override {
    if (!bad.empty())
      return noValue(bad);
    if (heard == 0 || heard != operand.rows)
      return noValue(fmt::format("{} of {} rows of `{}` are there to compare", heard, operand.rows, operand.text));
    return Matrix<T>(1, 1, sum / count());
  }

  void pullback(const Matrix<T> &adjoint, Tables<T>, Adjoints<T>) override { slope = adjoint.values[0] / count(); }

  using Functional<T>::adjoint;
  void adjoint(int, const Samples<T> &again, T *out) override {
    for (int64_t row = 0; row < again.rows; ++row, out += operand.columns) {
      const T *x = again.row(row);
      double total = 0;
      for (int64_t c = 0; c < operand.columns; ++c)
        if (const double q = weight(again.first + row, c); q != 0) {
          out[c] -= slope * T(q) / (ofProbabilities ? x[c] : T(1));
          total += q;
        }
      if (ofProbabilities)
        continue;
      const T shift = logOfSum(x);
      for (int64_t c = 0; c < operand.columns; ++c)
        out[c] += slope * T(total) * exp(x[c] - shift);
    }
  }

private:
  T count() const { return T(static_cast<double>(heard)); }

  /// ln sum exp, whose terms cannot overflow.
  T logOfSum(const T *x) const {
    double most = valueOf(x[0]);
    for (int64_t c = 1; c < operand.columns; ++c)
      most = std::max(most, valueOf(x[c]));
    T total = 0;
    for (int64_t c = 0; c < operand.columns; ++c)
      total += exp(x[c] - T(most));
    return T(most) + log(total);
  }

  T logOf(T probability, int64_t row, int64_t column) {
    if (!(valueOf(probability) > 0))
      bad = fmt::format("{} of `{}` is {:.6g} in row {}: a class that comes true needs a probability above 0",
                        operand.element(column), operand.text, valueOf(probability), row);
    return log(probability);
  }

  double weight(int64_t row, int64_t column) const {
    const T *at = labels->row(labels->rows == 1 ? 0 : row);
    return labels->columns == 1 ? (valueOf(at[0]) == static_cast<double>(column) ? 1 : 0) : valueOf(at[column]);
  }

  void checkLabels() {
    for (int64_t row = 0; row < labels->rows && bad.empty(); ++row) {
      const T *at = labels->row(row);
      double sum = 0;
      bool isGood = true;
      for (int64_t c = 0; c < labels->columns; ++c) {
        sum += valueOf(at[c]);
        isGood = isGood && valueOf(at[c]) >= 0;
      }
      if (labels->columns == 1 && !(isGood && sum == std::floor(sum) && sum < static_cast<double>(operand.columns)))
        bad = fmt::format("row {} of `{}` is {:.6g}; the classes are 0 to {}", row, labelled.text, sum, operand.columns - 1);
      else if (labels->columns > 1 && !(isGood && std::abs(sum - 1) < 1e-6))
        bad = fmt::format("row {} of `{}` holds no probabilities: none is negative, and together they are 1", row, labelled.text);
    }
  }

  Operand operand, labelled;
  bool ofProbabilities;
  const Matrix<T> *labels = nullptr;
  int64_t heard = 0;
  T sum, slope;
  std::string bad; ///< why there is no value
};

} // namespace

void addCrossEntropy(std::vector<Function> &table) {
  addBoth<CrossEntropy>(table, "cross_entropy", {0, 0, UnitRule::Operands::pure}, {"probabilities"}, {Operand::Kind::table});
}

} // namespace bdc::runtime::objective
