#include "runtime/summarise/window_sums.h"

#include "runtime/summarise/moments.h"

#include <algorithm>
#include <numeric>

namespace bdc::runtime {

WindowSums::WindowSums(int64_t elements, int64_t length, int64_t step) : size(elements), block(std::gcd(length, step)) {
  if (block < elements)
    block = 1;
  perWindow = length / block;
  perStep = step / block;
}

int64_t WindowSums::bytes() const {
  const int64_t ofBlocks = block > 1 ? perWindow * size * size : 0;
  return (block * size + 2 * perWindow * size + ofBlocks + size * size) * 8;
}

bool WindowSums::add(const double *row) {
  samples.resize(static_cast<size_t>(block * size));
  std::copy(row, row + size, samples.begin() + held * size);
  if (++held < block)
    return false;
  held = 0;
  addBlock();
  if (blocks < perWindow || (blocks - perWindow) % perStep != 0)
    return false;
  addWindow();
  return true;
}

void WindowSums::addBlock() {
  means.resize(static_cast<size_t>(perWindow * size));
  const int64_t slot = blocks++ % perWindow;
  for (int64_t i = 0; i < size; ++i)
    means[slot * size + i] = meanOf(&samples[i], block, size);
  if (block == 1)
    return;
  inside.resize(static_cast<size_t>(perWindow * size * size));
  for (int64_t k = 0; k < block; ++k)
    for (int64_t i = 0; i < size; ++i)
      samples[k * size + i] -= means[slot * size + i];
  double *sums = &inside[slot * size * size];
  std::fill(sums, sums + size * size, 0);
  addProducts(samples.data(), block, size, sums);
}

void WindowSums::addWindow() {
  // The ring is full: the oldest block of the window is the next to be replaced.
  const int64_t oldest = blocks % perWindow;
  deviations.resize(means.size());
  std::rotate_copy(means.begin(), means.begin() + oldest * size, means.end(), deviations.begin());
  for (int64_t i = 0; i < size; ++i) {
    const double mean = meanOf(&deviations[i], perWindow, size);
    for (int64_t k = 0; k < perWindow; ++k)
      deviations[k * size + i] -= mean;
  }
  window.assign(static_cast<size_t>(size * size), 0);
  addProducts(deviations.data(), perWindow, size, window.data());
  if (block == 1)
    return;
  for (double &sum : window)
    sum *= static_cast<double>(block);
  for (int64_t k = 0; k < perWindow; ++k) {
    const double *sums = &inside[(oldest + k) % perWindow * size * size];
    for (int64_t p = 0; p < size * size; ++p)
      window[p] += sums[p];
  }
}

} // namespace bdc::runtime
