/// Centred sums of products of all pairs of elements over windows of samples that overlap.
///
/// A window is made of blocks (as long as the greatest common divisor of window and step) whose own sums are kept, so that what
/// windows share is added once: the sums of a window are those of its blocks and of the blocks' means (Chan, Golub and LeVeque
/// 1983, Am. Stat. 37:242-247). Where a block's sums would take more room than its samples, a block is one sample, which is its
/// own mean.
#pragma once

#include <cstdint>
#include <vector>

namespace bdc::runtime::objective {

template <class T> class WindowSums {
public:
  /// In samples. Takes no memory before the first one.
  WindowSums(int64_t elements, int64_t length, int64_t step);

  /// Whether a window ends with this sample; `products` and `means` are then of that window.
  bool add(const T *row);
  /// sum (x_i - mean x_i)(x_j - mean x_j), [elements][elements] with j >= i.
  const std::vector<T> &products() const { return window; }
  const std::vector<T> &means() const { return windowMeans; }
  void clear() { held = blocks = 0; }

  int64_t bytes() const;

private:
  void addBlock();
  void addWindow();

  int64_t size, block;          ///< elements; samples of a block
  int64_t perWindow, perStep;   ///< blocks
  int64_t held = 0, blocks = 0; ///< samples of the block that is being filled; blocks that are complete
  std::vector<T> samples;       ///< [block][size]
  std::vector<T> blockMeans;    ///< [perWindow][size], the last blocks in turn
  std::vector<T> inside;        ///< [perWindow][size * size], where a block is more than a sample
  std::vector<T> deviations, window, windowMeans;
};

} // namespace bdc::runtime::objective
