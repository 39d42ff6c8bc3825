/// How far two power spectra are apart: the mean over elements and over the frequencies of a band of (ln P - ln Q)^2, the square
/// of the log-spectral distance (Gray and Markel 1976, IEEE Trans. Acoust. 24:380-391) but for its unit. 0 Hz never counts: every
/// segment is taken less its mean.
#include "runtime/objective/lines.h"

#include <fmt/format.h>

#include <cmath>

namespace bdc::runtime::objective {
namespace {

/// Frequencies k * step of columns first to last.
struct Band {
  int64_t first = 1, last = 0;
  double step = 0;
};

Result<Band> bandOf(const Setup &setup) {
  const Operand &p = setup.operands[0], &q = setup.operands[1];
  Band band{1, p.columns - 1, p.frequencyStep > 0 ? p.frequencyStep : q.frequencyStep};
  if (!(band.step > 0))
    return inputError(fmt::format("neither `{}` nor `{}` is a spectrum", p.text, q.text),
                      "take the `spectrum` of what was recorded");
  const double from = setup.options.from_per_ms, to = setup.options.to_per_ms;
  constexpr double rounding = 1e-9;
  if (from > 0)
    band.first = std::max<int64_t>(1, static_cast<int64_t>(std::ceil(from / band.step * (1 - rounding))));
  if (to > 0)
    band.last = std::min(band.last, static_cast<int64_t>(std::floor(to / band.step * (1 + rounding))));
  if (band.first > band.last)
    return inputError(fmt::format("no frequency of `{}` lies within the band: they are {:.6g} Hz apart, up to {:.6g} Hz", p.text,
                                  band.step * 1000, band.step * 1000 * static_cast<double>(p.columns - 1)),
                      "longer segments have more frequencies");
  return band;
}

template <class T> class SpectrumDistance : public Functional<T> {
public:
  explicit SpectrumDistance(const Setup &setup) : operands(setup.operands), band(*bandOf(setup)) {}

  static Result<Operand> check(const Setup &setup) {
    const Operand &p = setup.operands[0], &q = setup.operands[1];
    if (p.columns != q.columns || (p.rows != q.rows && q.rows != 1))
      return inputError(fmt::format("`{}` has {} spectr{} of {} frequencies, and `{}` has {} of {}", p.text, p.rows,
                                    p.rows == 1 ? "um" : "a", p.columns, q.text, q.rows, q.columns),
                        "segments of the same time have the same frequencies");
    if (p.frequencyStep > 0 && q.frequencyStep > 0 && std::abs(p.frequencyStep / q.frequencyStep - 1) > 1e-9)
      return inputError(fmt::format("the frequencies of `{}` are {:.6g} Hz apart, those of `{}` {:.6g} Hz", p.text,
                                    p.frequencyStep * 1000, q.text, q.frequencyStep * 1000),
                        "segments of the same time have the same frequencies");
    if (const Result<Band> band = bandOf(setup); !band)
      return band.error();
    return tableOf(1, 1);
  }

  Result<Matrix<T>> evaluate(Tables<T> tables) override {
    T sum = 0;
    for (int i = 0; i < 2; ++i)
      if (Status s = checkPower(operands[i], *tables[i]); !s)
        return s.error();
    each(tables, [&](T p, T q, int64_t, int64_t) { sum += (log(p) - log(q)) * (log(p) - log(q)); });
    return Matrix<T>(1, 1, sum / count());
  }

  void pullback(const Matrix<T> &adjoint, Tables<T> tables, Adjoints<T> adjoints) override {
    const T g = T(2) * adjoint.values[0] / count();
    each(tables, [&](T p, T q, int64_t atP, int64_t atQ) {
      const T slope = g * (log(p) - log(q));
      if (adjoints[0])
        adjoints[0]->values[atP] += slope / p;
      if (adjoints[1])
        adjoints[1]->values[atQ] -= slope / q;
    });
  }

private:
  T count() const { return T(static_cast<double>(operands[0].rows * (band.last - band.first + 1))); }

  template <class Use> void each(Tables<T> tables, Use &&use) const {
    for (int64_t row = 0; row < tables[0]->rows; ++row)
      for (int64_t k = band.first; k <= band.last; ++k) {
        const int64_t p = row * tables[0]->columns + k, q = (tables[1]->rows == 1 ? 0 : row * tables[1]->columns) + k;
        use(tables[0]->values[p], tables[1]->values[q], p, q);
      }
  }

  Status checkPower(const Operand &operand, const Matrix<T> &table) const {
    for (int64_t row = 0; row < table.rows; ++row)
      for (int64_t k = band.first; k <= band.last; ++k)
        if (!(valueOf(table.row(row)[k]) > 0))
          return noValue(fmt::format("row {} of `{}` is {:.6g} at {:.6g} Hz, which has no logarithm", row, operand.text,
                                     valueOf(table.row(row)[k]), static_cast<double>(k) * band.step * 1000),
                         "an element that does not change has no power");
    return {};
  }

  std::vector<Operand> operands;
  Band band;
};

} // namespace

void addSpectrumDistance(std::vector<Function> &table) {
  table.push_back(line<SpectrumDistance>("spectrum_distance", {Operand::Kind::table, Operand::Kind::table},
                                         {0, 0, UnitRule::Operands::same}, {"from", "to"}));
}

} // namespace bdc::runtime::objective
