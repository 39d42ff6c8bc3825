/// The memory plan: what a run takes, item by item, known before anything is allocated.
#pragma once

#include "runtime/error.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bdc::runtime {

struct MemoryPlan {
  struct Item {
    std::string what;
    int64_t bytes = 0;
  };
  std::vector<Item> items;
  int64_t transient = 0; ///< most that building takes for a moment beyond the items

  void add(std::string what, int64_t bytes) { items.push_back({std::move(what), bytes}); }
  int64_t total() const;
};

/// "1.5 GiB"
std::string bytesText(int64_t bytes);

/// Refuses a plan that takes more than `maxMemory` bytes, or, where that is 0, than there are: names the largest items and the ways out.
Status checkPlan(const MemoryPlan &plan, int64_t maxMemory);

} // namespace bdc::runtime
