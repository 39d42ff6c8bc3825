/// A series (or a table) number by number against a table of the same shape; one row is what holds at all times.
///   mse      mean (x - y)^2
///   rmse     its root
///   cosine   sum x y / sqrt(sum x^2 sum y^2)
#include "runtime/objective/lines.h"

#include <fmt/format.h>

namespace bdc::runtime::objective {
namespace {

enum class Measure { mse, rmse, cosine };

bool isList(const Operand &x) { return x.rows == 1 || x.columns == 1; }

/// Two lists; or [samples][elements], one row for all samples, or one number for all.
bool areLists(const Operand &x, const Operand &y) { return isList(x) && isList(y) && x.rows * x.columns == y.rows * y.columns; }
bool areComparable(const Operand &x, const Operand &y) {
  return areLists(x, y) || ((y.rows == x.rows || y.rows == 1) && (y.columns == x.columns || (y.rows == 1 && y.columns == 1)));
}

template <class T> class Comparison : public Functional<T> {
public:
  Comparison(const Setup &setup, Measure measure)
      : operand(setup.operands[0]),
        measure(measure),
        ofLists(areLists(operand, setup.operands[1])) {}

  static Result<Operand> check(const Setup &setup) {
    const Operand &x = setup.operands[0], &y = setup.operands[1];
    if (!y.isConstant)
      return inputError(
          fmt::format("`{}` is known only when the run is over; a series is compared with data while it runs", y.text),
          "compare tables of the two");
    if (!areComparable(x, y))
      return inputError(
          fmt::format("`{}` is {} by {}, and `{}` is {} by {}", y.text, y.rows, y.columns, x.text, x.rows, x.columns),
          fmt::format("it takes {} by {}, or one row of {} for all", x.rows, x.columns, x.columns));
    return tableOf(1, 1);
  }

  void begin(Tables<T> known) override {
    target = known[1];
    heard = 0;
    xx = xy = yy = dd = T(0);
  }

  using Functional<T>::hear;
  void hear(int, const Samples<T> &batch) override {
    for (int64_t row = 0; row < batch.rows; ++row)
      for (int64_t i = 0; i < batch.columns; ++i) {
        const T x = batch.row(row)[i], y = target->values[place(batch.first + row, i)];
        if (measure == Measure::cosine) {
          xx += x * x;
          xy += x * y;
          yy += y * y;
        } else {
          dd += (x - y) * (x - y);
        }
      }
    heard += batch.rows;
  }

  Result<Matrix<T>> evaluate(Tables<T>) override {
    if (heard == 0 || heard != operand.rows)
      return noValue(fmt::format("{} of {} rows of `{}` are there to compare", heard, operand.rows, operand.text));
    if (measure == Measure::cosine && !(valueOf(xx) > 0 && valueOf(yy) > 0))
      return noValue("what is 0 throughout has no direction");
    return Matrix<T>(1, 1, value());
  }

  void pullback(const Matrix<T> &adjoint, Tables<T> tables, Adjoints<T> adjoints) override {
    slopes(adjoint.values[0]);
    if (!adjoints[1])
      return;
    // Both are tables, then.
    const Matrix<T> &x = *tables[0];
    for (int64_t row = 0; row < x.rows; ++row)
      for (int64_t i = 0; i < x.columns; ++i) {
        const int64_t at = place(row, i);
        adjoints[1]->values[at] += ofOther * x.row(row)[i] + ofTarget * target->values[at];
      }
  }

  using Functional<T>::adjoint;
  void adjoint(int, const Samples<T> &again, T *out) override {
    for (int64_t row = 0; row < again.rows; ++row)
      for (int64_t i = 0; i < again.columns; ++i)
        out[row * again.columns + i] += ofSample * again.row(row)[i] + ofOther * target->values[place(again.first + row, i)];
  }

private:
  /// Of the number of the target that x[row][column] is compared with.
  int64_t place(int64_t row, int64_t column) const {
    if (ofLists)
      return row * operand.columns + column;
    return (target->rows == 1 ? 0 : row * target->columns) + (target->columns == 1 ? 0 : column);
  }

  T value() const {
    switch (measure) {
    case Measure::mse: return dd / count();
    case Measure::rmse: return root(dd / count());
    case Measure::cosine: return xy / (root(xx) * root(yy));
    }
  }
  T count() const { return T(static_cast<double>(operand.rows * operand.columns)); }

  /// The adjoint of x is ofSample * x + ofOther * y, that of y is ofOther * x + ofTarget * y.
  void slopes(T g) {
    if (measure == Measure::cosine) {
      ofSample = -(g * value() / xx);
      ofTarget = -(g * value() / yy);
      ofOther = g / (root(xx) * root(yy));
      return;
    }
    T slope = T(2) * g / count();
    if (measure == Measure::rmse)
      slope = valueOf(dd) > 0 ? g / (count() * value()) : T(0);
    ofSample = ofTarget = slope;
    ofOther = -slope;
  }

  Operand operand;
  Measure measure;
  bool ofLists;
  const Matrix<T> *target = nullptr;
  int64_t heard = 0;
  T xx, xy, yy, dd; ///< sums of products; dd: of differences with themselves
  T ofSample, ofOther, ofTarget;
};

template <class T> struct MeanSquare : Comparison<T> {
  explicit MeanSquare(const Setup &setup) : Comparison<T>(setup, Measure::mse) {}
};
template <class T> struct RootMeanSquare : Comparison<T> {
  explicit RootMeanSquare(const Setup &setup) : Comparison<T>(setup, Measure::rmse) {}
};
template <class T> struct Cosine : Comparison<T> {
  explicit Cosine(const Setup &setup) : Comparison<T>(setup, Measure::cosine) {}
};

} // namespace

void addComparisons(std::vector<Function> &table) {
  const UnitRule::Operands same = UnitRule::Operands::same;
  addBoth<MeanSquare>(table, "mse", {2, 0, same}, {}, {Operand::Kind::table});
  addBoth<RootMeanSquare>(table, "rmse", {1, 0, same}, {}, {Operand::Kind::table});
  addBoth<Cosine>(table, "cosine", {}, {}, {Operand::Kind::table});
}

} // namespace bdc::runtime::objective
