/// The order of the spikes that a phase has found, compiled to bitcode that is linked into every program. Freestanding.
#include <cstdint>

namespace {

void reverse(uint32_t *first, uint32_t *last) {
  while (first < last) {
    const uint32_t swapped = *first;
    *first++ = *--last;
    *last = swapped;
  }
}

} // namespace

/// Puts spikes into ascending order: those from `split` on were found one vector of `width` elements after the other, the last vector first.
extern "C" void bdc_order(uint32_t *first, uint32_t *last, int64_t split, int64_t width) {
  uint32_t *from = last;
  while (from > first && from[-1] >= split)
    --from;
  reverse(from, last);
  for (uint32_t *to = from; from < last; from = to) {
    while (to < last && *to / width == *from / width)
      ++to;
    reverse(from, to);
  }
}
