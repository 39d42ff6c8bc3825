/// Searches arrays for NaN and infinity at the speed of memory.
#pragma once

#include <cstdint>

namespace bdc::runtime {

/// First element that is NaN or infinite, or -1.
int64_t findNotFinite(const double *data, int64_t size);
int64_t findNotFinite(const float *data, int64_t size);

} // namespace bdc::runtime
