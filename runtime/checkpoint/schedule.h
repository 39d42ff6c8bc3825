/// The order in which a run is taken backwards with few states held.
///
///   Schedule schedule(units, slots);
///   for (Action a = schedule.next(); a.act != Act::done; a = schedule.next())
///     switch (a.act) {
///     case Act::store:   hold the present state in a.slot
///     case Act::restore: the present state becomes that of a.slot, at the start of unit a.unit
///     case Act::advance: plain steps from the start of unit a.unit to the start of unit a.end
///     case Act::tape:    unit a.unit once more, with everything written down that its way back needs
///     case Act::reverse: backwards through the tape of unit a.unit, which was taped just before
///     }
///
/// The first descent advances through all units but the last, which it tapes: so it is also the run that gives the loss, and
/// the loss is complete before the first `reverse`. Units are then reversed from the last to the first. Unit advances without
/// a tape are as few as can be (binomial.h), and stores as few as can be with those.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bdc::runtime::checkpoint {

enum class Act { store, restore, advance, tape, reverse, done };

struct Action {
  Act act = Act::done;
  int64_t unit = 0; ///< at whose start the action begins
  int64_t end = 0;  ///< of an advance
  int slot = 0;     ///< of store and restore

  bool operator==(const Action &) const = default;
};

class Schedule {
public:
  /// At least one unit; at least one slot where there are more units than one.
  Schedule(int64_t units, int64_t slots);

  Action next();

private:
  /// Units [begin, end) that are still to be reversed, the state at `begin` being held in the slot of this range's depth.
  struct Range {
    int64_t begin, end;
  };
  void plan();
  void queue(Action action) { pending[count++] = action; }

  int64_t slots;
  std::vector<Range> ranges; ///< one inside what was left of the one before
  std::array<Action, 4> pending;
  int count = 0, taken = 0;
  bool isAtBegin = true; ///< the present state is that at the begin of the innermost range
};

/// How often each slot is written or read in a whole schedule.
std::vector<int64_t> slotUses(int64_t units, int64_t slots);

} // namespace bdc::runtime::checkpoint
