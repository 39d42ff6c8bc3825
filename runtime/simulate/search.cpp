#include "runtime/simulate/search.h"

#include <cmath>

namespace bdc::runtime {
namespace {

/// x * 0 is 0 for every finite number and NaN for the others: one multiply-add per element. Several sums side by side
/// vectorise without reassociation.
template <class T> int64_t find(const T *data, int64_t size) {
  constexpr int64_t lanes = 32, block = 4096;
  for (int64_t first = 0; first < size; first += block) {
    const int64_t last = first + block < size ? first + block : size;
    T sum[lanes] = {};
    int64_t i = first;
    for (; i + lanes <= last; i += lanes)
      for (int64_t k = 0; k < lanes; ++k)
        sum[k] += data[i + k] * T(0);
    for (; i < last; ++i)
      sum[0] += data[i] * T(0);
    T all = 0;
    for (T s : sum)
      all += s;
    if (all == T(0))
      continue;
    for (i = first; i < last; ++i)
      if (!std::isfinite(data[i]))
        return i;
  }
  return -1;
}

} // namespace

int64_t findNotFinite(const double *data, int64_t size) { return find(data, size); }
int64_t findNotFinite(const float *data, int64_t size) { return find(data, size); }

} // namespace bdc::runtime
