/// Work that needs no team: jobs that know nothing of each other.
#pragma once

#include <cstddef>
#include <functional>

namespace bdc::runtime {

/// Calls function(0) … function(count − 1) of at least one, the first in this thread and each other in one of its own, and returns when all have. Where
/// the system gives no more threads, the rest is done one after the other.
void inThreads(size_t count, const std::function<void(size_t)> &function);

} // namespace bdc::runtime
