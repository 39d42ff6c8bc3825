// Checkpoints: the theory's numbers, that schedules keep them and reverse every unit from the right state, plans, slots.
#include "runtime/checkpoint/binomial.h"
#include "runtime/checkpoint/plan.h"
#include "runtime/checkpoint/schedule.h"
#include "runtime/checkpoint/slots.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cmath>
#include <limits>

using namespace bdc::runtime;
using namespace bdc::runtime::checkpoint;

namespace {

constexpr int mostUnits = 300, mostSlots = 20;

/// The least advances, by trying every first cut, and the least stores with those.
struct Least {
  int64_t advances, stores;
  bool operator<(const Least &o) const { return advances != o.advances ? advances < o.advances : stores < o.stores; }
};
Least leastBySearch(int units, int slots) {
  static std::vector<std::vector<Least>> table = [] {
    std::vector<std::vector<Least>> t(mostSlots + 1, std::vector<Least>(mostUnits + 1));
    for (int s = 1; s <= mostSlots; ++s)
      for (int m = 1; m <= mostUnits; ++m) {
        t[s][m] = {m * (m - 1) / 2, 0};
        for (int cut = 1; cut < m && s > 1; ++cut) {
          const Least left = t[s][cut], right = t[s - 1][m - cut];
          t[s][m] = std::min(t[s][m], Least{cut + left.advances + right.advances, (m - cut > 1) + left.stores + right.stores});
        }
      }
    return t;
  }();
  return table[slots][units];
}

struct Counts {
  int64_t advances = 0, stores = 0;
};

/// Follows a schedule, and holds it against what it has to do.
Counts follow(int64_t units, int64_t slots) {
  constexpr int64_t nothing = -1;
  Counts counts;
  std::vector<int64_t> held(static_cast<size_t>(slots), nothing);
  int64_t at = 0, taped = nothing, left = units;
  Schedule schedule(units, slots);
  for (Action a = schedule.next(); a.act != Act::done; a = schedule.next())
    switch (a.act) {
    case Act::store:
      EXPECT_EQ(a.unit, at);
      held.at(a.slot) = at;
      counts.stores += a.unit > 0;
      break;
    case Act::restore:
      at = held.at(a.slot);
      EXPECT_EQ(a.unit, at);
      break;
    case Act::advance:
      EXPECT_EQ(a.unit, at);
      EXPECT_GT(a.end, at);
      counts.advances += a.end - at;
      at = a.end;
      break;
    case Act::tape:
      EXPECT_EQ(a.unit, at);
      taped = at++;
      break;
    case Act::reverse:
      EXPECT_EQ(a.unit, taped);
      EXPECT_EQ(a.unit, --left);
      taped = nothing;
      break;
    case Act::done: break;
    }
  EXPECT_EQ(left, 0);
  EXPECT_EQ(schedule.next(), Action{});
  return counts;
}

} // namespace

TEST(Binomial, AdvancesAreTheLeastThatAnyCutsNeed) {
  for (int slots = 1; slots <= mostSlots; ++slots)
    for (int units = 1; units <= mostUnits; ++units)
      ASSERT_EQ(leastAdvances(units, slots), leastBySearch(units, slots).advances) << units << " units, " << slots << " slots";
}

TEST(Binomial, SchedulesNeedTheLeast) {
  for (int slots = 1; slots <= mostSlots; ++slots)
    for (int units = 1; units <= mostUnits; ++units) {
      const Counts counts = follow(units, slots);
      const Least least = leastBySearch(units, slots);
      ASSERT_EQ(counts.advances, least.advances) << units << " units, " << slots << " slots";
      ASSERT_EQ(counts.stores, least.stores) << units << " units, " << slots << " slots";
    }
}

/// r·M − C(s + r, r − 1), written out.
TEST(Binomial, LargeNumbers) {
  EXPECT_EQ(reach(50, 3), 53 * 52 * 51 / 6);
  EXPECT_EQ(leastAdvances(10000, 50), 3 * 10000 - 53 * 52 / 2);             // 2.86 for each
  EXPECT_EQ(leastAdvances(10'000'000, 1000), 30'000'000 - 1003 * 1002 / 2); // 2.95 for each
  EXPECT_EQ(leastAdvances(2'000'000'000, 1), 2'000'000'000 * (2'000'000'000 - int64_t(1)) / 2);
  EXPECT_EQ(reach(1000, 1000), std::numeric_limits<int64_t>::max()) << "held where the number has no room";
  for (const auto &[units, slots] : {std::pair<int64_t, int64_t>{100'000, 7}, {65'537, 3}, {250'000, 100}, {1'000'000, 1000}})
    EXPECT_EQ(follow(units, slots).advances, leastAdvances(units, slots)) << units << " units, " << slots << " slots";
}

/// With one unit nothing is held; with a slot for each but the last, each is advanced once.
TEST(Schedule, WrittenOut) {
  auto text = [](int64_t units, int64_t slots) {
    std::string out;
    Schedule schedule(units, slots);
    for (Action a = schedule.next(); a.act != Act::done; a = schedule.next()) {
      constexpr const char *names[] = {"store", "restore", "advance", "tape", "reverse"};
      out += names[static_cast<int>(a.act)] + std::to_string(a.unit) +
             (a.act == Act::advance                          ? "-" + std::to_string(a.end)
              : a.act == Act::store || a.act == Act::restore ? "@" + std::to_string(a.slot)
                                                             : "") +
             " ";
    }
    return out;
  };
  EXPECT_EQ(text(1, 0), "tape0 reverse0 ");
  EXPECT_EQ(text(3, 2),
            "store0@0 advance0-1 store1@1 advance1-2 tape2 reverse2 restore1@1 tape1 reverse1 restore0@0 tape0 reverse0 ");
  EXPECT_EQ(text(3, 1), "store0@0 advance0-2 tape2 reverse2 restore0@0 advance0-1 tape1 reverse1 restore0@0 tape0 reverse0 ");
}

namespace {

/// The fewest steps that are run again, by trying all segments and numbers of checkpoints.
int64_t fewestBySearch(const Need &need, const Budget &budget) {
  int64_t best = -1;
  for (int64_t segment = 8; segment < need.steps + 8; segment += 8) {
    const int64_t units = (need.steps + segment - 1) / segment;
    for (int64_t slots = units > 1 ? 1 : 0; slots <= units; ++slots) {
      const int64_t bytes = std::min(segment, need.steps) * need.tapeBytes + slots * need.stateBytes;
      const int64_t again = leastAdvances(units, slots) * segment;
      if (bytes <= budget.memory && (best < 0 || again < best))
        best = again;
    }
  }
  return best;
}

} // namespace

TEST(Plan, RunsFewestStepsAgain) {
  for (int64_t steps : {1, 8, 9, 100, 500, 1001})
    for (int64_t stateBytes : {1, 30, 1000})
      for (int64_t memory : {100, 400, 1000, 2000, 5000, 20000}) {
        const Need need{steps, stateBytes, 10};
        const auto plan = planFor(need, {memory});
        const int64_t fewest = fewestBySearch(need, {memory});
        ASSERT_EQ(static_cast<bool>(plan), fewest >= 0) << steps << " " << stateBytes << " " << memory;
        if (plan) {
          EXPECT_EQ(plan->recomputed, fewest) << steps << " " << stateBytes << " " << memory;
          EXPECT_LE(plan->memoryBytes, memory);
          EXPECT_EQ(plan->end(plan->units - 1), steps);
        }
      }
}

TEST(Plan, AllIsTapedWhereItFits) {
  const auto plan = planFor({10000, 5000, 60}, {600'000});
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->mode, Mode::all);
  EXPECT_EQ(plan->recomputed, 0);
  EXPECT_EQ(plan->text(), "all 10000 steps are taped, in 586 KiB; none is run again");
  EXPECT_EQ(planFor({10000, 5000, 60}, {599'999})->mode, Mode::segments);
  EXPECT_EQ(planFor({10000, 5000, 60}, {})->mode, Mode::all) << "no limit";
}

TEST(Plan, CheckpointsThatWereAskedFor) {
  const auto plan = planFor({10000, 5000, 60}, {0, 50});
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->text(), "50 segments of 200 steps and 49 checkpoints, in 251 KiB; 9800 steps are run again, 0.98 for each: 50 "
                          "checkpoints were asked for");
  // 50 checkpoints and a tape of 8 steps: 1250 units, t = 2·1250 − 52.
  const auto small = planFor({10000, 5000, 60}, {250'480, 50});
  ASSERT_TRUE(small);
  EXPECT_EQ(small->units, 1250);
  EXPECT_EQ(small->recomputed, 8 * (2 * 1250 - 52));
  EXPECT_EQ(planFor({10000, 5000, 60}, {0, 0})->mode, Mode::all) << "none asked for: all is taped";
}

TEST(Plan, TenMillionStepsInLittle) {
  const auto plan = planFor({10'000'000, 1344, 60'000}, {256 << 20});
  ASSERT_TRUE(plan);
  EXPECT_LE(plan->memoryBytes, 256 << 20);
  EXPECT_LT(plan->recomputed, 20'000'000);
}

TEST(Plan, DiskHelps) {
  const Need need{10000, 5000, 60};
  const auto without = planFor(need, {20'000}), with = planFor(need, {20'000, -1, 100});
  ASSERT_TRUE(without && with);
  EXPECT_EQ(with->mode, Mode::disk);
  EXPECT_EQ(with->diskBytes, with->onDisk * 5000);
  EXPECT_LE(with->onDisk, 100);
  EXPECT_LT(with->recomputed, without->recomputed);
  EXPECT_NE(with->text().find("of them on disk"), std::string::npos) << with->text();
}

TEST(Plan, TooLittleIsAClearError) {
  const auto plan = planFor({10000, 5000, 60}, {5479});
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().kind, ErrorKind::memory);
  EXPECT_EQ(plan.error().message,
            "a gradient of this run needs 5.35 KiB at least, 4.88 KiB for 1 checkpoint and 480 B for 8 taped "
            "steps, of 5.35 KiB that it may take");
  EXPECT_TRUE(planFor({10000, 5000, 60}, {5480}));
  EXPECT_FALSE(planFor({10000, 5000, 60}, {200'000, 50}));
}

namespace {

/// A map whose way back needs the states on the way: x ← r·x·(1 − x), and a counter beside it.
struct Logistic {
  std::vector<double> x{0.1, 0.2, 0.3};
  int64_t step = 0;
  std::vector<std::vector<double>> tape;
  std::vector<double> adjoint{1, 1, 1};

  std::vector<Piece> pieces() { return {{x.data(), 24}, {&step, 8}}; }
  void forward(int64_t steps) {
    for (; steps > 0; --steps, ++step)
      for (double &v : x)
        v = 3.7 * v * (1 - v) + 1e-6 * static_cast<double>(step);
  }
  void taped(int64_t steps) {
    for (; steps > 0; --steps) {
      tape.push_back(x);
      forward(1);
    }
  }
  void backward() {
    for (; !tape.empty(); tape.pop_back())
      for (size_t i = 0; i < 3; ++i)
        adjoint[i] *= 3.7 * (1 - 2 * tape.back()[i]);
  }
};

std::vector<double> gradient(const Plan &plan, const std::string &folder = {}) {
  Logistic run;
  auto slots = Slots::create(plan, run.pieces(), folder);
  EXPECT_TRUE(slots) << slots.error().message;
  Schedule schedule(plan.units, plan.slots);
  for (Action a = schedule.next(); a.act != Act::done; a = schedule.next())
    switch (a.act) {
    case Act::store: EXPECT_TRUE((*slots)->store(a.slot)); break;
    case Act::restore: EXPECT_TRUE((*slots)->restore(a.slot)); break;
    case Act::advance: run.forward(plan.begin(a.end) - plan.begin(a.unit)); break;
    case Act::tape: run.taped(plan.end(a.unit) - plan.begin(a.unit)); break;
    case Act::reverse: run.backward(); break;
    case Act::done: break;
    }
  return run.adjoint;
}

} // namespace

TEST(Slots, CheckpointsChangeNoBit) {
  const Need need{1003, 32, 24};
  const std::vector<double> all = gradient(*planFor(need, {}));
  for (const Budget &budget : {Budget{0, 1}, {0, 7}, {600, -1}, {600, -1, 5}, {1000, 2, 20}})
    EXPECT_EQ(gradient(*planFor(need, budget), testing::TempDir()), all);
}

/// Ten slots, of which four lie on disk: the outermost are the ones that are seldom used.
TEST(Slots, TheLongLivedLieOnDisk) {
  Plan plan;
  plan.units = 500;
  plan.slots = 10;
  plan.onDisk = 4;
  std::vector<double> state(100);
  const auto slots = Slots::create(plan, {{state.data(), 800}});
  ASSERT_TRUE(slots);
  const std::vector<int64_t> uses = slotUses(500, 10);
  int64_t disk = 0, memory = std::numeric_limits<int64_t>::max(), count = 0;
  for (int slot = 0; slot < 10; ++slot)
    if ((*slots)->isOnDisk(slot)) {
      disk = std::max(disk, uses[slot]);
      ++count;
    } else {
      memory = std::min(memory, uses[slot]);
    }
  EXPECT_EQ(count, 4);
  EXPECT_LE(disk, memory);
  EXPECT_TRUE((*slots)->isOnDisk(0));
}

TEST(Slots, FullDiskIsAClearError) {
  Plan plan;
  plan.units = 10;
  plan.slots = plan.onDisk = 5;
  std::vector<char> state(100'000);
  rlimit before;
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{200'000, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const auto slots = Slots::create(plan, {{state.data(), 100'000}}, testing::TempDir());
  setrlimit(RLIMIT_FSIZE, &before);
  ASSERT_FALSE(slots);
  EXPECT_EQ(slots.error().kind, ErrorKind::output);
  EXPECT_NE(slots.error().message.find("cannot keep checkpoints in " + testing::TempDir()), std::string::npos)
      << slots.error().message;
  EXPECT_NE(slots.error().help.find("each takes 97.7 KiB"), std::string::npos) << slots.error().help;
  EXPECT_FALSE(Slots::create(plan, {{state.data(), 100'000}}, "/nonexistent/folder"));
}
