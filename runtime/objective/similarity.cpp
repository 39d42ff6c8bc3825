/// Pearson's correlation of the entries (entries.h) of two tables: of the upper triangles of two FC or FCD matrices.
#include "runtime/objective/entries.h"
#include "runtime/objective/lines.h"
#include "runtime/objective/pair_sums.h"

#include <fmt/format.h>

#include <array>

namespace bdc::runtime::objective {
namespace {

template <class T> class Similarity : public Functional<T> {
public:
  explicit Similarity(const Setup &setup) : operands{setup.operands[0], setup.operands[1]} {}

  static Result<Operand> check(const Setup &setup) {
    int64_t counts[2];
    for (int i = 0; i < 2; ++i) {
      const Result<int64_t> count = entryCount(setup.operands[i], 3);
      if (!count)
        return count.error();
      counts[i] = *count;
    }
    const Operand &a = setup.operands[0], &b = setup.operands[1];
    if (counts[0] != counts[1] || (a.rows == a.columns) != (b.rows == b.columns))
      return inputError(
          fmt::format("`{}` is {} by {}, and `{}` is {} by {}", a.text, a.rows, a.columns, b.text, b.rows, b.columns));
    return tableOf(1, 1);
  }

  Result<Matrix<T>> evaluate(Tables<T> tables) override {
    for (int i = 0; i < 2; ++i) {
      if (Status s = checkSymmetric(operands[i], *tables[i]); !s)
        return s.error();
      centred[i] = entriesOf(*tables[i]);
      const T mean = meanOf(centred[i].data(), static_cast<int64_t>(centred[i].size()));
      T sum = 0;
      for (T &x : centred[i]) {
        x -= mean;
        sum += x * x;
      }
      if (findFlat(&sum, &mean, 1, static_cast<int64_t>(centred[i].size())) == 0)
        return noValue(fmt::format("the entries of `{}` are all the same, and are similar to nothing", operands[i].text));
      spread[i] = root(sum);
    }
    T product = 0;
    for (size_t k = 0; k < centred[0].size(); ++k)
      product += centred[0][k] * centred[1][k];
    r = within(product / (spread[0] * spread[1]), -1, 1);
    return Matrix<T>(1, 1, r);
  }

  void pullback(const Matrix<T> &adjoint, Tables<T>, Adjoints<T> adjoints) override {
    for (int i = 0; i < 2; ++i) {
      if (!adjoints[i])
        continue;
      const T other = adjoint.values[0] / (spread[0] * spread[1]), own = adjoint.values[0] * r / (spread[i] * spread[i]);
      std::vector<T> slopes;
      for (size_t k = 0; k < centred[i].size(); ++k)
        slopes.push_back(other * centred[1 - i][k] - own * centred[i][k]);
      addToEntries(slopes, *adjoints[i]);
    }
  }

  int64_t bytes() const override { return 6 * operands[0].rows * operands[0].columns * static_cast<int64_t>(sizeof(T)) / 2; }

private:
  std::array<Operand, 2> operands;
  std::array<std::vector<T>, 2> centred;
  std::array<T, 2> spread;
  T r;
};

} // namespace

void addSimilarity(std::vector<Function> &table) {
  table.push_back(line<Similarity>("similarity", {Operand::Kind::table, Operand::Kind::table}, {}));
}

} // namespace bdc::runtime::objective
