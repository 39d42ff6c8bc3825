/// Synchrony of phases (radians).
///
///   order           the mean over time of Kuramoto's order parameter R(t) = |mean over elements of exp(i theta)| (Kuramoto 1984)
///   metastability   the standard deviation of R over time, dividing by n (Shanahan 2010, Chaos 20:013108; Deco et al. 2017, Sci.
///   Rep. 7:3095) plv             phase locking value |mean over time of exp(i (theta_a - theta_b))| of every pair (Lachaux et
///   al. 1999, Hum. Brain
///                   Mapp. 8:194-208); the number is the mean of all pairs
#include "runtime/summarise/moments.h"
#include "runtime/summarise/summarise.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bdc::runtime {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

class Order : public Accumulator {
public:
  Status hear(const RowBatch &batch) override {
    for (int64_t row = 0; row < batch.rows; ++row) {
      const double *theta = batch.values + row * batch.columns;
      double real = 0, imaginary = 0;
      for (int64_t i = 0; i < batch.columns; ++i) {
        real += std::cos(theta[i]);
        imaginary += std::sin(theta[i]);
      }
      const double r = std::hypot(real, imaginary) / static_cast<double>(batch.columns);
      if (count++ == 0)
        shift = r;
      sum += r - shift;
      squares += (r - shift) * (r - shift);
    }
    return {};
  }

  double value(double) const override { return count ? shift + sum / static_cast<double>(count) : nothing; }

protected:
  int64_t count = 0;
  double shift = 0, sum = 0, squares = 0;
};

class Metastability : public Order {
  double value(double) const override {
    const auto n = static_cast<double>(count);
    return count ? std::sqrt(std::max(0.0, squares / n - (sum / n) * (sum / n))) : nothing;
  }
};

/// cos(a - b) and sin(a - b) from the cosines and sines of a and b.
class PhaseLocking : public Accumulator {
public:
  explicit PhaseLocking(int64_t elements) : elements(elements) {}

  Status hear(const RowBatch &batch) override {
    const auto size = static_cast<size_t>(elements);
    cosines.resize(size);
    sines.resize(size);
    real.resize(size * size);
    imaginary.resize(size * size);
    for (int64_t row = 0; row < batch.rows; ++row) {
      const double *theta = batch.values + row * batch.columns;
      for (int64_t i = 0; i < elements; ++i) {
        cosines[i] = std::cos(theta[i]);
        sines[i] = std::sin(theta[i]);
      }
      for (int64_t i = 0; i < elements; ++i)
        for (int64_t j = i + 1; j < elements; ++j) {
          real[i * elements + j] += cosines[i] * cosines[j] + sines[i] * sines[j];
          imaginary[i * elements + j] += sines[i] * cosines[j] - cosines[i] * sines[j];
        }
    }
    count += batch.rows;
    return {};
  }

  double value(double) const override { return upperTriangle(matrix(), elements).mean; }

  Detail detail() const override {
    Detail d{Picture::elements, "phase locking value of every pair of elements; the value is the mean of all pairs"};
    d.tables.push_back({"matrix", "", elements, elements, matrix()});
    const Triangle t = upperTriangle(d.tables[0].values, elements);
    d.facts = {{"std", t.std}, {"min", t.min}, {"max", t.max}, {"samples", static_cast<double>(count)}};
    return d;
  }

  int64_t bytes() const override { return elements * (elements + 1) * 16; }

private:
  std::vector<double> matrix() const {
    std::vector<double> out(static_cast<size_t>(elements * elements), nothing);
    for (int64_t i = 0; count && i < elements; ++i) {
      out[i * elements + i] = 1;
      for (int64_t j = i + 1; j < elements; ++j)
        out[i * elements + j] = out[j * elements + i] =
            std::min(1.0, std::hypot(real[i * elements + j], imaginary[i * elements + j]) / static_cast<double>(count));
    }
    return out;
  }

  int64_t elements, count = 0;
  std::vector<double> cosines, sines, real, imaginary; ///< the last two: sums over time of pairs i < j
};

} // namespace

Made makeOrder(const SummaryInput &) { return std::shared_ptr<Accumulator>(std::make_shared<Order>()); }
Made makeMetastability(const SummaryInput &) { return std::shared_ptr<Accumulator>(std::make_shared<Metastability>()); }

Made makePhaseLocking(const SummaryInput &input) {
  if (Status s = needsTwoElements(input, "plv"); !s)
    return s.error();
  return std::shared_ptr<Accumulator>(std::make_shared<PhaseLocking>(input.streams[0].elements));
}

} // namespace bdc::runtime
