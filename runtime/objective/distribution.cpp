#include "runtime/objective/distribution.h"

#include "runtime/objective/entries.h"
#include "runtime/objective/lines.h"
#include "runtime/objective/pair_sums.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace bdc::runtime::objective {
namespace {

constexpr int64_t lanes = 8;

/// In eight sums, which the processor adds at once.
template <class T> struct Sums {
  T parts[lanes] = {};
  T total() const { return ((parts[0] + parts[1]) + (parts[2] + parts[3])) + ((parts[4] + parts[5]) + (parts[6] + parts[7])); }
};

/// z = (point - value) / width and exp(-z^2 / 2) of eight values.
template <class T> struct Kernels {
  T z[lanes], height[lanes];
  Kernels(double point, const T *values, T perWidth, int64_t count) {
    for (int64_t k = 0; k < lanes; ++k)
      z[k] = k < count ? (T(point) - values[k]) * perWidth : T(0);
    for (int64_t k = 0; k < lanes; ++k)
      height[k] = exp(-z[k] * z[k] * T(0.5));
    for (int64_t k = count; k < lanes; ++k)
      height[k] = T(0);
  }
};

template <class T> struct Width {
  T mean, deviation, perWidth; ///< 1 / width
  double scale;                ///< width / deviation

  explicit Width(const std::vector<T> &values) : scale(std::pow(static_cast<double>(values.size()), -0.2)) {
    mean = meanOf(values.data(), static_cast<int64_t>(values.size()));
    T squares = 0;
    for (const T &value : values)
      squares += (value - mean) * (value - mean);
    deviation = root(squares / T(static_cast<double>(values.size()) - 1));
    perWidth = T(1) / (deviation * T(scale));
  }
};

} // namespace

template <class T> std::vector<T> densityOf(const std::vector<T> &values) {
  if (values.size() < 2)
    return {};
  const Width<T> w(values);
  if (!(valueOf(w.deviation) > 0))
    return {};
  const auto count = static_cast<int64_t>(values.size());
  std::vector<T> out;
  T total = 0;
  for (int64_t point = 0; point < densityPoints; ++point) {
    Sums<T> sums;
    for (int64_t at = 0; at < count; at += lanes) {
      const Kernels<T> kernels(densityPoint(point), &values[at], w.perWidth, std::min(lanes, count - at));
      for (int64_t k = 0; k < lanes; ++k)
        sums.parts[k] += kernels.height[k];
    }
    out.push_back(sums.total());
    total += out.back();
  }
  if (!(valueOf(total) > 0))
    return {};
  for (T &value : out)
    value /= total;
  return out;
}

/// The densities are q_k / sum q, with q_k = sum over the values of exp(-z^2 / 2), z = (point k - value) / width.
template <class T>
std::vector<T> densityAdjoint(const std::vector<T> &values, const std::vector<T> &density, const std::vector<T> &adjoint) {
  const Width<T> w(values);
  T mean = 0;
  for (int64_t point = 0; point < densityPoints; ++point)
    mean += adjoint[point] * density[point];
  const auto count = static_cast<int64_t>(values.size());
  std::vector<T> out(values.size(), T(0));
  Sums<T> total, ofWidth;
  for (int64_t at = 0; at < count; at += lanes) {
    const int64_t many = std::min(lanes, count - at);
    T slopes[lanes] = {};
    for (int64_t point = 0; point < densityPoints; ++point) {
      const Kernels<T> kernels(densityPoint(point), &values[at], w.perWidth, many);
      const T g = adjoint[point] - mean;
      for (int64_t k = 0; k < lanes; ++k) {
        const T slope = g * kernels.height[k] * kernels.z[k];
        total.parts[k] += kernels.height[k];
        slopes[k] += slope;
        ofWidth.parts[k] += slope * kernels.z[k];
      }
    }
    std::copy(slopes, slopes + many, out.begin() + at);
  }
  const T scale = w.perWidth / total.total();
  const T ofDeviation = ofWidth.total() * scale * T(w.scale) / (T(static_cast<double>(count) - 1) * w.deviation);
  for (int64_t i = 0; i < count; ++i)
    out[i] = out[i] * scale + ofDeviation * (values[i] - w.mean);
  return out;
}

template <class T> T distanceOf(Distance distance, const std::vector<T> &a, const std::vector<T> &b) {
  T difference = 0, largest = 0, area = 0;
  for (int64_t k = 0; k < densityPoints; ++k) {
    difference += a[k] - b[k];
    const T size = magnitude(difference);
    if (valueOf(size) > valueOf(largest))
      largest = size;
    area += size * T(pointSpacing);
  }
  return distance == Distance::ks ? largest : area;
}

template <class T> std::vector<T> distanceSlopes(Distance distance, const std::vector<T> &a, const std::vector<T> &b) {
  // d(distance)/d(F - G at a point), then summed from behind.
  std::vector<double> slopes(densityPoints, 0.0);
  T difference = 0;
  double largest = 0;
  int64_t where = 0;
  for (int64_t k = 0; k < densityPoints; ++k) {
    difference += a[k] - b[k];
    slopes[k] = signOf(difference) * pointSpacing;
    if (std::abs(valueOf(difference)) > largest) {
      largest = std::abs(valueOf(difference));
      where = k;
    }
  }
  std::vector<T> out(densityPoints, T(0));
  double sum = 0;
  for (int64_t k = densityPoints; k-- > 0;) {
    if (distance == Distance::wasserstein)
      sum += slopes[k];
    else if (k == where)
      sum = largest > 0 ? slopes[k] / pointSpacing : 0;
    out[k] = T(sum);
  }
  return out;
}

namespace {

template <class T> class DistributionDistance : public Functional<T> {
public:
  DistributionDistance(const Setup &setup, Distance distance)
      : operands{setup.operands[0], setup.operands[1]},
        distance(distance) {}

  static Result<Operand> check(const Setup &setup) {
    for (const Operand &operand : setup.operands)
      if (const Result<int64_t> count = entryCount(operand, 2); !count)
        return count.error();
    return tableOf(1, 1);
  }

  Result<Matrix<T>> evaluate(Tables<T> tables) override {
    for (int i = 0; i < 2; ++i) {
      if (Status s = checkSymmetric(operands[i], *tables[i]); !s)
        return s.error();
      values[i] = entriesOf(*tables[i]);
      if (Status s = checkRange(i); !s)
        return s.error();
      if (density[i].empty() || !operands[i].isConstant)
        density[i] = densityOf(values[i]);
      if (density[i].empty())
        return noValue(fmt::format("the entries of `{}` are all the same: their distribution has no width", operands[i].text));
    }
    return Matrix<T>(1, 1, distanceOf(distance, density[0], density[1]));
  }

  void pullback(const Matrix<T> &adjoint, Tables<T>, Adjoints<T> adjoints) override {
    std::vector<T> slopes = distanceSlopes(distance, density[0], density[1]);
    for (int i = 0; i < 2; ++i) {
      if (!adjoints[i])
        continue;
      std::vector<T> ofDensity = slopes;
      for (T &slope : ofDensity)
        slope *= i == 0 ? adjoint.values[0] : -adjoint.values[0];
      addToEntries(densityAdjoint(values[i], density[i], ofDensity), *adjoints[i]);
    }
  }

  int64_t bytes() const override {
    int64_t numbers = 0;
    for (const Operand &operand : operands)
      numbers += operand.rows * operand.columns;
    return numbers * static_cast<int64_t>(sizeof(T));
  }

private:
  Status checkRange(int i) const {
    for (const T &value : values[i])
      if (!(std::abs(valueOf(value)) <= 1 + 1e-6))
        return noValue(fmt::format("`{}` holds {:.6g}, and correlations lie between -1 and 1", operands[i].text, valueOf(value)));
    return {};
  }

  std::array<Operand, 2> operands;
  Distance distance;
  std::array<std::vector<T>, 2> values, density;
};

template <class T> struct KolmogorovSmirnov : DistributionDistance<T> {
  explicit KolmogorovSmirnov(const Setup &setup) : DistributionDistance<T>(setup, Distance::ks) {}
};
template <class T> struct Wasserstein : DistributionDistance<T> {
  explicit Wasserstein(const Setup &setup) : DistributionDistance<T>(setup, Distance::wasserstein) {}
};

} // namespace

void addDistances(std::vector<Function> &table) {
  const std::vector<Operand::Kind> two(2, Operand::Kind::table);
  table.push_back(line<KolmogorovSmirnov>("ks", two, {0, 0, UnitRule::Operands::pure}));
  table.push_back(line<Wasserstein>("wasserstein", two, {0, 0, UnitRule::Operands::pure}));
}

#define INSTANTIATE(T)                                                                                                           \
  template std::vector<T> densityOf(const std::vector<T> &);                                                                     \
  template std::vector<T> densityAdjoint(const std::vector<T> &, const std::vector<T> &, const std::vector<T> &);                \
  template T distanceOf(Distance, const std::vector<T> &, const std::vector<T> &);                                               \
  template std::vector<T> distanceSlopes(Distance, const std::vector<T> &, const std::vector<T> &);
INSTANTIATE(double)
INSTANTIATE(Dual)

} // namespace bdc::runtime::objective
