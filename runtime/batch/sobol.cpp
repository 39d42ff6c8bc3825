#include "runtime/batch/sobol.h"

#include "kernels/philox.h"

#include <iterator>

namespace bdc::runtime {
namespace {

/// The first numbers m of each axis from the second on; as many as its polynomial has degrees.
constexpr uint32_t firstNumbers[][7] = {{1},
                                        {1, 3},
                                        {1, 3, 1},
                                        {1, 1, 1},
                                        {1, 1, 3, 3},
                                        {1, 3, 5, 13},
                                        {1, 1, 5, 5, 17},
                                        {1, 1, 5, 5, 5},
                                        {1, 1, 7, 11, 19},
                                        {1, 1, 5, 1, 1},
                                        {1, 1, 1, 3, 11},
                                        {1, 3, 5, 5, 31},
                                        {1, 3, 3, 9, 7, 49},
                                        {1, 1, 1, 15, 21, 21},
                                        {1, 3, 1, 13, 27, 49},
                                        {1, 1, 1, 15, 7, 5},
                                        {1, 3, 1, 15, 13, 25},
                                        {1, 1, 5, 5, 19, 61},
                                        {1, 3, 7, 11, 23, 15, 103},
                                        {1, 3, 7, 13, 13, 15, 69}};

int degreeOf(uint64_t polynomial) { return 63 - __builtin_clzll(polynomial); }

/// a·b modulo a polynomial, over the field of two elements.
uint64_t multiply(uint64_t a, uint64_t b, uint64_t polynomial) {
  const int degree = degreeOf(polynomial);
  uint64_t out = 0;
  for (; b; b >>= 1) {
    if (b & 1)
      out ^= a;
    a <<= 1;
    if (a >> degree & 1)
      a ^= polynomial;
  }
  return out;
}

uint64_t power(uint64_t exponent, uint64_t polynomial) {
  uint64_t out = 1, base = 2; // x
  for (; exponent; exponent >>= 1) {
    if (exponent & 1)
      out = multiply(out, base, polynomial);
    base = multiply(base, base, polynomial);
  }
  return out;
}

/// Whether the powers of x run through everything but 0.
bool isPrimitive(uint64_t polynomial) {
  if (polynomial == 3)
    return true;
  const uint64_t order = (uint64_t(1) << degreeOf(polynomial)) - 1;
  if (power(order, polynomial) != 1)
    return false;
  uint64_t left = order;
  for (uint64_t factor = 3; left > 1; factor += 2) {
    if (factor * factor > left)
      factor = left;
    if (left % factor != 0)
      continue;
    if (power(order / factor, polynomial) == 1)
      return false;
    while (left % factor == 0)
      left /= factor;
  }
  return true;
}

} // namespace

Sobol::Sobol(int64_t dimension, uint64_t seed) : Sobol(dimension) {
  const uint64_t shiftKey = kernels::key(seed, kernels::nameHash("sobol shift"));
  for (int64_t axis = 0; axis < dimension; ++axis)
    shifts[axis] = static_cast<uint32_t>(kernels::drawWords(shiftKey, uint64_t(axis), 0, 0).w[0]);
}

Sobol::Sobol(int64_t dimension) : shifts(static_cast<size_t>(dimension)) {
  const uint64_t firstKey = kernels::key(0, kernels::nameHash("sobol directions"));
  uint64_t polynomial = 1; // 3 = x + 1 is the first
  for (int64_t axis = 0; axis < dimension; ++axis) {
    uint32_t m[digits] = {};
    if (axis == 0)
      for (uint32_t &number : m)
        number = 1;
    else {
      do
        polynomial += 2;
      while (!isPrimitive(polynomial));
      const int degree = degreeOf(polynomial);
      for (int i = 0; i < digits; ++i) {
        if (i < degree) {
          const uint32_t drawn = static_cast<uint32_t>(kernels::drawWords(firstKey, uint64_t(axis), uint64_t(i), 0).w[0]);
          m[i] = static_cast<uint64_t>(axis) <= std::size(firstNumbers) ? firstNumbers[axis - 1][i]
                                                                        : (drawn & ((uint64_t(1) << i) - 1)) << 1 | 1;
          continue;
        }
        m[i] = m[i - degree] ^ m[i - degree] << degree;
        for (int k = 1; k < degree; ++k)
          if (polynomial >> (degree - k) & 1)
            m[i] ^= m[i - k] << k;
      }
    }
    for (int i = 0; i < digits; ++i)
      directions.push_back(m[i] << (digits - 1 - i));
  }
}

uint32_t Sobol::digitsOf(int64_t point, int64_t axis) const {
  uint32_t x = shifts[axis];
  const uint32_t *direction = directions.data() + axis * digits;
  for (uint64_t bits = static_cast<uint64_t>(point) & 0xffffffff; bits; bits >>= 1, ++direction)
    if (bits & 1)
      x ^= *direction;
  return x;
}

} // namespace bdc::runtime
