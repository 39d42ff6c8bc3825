#include "runtime/memory/arena.h"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>

namespace bdc::runtime {
namespace {

constexpr int64_t hugePage = 2 << 20;
/// Smaller blocks come from the C library; larger ones from slabs of pages, and those that would fill one have their own.
constexpr int64_t pagedFrom = 1 << 16;
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
  // A whole huge page is cheaper to get than the many small ones of its half.
  const auto used = static_cast<size_t>(roundedTo(bytes, bytes >= hugePage / 2 ? hugePage : 4096));
  if (data > start)
    munmap(start, static_cast<size_t>(data - start));
  if (data + used < start + span)
    munmap(data + used, static_cast<size_t>(start + span - (data + used)));
  if (bytes >= hugePage / 2)
    madvise(data, used, MADV_HUGEPAGE);
  return {data, used};
}

void unmapPages(Pages pages) {
  if (pages.data)
    munmap(pages.data, pages.bytes);
}

void *Arena::take(int64_t wanted) {
  const int64_t bytes = rounded(wanted);
  if (bytes >= pagedFrom) {
    if (bytes <= slabLeft) {
      slabLeft -= bytes;
      return slab + slabBytes - slabLeft - bytes;
    }
    const Pages pages = mapPages(bytes < slabBytes ? slabBytes : bytes);
    if (!pages.data)
      return nullptr;
    blocks.push_back({pages.data, pages.bytes, true});
    if (bytes < slabBytes && slabBytes - bytes > slabLeft) {
      slab = static_cast<char *>(pages.data);
      slabLeft = slabBytes - bytes;
    }
    return pages.data;
  }
  void *data = std::aligned_alloc(64, static_cast<size_t>(bytes));
  if (!data)
    return nullptr;
  std::memset(data, 0, static_cast<size_t>(bytes));
  blocks.push_back({data, static_cast<size_t>(bytes), false});
  return data;
}

void Arena::clear() {
  for (const Block &block : blocks) {
    if (block.mapped)
      unmapPages({block.data, block.bytes});
    else
      std::free(block.data);
  }
  blocks.clear();
  slabLeft = 0;
}

} // namespace bdc::runtime
