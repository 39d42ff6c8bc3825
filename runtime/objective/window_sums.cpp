#include "runtime/objective/window_sums.h"

#include "runtime/objective/pair_sums.h"

#include <algorithm>
#include <numeric>

namespace bdc::runtime::objective {

template <class T>
WindowSums<T>::WindowSums(int64_t elements, int64_t length, int64_t step) : size(elements),
                                                                            block(std::gcd(length, step)) {
  if (block < elements)
    block = 1;
  perWindow = length / block;
  perStep = step / block;
}

template <class T> int64_t WindowSums<T>::bytes() const {
  const int64_t ofBlocks = block > 1 ? perWindow * size * size : 0;
  return (block * size + (2 * perWindow + 1) * size + ofBlocks + size * size) * static_cast<int64_t>(sizeof(T));
}

template <class T> bool WindowSums<T>::add(const T *row) {
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

template <class T> void WindowSums<T>::addBlock() {
  blockMeans.resize(static_cast<size_t>(perWindow * size));
  const int64_t slot = blocks++ % perWindow;
  for (int64_t i = 0; i < size; ++i)
    blockMeans[slot * size + i] = meanOf(&samples[i], block, size);
  if (block == 1)
    return;
  inside.resize(static_cast<size_t>(perWindow * size * size));
  for (int64_t k = 0; k < block; ++k)
    for (int64_t i = 0; i < size; ++i)
      samples[k * size + i] -= blockMeans[slot * size + i];
  T *sums = &inside[slot * size * size];
  std::fill(sums, sums + size * size, T(0));
  addProducts(samples.data(), block, size, sums);
}

template <class T> void WindowSums<T>::addWindow() {
  // The ring is full: the oldest block of the window is the next to be replaced.
  const int64_t oldest = blocks % perWindow;
  deviations.resize(blockMeans.size());
  std::rotate_copy(blockMeans.begin(), blockMeans.begin() + oldest * size, blockMeans.end(), deviations.begin());
  windowMeans.resize(static_cast<size_t>(size));
  for (int64_t i = 0; i < size; ++i) {
    const T mean = windowMeans[i] = meanOf(&deviations[i], perWindow, size);
    for (int64_t k = 0; k < perWindow; ++k)
      deviations[k * size + i] -= mean;
  }
  window.assign(static_cast<size_t>(size * size), T(0));
  addProducts(deviations.data(), perWindow, size, window.data());
  if (block == 1)
    return;
  for (T &sum : window)
    sum *= T(static_cast<double>(block));
  for (int64_t k = 0; k < perWindow; ++k) {
    const T *sums = &inside[(oldest + k) % perWindow * size * size];
    for (int64_t p = 0; p < size * size; ++p)
      window[p] += sums[p];
  }
}

template class WindowSums<double>;
template class WindowSums<Dual>;

} // namespace bdc::runtime::objective
