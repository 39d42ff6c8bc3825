#include "runtime/checkpoint/binomial.h"

#include <algorithm>
#include <limits>

namespace bdc::runtime::checkpoint {
namespace {

constexpr int64_t most = std::numeric_limits<int64_t>::max();

int64_t held(__int128 value) { return value > most ? most : static_cast<int64_t>(value); }

} // namespace

int64_t reach(int64_t slots, int64_t repeats) {
  if (slots < 0 || repeats < 0)
    return 0;
  const int64_t few = std::min(slots, repeats), many = std::max(slots, repeats);
  __int128 product = 1;
  for (int64_t i = 1; i <= few; ++i) {
    product = product * (many + i) / i;
    if (product > most)
      return most;
  }
  return static_cast<int64_t>(product);
}

int64_t repeatsFor(int64_t units, int64_t slots) {
  if (slots <= 1)
    return units - 1;
  int64_t repeats = 0;
  for (__int128 reached = 1; reached < units; reached = reached * (slots + repeats) / repeats)
    ++repeats;
  return repeats;
}

int64_t leastAdvances(int64_t units, int64_t slots) {
  if (units <= 1)
    return 0;
  const int64_t repeats = repeatsFor(units, slots);
  // C(slots + r, r − 1) = C((slots + 1) + (r − 1), slots + 1). With one slot it is the half of r·units, whatever its size.
  const __int128 all = static_cast<__int128>(repeats) * units;
  return held(slots <= 1 ? all / 2 : all - reach(slots + 1, repeats - 1));
}

int64_t bestCut(int64_t units, int64_t slots) {
  if (slots <= 1)
    return units - 1;
  const int64_t r = repeatsFor(units, slots), whole = reach(slots, r - 1), right = reach(slots - 2, r - 1);
  if (units <= held(static_cast<__int128>(whole) + right))
    return std::max<int64_t>(1, reach(slots, r - 2));
  if (units >= reach(slots, r) - reach(slots - 3, r))
    return whole;
  return units - reach(slots - 1, r - 1) - right;
}

} // namespace bdc::runtime::checkpoint
