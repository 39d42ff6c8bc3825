/// Distributions of correlations, smoothed, and how far two of them are apart.
#pragma once

#include "runtime/objective/values.h"

namespace bdc::runtime::objective {

/// On so many points, all of them within (-1, 1).
inline constexpr int64_t densityPoints = 100;
inline constexpr double firstPoint = -0.99, lastPoint = 0.99, pointSpacing = (lastPoint - firstPoint) / (densityPoints - 1);
inline double densityPoint(int64_t k) { return firstPoint + static_cast<double>(k) * pointSpacing; }

/// Gaussian kernels of Scott's width (n^(-1/5) times the standard deviation that divides by n - 1) around the values, which sums
/// to 1 on the points. Empty where the values do not differ, or lie far from all points.
template <class T> std::vector<T> densityOf(const std::vector<T> &values);
/// From dL/d(density): dL/d(value). The width depends on the values, too.
template <class T>
std::vector<T> densityAdjoint(const std::vector<T> &values, const std::vector<T> &density, const std::vector<T> &adjoint);

/// Of the cumulative sums F and G of two densities.
enum class Distance {
  ks,         ///< Kolmogorov and Smirnov's: max |F - G|
  wasserstein ///< the area between them: sum |F - G| * spacing
};
template <class T> T distanceOf(Distance distance, const std::vector<T> &a, const std::vector<T> &b);
/// d(distance)/d(density a); that of b is its negative.
template <class T> std::vector<T> distanceSlopes(Distance distance, const std::vector<T> &a, const std::vector<T> &b);

} // namespace bdc::runtime::objective
