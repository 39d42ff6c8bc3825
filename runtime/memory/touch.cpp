#include "runtime/memory/touch.h"

#include "runtime/memory/arena.h"
#include "runtime/threads/shares.h"
#include "runtime/threads/team.h"

namespace bdc::runtime {

void touchPages(Team &team, void *data, int64_t bytes) {
  if (team.size() == 1 || bytes <= 0)
    return;
  const auto start = reinterpret_cast<int64_t>(data), begin = start / hugePage, end = (start + bytes - 1) / hugePage + 1;
  auto *const first = static_cast<volatile char *>(data), *const last = first + bytes - 1;
  const auto touch = [&](int64_t page) {
    volatile char *at = std::clamp(reinterpret_cast<volatile char *>(page * hugePage), first, last);
    *at = *at; // a page that is only read is not there yet
  };
  if (end - begin == 1)
    return touch(begin);
  Shares pages(begin, end, 1, team.size());
  team.run([&](int thread) {
    for (int64_t share; pages.take(thread, share);)
      for (int64_t page = pages.begin(share); page < pages.end(share); ++page)
        touch(page);
  });
}

} // namespace bdc::runtime
