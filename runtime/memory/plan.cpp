#include "runtime/memory/plan.h"

#include "runtime/memory/limits.h"

#include <fmt/format.h>

#include <algorithm>

namespace bdc::runtime {

int64_t MemoryPlan::total() const {
  int64_t sum = transient;
  for (const Item &item : items)
    sum += item.bytes;
  return sum;
}

std::string bytesText(int64_t bytes) {
  constexpr const char *units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  double value = static_cast<double>(bytes);
  int unit = 0;
  for (; value >= 1000 && unit < 5; ++unit)
    value /= 1024;
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.3g} {}", value, units[unit]);
}

Status checkPlan(const MemoryPlan &plan, int64_t maxMemory) {
  const bool limitIsUsers = maxMemory > 0;
  const int64_t limit = memoryLimit(maxMemory), total = plan.total();
  if (total <= limit)
    return {};
  std::vector<MemoryPlan::Item> largest = plan.items;
  const size_t shown = std::min<size_t>(3, largest.size());
  std::partial_sort(largest.begin(), largest.begin() + static_cast<int64_t>(shown), largest.end(),
                    [](const auto &a, const auto &b) { return a.bytes > b.bytes; });
  std::string names;
  for (size_t i = 0; i < shown; ++i)
    names += fmt::format("{}{} takes {}", i ? ", " : "", largest[i].what, bytesText(largest[i].bytes));
  return Error{ErrorKind::memory,
               fmt::format("this run needs {} of memory, {} {}; {}", bytesText(total),
                           limitIsUsers ? "more than --max-memory" : "only available are", bytesText(limit), names),
               limitIsUsers ? "raise --max-memory, use --precision f32, fewer elements or connections, or record less"
                            : "use --precision f32, fewer elements or connections, shorter delays, or record less"};
}

} // namespace bdc::runtime
