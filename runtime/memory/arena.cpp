#include "runtime/memory/arena.h"

#include <sys/mman.h>

#include <algorithm>

namespace bdc::runtime {
namespace {

constexpr int64_t hugePage = 2 << 20;
/// From here on a huge page is cheaper to get than as many small ones: each costs as much as 30 kB of zeros.
constexpr int64_t hugeFrom = hugePage / 8;
/// Blocks come from slabs of pages; those that would fill one have their own.
constexpr int64_t slabBytes = 8 << 20;

int64_t roundedTo(int64_t bytes, int64_t unit) { return (bytes + unit - 1) / unit * unit; }

} // namespace

Pages mapPages(int64_t bytes) {
  // Huge pages start at multiples of their size: map that much more and give back what sticks out.
  const auto span = static_cast<size_t>(roundedTo(bytes, hugePage) + hugePage);
  void *raw = mmap(nullptr, span, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (raw == MAP_FAILED)
    return {};
  auto *start = static_cast<char *>(raw);
  auto *data = reinterpret_cast<char *>((reinterpret_cast<uintptr_t>(start) + hugePage - 1) / hugePage * hugePage);
  const auto used = static_cast<size_t>(roundedTo(bytes, bytes >= hugeFrom ? hugePage : 4096));
  if (data > start)
    munmap(start, static_cast<size_t>(data - start));
  if (data + used < start + span)
    munmap(data + used, static_cast<size_t>(start + span - (data + used)));
  if (bytes >= hugeFrom)
    madvise(data, used, MADV_HUGEPAGE);
  return {data, used};
}

void unmapPages(Pages pages) {
  if (pages.data)
    munmap(pages.data, pages.bytes);
}

void *Arena::take(int64_t wanted) {
  const int64_t bytes = rounded(wanted);
  if (bytes <= slabLeft) {
    slabLeft -= bytes;
    return slab + slabBytes - slabLeft - bytes;
  }
  const Pages pages = mapPages(std::max(bytes, slabBytes));
  if (!pages.data)
    return nullptr;
  blocks.push_back(pages);
  if (slabBytes - bytes > slabLeft) {
    slab = static_cast<char *>(pages.data);
    slabLeft = slabBytes - bytes;
  }
  return pages.data;
}

void Arena::clear() {
  for (const Pages &block : blocks)
    unmapPages(block);
  blocks.clear();
  slabLeft = 0;
}

} // namespace bdc::runtime
