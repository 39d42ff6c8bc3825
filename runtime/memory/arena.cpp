#include "runtime/memory/arena.h"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>

namespace bdc::runtime {
namespace {

constexpr int64_t mappedFrom = 1 << 20;
constexpr int64_t hugePage = 2 << 20;

} // namespace

Pages mapPages(int64_t bytes) {
  // Huge pages start at multiples of their size: map that much more and give back what sticks out.
  const size_t span = static_cast<size_t>(bytes + hugePage);
  void *raw = mmap(nullptr, span, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (raw == MAP_FAILED)
    return {};
  auto *start = static_cast<char *>(raw);
  auto *data = reinterpret_cast<char *>((reinterpret_cast<uintptr_t>(start) + hugePage - 1) / hugePage * hugePage);
  const size_t used = (static_cast<size_t>(bytes) + 4095) / 4096 * 4096;
  if (data > start)
    munmap(start, static_cast<size_t>(data - start));
  if (data + used < start + span)
    munmap(data + used, static_cast<size_t>(start + span - (data + used)));
  if (bytes >= hugePage)
    madvise(data, used, MADV_HUGEPAGE);
  return {data, used};
}

void unmapPages(Pages pages) {
  if (pages.data)
    munmap(pages.data, pages.bytes);
}

void *Arena::take(int64_t wanted) {
  const int64_t bytes = rounded(wanted);
  if (bytes >= mappedFrom) {
    const Pages pages = mapPages(bytes);
    if (pages.data)
      blocks.push_back({pages.data, pages.bytes, true});
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
}

} // namespace bdc::runtime
