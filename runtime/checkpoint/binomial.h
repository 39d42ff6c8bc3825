/// The numbers of recursive binomial checkpointing (A. Griewank and A. Walther, "Algorithm 799: revolve", ACM Transactions on
/// Mathematical Software 26, 2000). A unit is what is taped in one go; slots hold the states at the start of units, that of unit
/// 0 among them.
#pragma once

#include <cstdint>

namespace bdc::runtime::checkpoint {

/// C(slots + repeats, slots): how many units can be reversed if none is advanced more than `repeats` times before it is taped.
/// 0 where either is negative; held at the largest number where it would be larger.
int64_t reach(int64_t slots, int64_t repeats);

/// The smallest r with units <= C(slots + r, slots).
int64_t repeatsFor(int64_t units, int64_t slots);

/// r·units − C(slots + r, r − 1): the least number of times that units are advanced without a tape, the first sweep to the last
/// unit included. It is also the number of unit advances beyond those of a plain run, since each unit is taped once.
int64_t leastAdvances(int64_t units, int64_t slots);

/// Where a range of `units` whose first state is held should be cut, so that advances are least and, among those, stores.
int64_t bestCut(int64_t units, int64_t slots);

} // namespace bdc::runtime::checkpoint
