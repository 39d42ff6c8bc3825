/// Random numbers and evenly spread points for optimisers: functions of (seed, purpose, step, element), so that a fit can be
/// continued without a generator's state.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace bdc::runtime::optimise {

class Draws {
public:
  Draws(uint64_t seed, std::string_view purpose);

  /// [0, 1), and standard normal.
  double uniform(int64_t step, int64_t element, int draw = 0) const;
  double normal(int64_t step, int64_t element, int draw = 0) const;
  /// 0, 1, … count − 1.
  int64_t index(int64_t step, int64_t element, int64_t count, int draw = 0) const;

private:
  uint64_t key;
};

/// Sobol's sequence in (0, 1), in any number of dimensions, with a digital shift by the seed. The first 21 dimensions have the
/// direction numbers of S. Joe and F. Y. Kuo (SIAM Journal on Scientific Computing 30, 2008); those after them begin with numbers
/// drawn once for all.
class Sobol {
public:
  Sobol(int64_t dimension, uint64_t seed);

  /// Point 0, 1, …: any 2^k of them that begin at a multiple of 2^k have one value in each 2^k-th of every axis.
  double operator()(int64_t point, int64_t axis) const;

private:
  static constexpr int digits = 32;
  std::vector<uint32_t> directions; ///< `digits` per axis
  std::vector<uint32_t> shifts;
};

} // namespace bdc::runtime::optimise
