// What the hand-written programs share.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

#ifndef REAL
#define REAL double
#endif
using real = REAL;

/// CPU time of this thread: other processes on the machine do not count.
inline double cpuSeconds() {
  timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return double(t.tv_sec) + 1e-9 * double(t.tv_nsec);
}

/// Cheap enough to be read within a step, for what share of the time goes where.
inline double wallSeconds() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return double(t.tv_sec) + 1e-9 * double(t.tv_nsec);
}

template <class T> T *newArray(size_t size) {
  size_t bytes = (size * sizeof(T) + 127) / 64 * 64;
  T *array = static_cast<T *>(std::aligned_alloc(64, bytes));
  for (size_t i = 0; i < bytes / sizeof(T); ++i)
    array[i] = T(0);
  return array;
}
