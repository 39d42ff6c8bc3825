/// What the machine has: memory, caches, instructions.
#pragma once

#include "runtime/error.h"

#include <cstdint>

namespace bdc::runtime {

/// Bytes this process may still take: the smaller of the system's available memory and what its cgroups leave.
int64_t availableMemory();
/// The bytes that a run may take: those that it was given, or, where these are 0, what is available.
int64_t memoryLimit(int64_t maxMemory);

/// Largest resident set of this process so far, in bytes.
int64_t peakMemory();

/// Bytes of the second-level cache of one core (1 MiB where the system does not say).
int64_t cacheLevel2();

/// Generated code and this library's loops use the instructions of x86-64-v3 (AVX2, FMA, BMI2).
Status checkProcessor();

} // namespace bdc::runtime
