/// Points that fill a cube evenly.
#pragma once

#include <cstdint>
#include <vector>

namespace bdc::runtime {

/// Sobol's sequence in any number of dimensions. The first 21 have the direction numbers of S. Joe and F. Y. Kuo (SIAM Journal on Scientific
/// Computing 30, 2008); those after them begin with numbers drawn once for all.
class Sobol {
public:
  /// As it is published, the origin first; but point i of a list in the order of Gray codes is point i ^ (i >> 1) here.
  explicit Sobol(int64_t dimension);
  /// With a digital shift by the seed.
  Sobol(int64_t dimension, uint64_t seed);

  /// In (0, 1). Point 0, 1, …: any 2^k of them that begin at a multiple of 2^k have one value in each 2^k-th of every axis.
  double operator()(int64_t point, int64_t axis) const { return (static_cast<double>(digitsOf(point, axis)) + 0.5) * 0x1p-32; }
  /// In [0, 1), to the last of 32 binary digits.
  double exactly(int64_t point, int64_t axis) const { return static_cast<double>(digitsOf(point, axis)) * 0x1p-32; }

private:
  static constexpr int digits = 32;
  uint32_t digitsOf(int64_t point, int64_t axis) const;

  std::vector<uint32_t> directions; ///< `digits` per axis
  std::vector<uint32_t> shifts;
};

} // namespace bdc::runtime
