#include "runtime/checkpoint/schedule.h"

#include "runtime/checkpoint/binomial.h"

namespace bdc::runtime::checkpoint {

Schedule::Schedule(int64_t units, int64_t slots) : slots(slots), ranges{{0, units}} {
  if (units > 1)
    queue({Act::store, 0, 0, 0});
}

Action Schedule::next() {
  if (taken == count) {
    taken = count = 0;
    plan();
  }
  return pending[taken++];
}

/// The next actions: down to a range of one unit, which is reversed, or one range further in.
void Schedule::plan() {
  while (!ranges.empty() && ranges.back().begin == ranges.back().end) {
    ranges.pop_back();
    isAtBegin = false;
  }
  if (ranges.empty())
    return queue({});
  const auto depth = static_cast<int>(ranges.size());
  Range &range = ranges.back();
  if (!isAtBegin)
    queue({Act::restore, range.begin, 0, depth - 1});
  const int64_t length = range.end - range.begin;
  int64_t at = range.begin;
  if (length > 1) {
    at += bestCut(length, slots - depth + 1);
    queue({Act::advance, range.begin, at, 0});
  }
  const int64_t end = range.end;
  range.end = at;
  isAtBegin = false;
  if (end - at == 1) {
    queue({Act::tape, at, 0, 0});
    queue({Act::reverse, at, 0, 0});
    return;
  }
  queue({Act::store, at, 0, depth});
  ranges.push_back({at, end});
  isAtBegin = true;
}

std::vector<int64_t> slotUses(int64_t units, int64_t slots) {
  std::vector<int64_t> uses(static_cast<size_t>(slots));
  Schedule schedule(units, slots);
  for (Action a = schedule.next(); a.act != Act::done; a = schedule.next())
    if (a.act == Act::store || a.act == Act::restore)
      ++uses[a.slot];
  return uses;
}

} // namespace bdc::runtime::checkpoint
