#include "runtime/checkpoint/plan.h"

#include "runtime/checkpoint/binomial.h"
#include "runtime/memory/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

namespace bdc::runtime::checkpoint {
namespace {

constexpr int64_t most = std::numeric_limits<int64_t>::max();

int64_t parts(int64_t whole, int64_t size) { return (whole + size - 1) / size; }
int64_t rounded(int64_t steps) { return parts(steps, segmentUnit) * segmentUnit; }

int64_t product(int64_t a, int64_t b) {
  int64_t out = 0;
  return __builtin_mul_overflow(a, b, &out) ? most : out;
}

/// The best plan with this length of segments, or none where it does not fit.
std::optional<Plan> withSegment(const Need &need, const Budget &budget, int64_t segment) {
  Plan plan;
  plan.steps = need.steps;
  plan.segment = segment;
  plan.units = parts(need.steps, segment);
  const int64_t tape = product(std::min(segment, need.steps), need.tapeBytes), limit = budget.memory > 0 ? budget.memory : most;
  if (tape > limit)
    return std::nullopt;
  // More slots than units − 1 would stay empty: the last unit is taped when it is reached.
  const int64_t useful = plan.units - 1;
  int64_t inMemory = std::min(useful, budget.slots >= 0 ? budget.slots : useful);
  if (inMemory > 0 && product(inMemory, need.stateBytes) > limit - tape) {
    if (budget.slots >= 0)
      return std::nullopt;
    inMemory = (limit - tape) / need.stateBytes;
  }
  plan.onDisk = std::min(budget.onDisk, useful - inMemory);
  plan.slots = inMemory + plan.onDisk;
  if (plan.units > 1 && plan.slots < 1)
    return std::nullopt;
  plan.mode = plan.units == 1 ? Mode::all : plan.onDisk > 0 ? Mode::disk : Mode::segments;
  plan.recomputed = product(leastAdvances(plan.units, plan.slots), segment);
  plan.memoryBytes = tape + inMemory * need.stateBytes;
  plan.diskBytes = product(plan.onDisk, need.stateBytes);
  return plan;
}

bool better(const Plan &a, const Plan &b) {
  return a.recomputed != b.recomputed ? a.recomputed < b.recomputed : a.memoryBytes < b.memoryBytes;
}

std::string limitText(const Budget &budget) { return fmt::format("of {} that it may take", bytesText(budget.memory)); }

Error tooLittle(const Need &need, const Budget &budget) {
  const int64_t tape = product(std::min(segmentUnit, need.steps), need.tapeBytes);
  const int64_t slots = need.steps > segmentUnit ? std::max<int64_t>(1, budget.slots) : 0;
  return {ErrorKind::memory,
          fmt::format("a gradient of this run needs {} at least, {} for {} checkpoint{} and {} for {} taped steps, {}",
                      bytesText(tape + product(slots, need.stateBytes)), bytesText(product(slots, need.stateBytes)), slots,
                      slots == 1 ? "" : "s", bytesText(tape), std::min(segmentUnit, need.steps), limitText(budget)),
          "allow more memory, fewer checkpoints or lanes, or let checkpoints lie on disk"};
}

} // namespace

const char *nameOf(Mode mode) {
  constexpr const char *names[] = {"all", "segments", "disk"};
  return names[static_cast<int>(mode)];
}

Result<Plan> planFor(const Need &need, const Budget &budget) {
  const std::optional<Plan> whole = withSegment(need, budget, rounded(std::max<int64_t>(1, need.steps)));
  if (whole && budget.slots < 0)
    return *whole;
  std::optional<Plan> best;
  // Of the segments that give one number of units the shortest is best: it leaves the most for slots, and what is run again
  // is a multiple of it.
  const int64_t longest = rounded(budget.slots < 0 ? need.steps : std::max(segmentUnit, need.steps / (budget.slots + 1)));
  for (int64_t segment = segmentUnit; segment <= longest;) {
    const std::optional<Plan> plan = withSegment(need, budget, segment);
    if (plan && (!best || better(*plan, *best)))
      best = plan;
    const int64_t units = parts(need.steps, segment);
    if (units <= 1)
      break;
    segment = rounded(parts(need.steps, units - 1));
  }
  if (!best)
    return tooLittle(need, budget);
  best->reason = budget.slots >= 0 ? fmt::format("{} checkpoints were asked for", budget.slots)
                                   : fmt::format("a tape of all steps would take {} {}",
                                                 bytesText(product(need.steps, need.tapeBytes)), limitText(budget));
  return *best;
}

std::string Plan::text() const {
  if (mode == Mode::all)
    return fmt::format("all {} steps are taped, in {}; none is run again", steps, bytesText(memoryBytes));
  std::string where = mode == Mode::disk ? fmt::format(", {} of them on disk ({})", onDisk, bytesText(diskBytes)) : "";
  return fmt::format("{} segments of {} steps and {} checkpoint{}{}, in {}; {} steps are run again, {:.3g} for each: {}", units,
                     segment, slots, slots == 1 ? "" : "s", where, bytesText(memoryBytes), recomputed,
                     static_cast<double>(recomputed) / static_cast<double>(steps), reason);
}

} // namespace bdc::runtime::checkpoint
