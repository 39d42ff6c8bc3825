#include "runtime/memory/arena.h"

#include "runtime/memory/touch.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>

namespace bdc::runtime {
namespace {

/// From here on a huge page is cheaper to get than as many small ones: each costs as much as 30 kB of zeros.
constexpr int64_t hugeFrom = hugePage / 8;
/// Blocks come from slabs of pages; those that would fill one have their own.
constexpr int64_t slabBytes = 8 << 20;
/// More than this is given back at once: the next run may want other sizes, and both would not fit.
constexpr int64_t mostKept = 64 << 20;

int64_t roundedTo(int64_t bytes, int64_t unit) { return (bytes + unit - 1) / unit * unit; }

} // namespace

Pages mapPages(int64_t bytes) {
  // Huge pages start at multiples of their size: that much more is mapped. What sticks out takes no memory, and to give it back would stop
  // all threads.
  const auto span = static_cast<size_t>(roundedTo(bytes, hugePage) + hugePage);
  void *raw = mmap(nullptr, span, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (raw == MAP_FAILED)
    return {};
  auto *data = reinterpret_cast<char *>((reinterpret_cast<uintptr_t>(raw) + hugePage - 1) / hugePage * hugePage);
  if (bytes >= hugeFrom)
    madvise(data, static_cast<size_t>(roundedTo(bytes, hugePage)), MADV_HUGEPAGE);
  return {data, raw, span};
}

void unmapPages(Pages pages) {
  if (pages.data)
    munmap(pages.mapped, pages.bytes);
}

/// Pages of zeros: of the spare ones, or new ones. Null without memory.
Arena::Block *Arena::add(int64_t bytes) {
  for (size_t i = spare.size(); i-- > 0;)
    if (spare[i].asked == bytes) {
      std::memset(spare[i].pages.data, 0, static_cast<size_t>(spare[i].used));
      blocks.push_back({spare[i].pages, bytes, 0});
      spare.erase(spare.begin() + static_cast<int64_t>(i));
      return &blocks.back();
    }
  const Pages pages = mapPages(bytes);
  if (!pages.data)
    return nullptr;
  blocks.push_back({pages, bytes, 0});
  return &blocks.back();
}

void *Arena::take(int64_t wanted) {
  const int64_t bytes = rounded(wanted);
  auto left = [](const Block &block) { return block.asked - block.used; };
  if (slab < 0 || bytes > left(blocks[slab])) {
    const Block *block = add(std::max(bytes, slabBytes));
    if (!block)
      return nullptr;
    const int last = static_cast<int>(blocks.size()) - 1;
    if (slab >= 0 && left(*block) - bytes <= left(blocks[slab])) {
      blocks[last].used = bytes;
      return block->pages.data;
    }
    slab = last;
  }
  blocks[slab].used += bytes;
  return static_cast<char *>(blocks[slab].pages.data) + blocks[slab].used - bytes;
}

void Arena::touch(Team &team) const {
  for (const Block &block : blocks)
    touchPages(team, block.pages.data, block.used);
}

void Arena::clear() {
  trim();
  for (const Block &block : blocks)
    unmapPages(block.pages);
  blocks.clear();
  slab = -1;
}

void Arena::recycle() {
  int64_t total = 0;
  for (const Block &block : blocks)
    total += block.used;
  if (total > mostKept)
    return clear();
  trim();
  spare.swap(blocks);
  slab = -1;
}

void Arena::trim() {
  for (const Block &block : spare)
    unmapPages(block.pages);
  spare.clear();
}

} // namespace bdc::runtime
