/// Whether runs can be made side by side by the code for several lanes, which takes sizes and connections from one of them.
#include "runtime/simulate/body.h"

#include <cstring>

namespace bdc::runtime {
namespace {

template <class T> bool equal(const T *a, const T *b, int64_t count) {
  return (a == nullptr) == (b == nullptr) && (!a || a == b || std::memcmp(a, b, static_cast<size_t>(count) * sizeof(T)) == 0);
}

/// Everything but weights and fractions of steps.
bool areAlike(const bdc_rows &a, const bdc_rows &b, int64_t elements) {
  if (!equal(a.offset, b.offset, a.offset ? elements + 1 : 0))
    return false;
  const int64_t edges = a.offset ? a.offset[elements] : 0;
  return equal(a.far, b.far, elements) && equal(a.other, b.other, edges) && equal(a.edge, b.edge, edges) &&
         equal(a.delay, b.delay, edges);
}

bool areAlike(const bdc_graph &a, const bdc_graph &b) {
  return a.sources == b.sources && a.targets == b.targets && areAlike(a.in, b.in, a.targets) && areAlike(a.out, b.out, a.sources);
}

bool areAlike(const bdc_probe &a, const bdc_probe &b) {
  return a.kind == b.kind && a.interval == b.interval && a.first == b.first;
}

} // namespace

bool Simulation::isAlike(const Simulation &other) const {
  const Body &a = *body, &b = *other.body;
  const bool sameSizes = a.sizes.spaces == b.sizes.spaces && a.sizes.rows == b.sizes.rows && a.sizes.stride == b.sizes.stride &&
                         a.sizes.depth == b.sizes.depth && a.options.threads == 1 && b.options.threads == 1;
  if (a.program != b.program || !sameSizes || a.step != b.step || a.ctx.probe_count != b.ctx.probe_count)
    return false;
  for (int scalar : a.program->descriptor.alike)
    if (a.scalars[scalar] != b.scalars[scalar])
      return false;
  for (int i = 0; i < a.ctx.probe_count; ++i)
    if (!areAlike(a.ctx.probes[i], b.ctx.probes[i]))
      return false;
  for (size_t i = 0; i < a.graphs.size(); ++i)
    if (!areAlike(a.graphs[i], b.graphs[i]))
      return false;
  return true;
}

} // namespace bdc::runtime
