// The barrier: nobody passes before everybody has arrived, also with many more threads than cores.
#include "runtime/threads/team.h"

#include <gtest/gtest.h>

#include <ctime>
#include <numeric>

using namespace bdc::runtime;

namespace {

/// Every thread counts rounds; in each round all must have finished the one before.
void countRounds(int threads, int rounds) {
  Team team(threads);
  std::vector<std::atomic<int>> count(static_cast<size_t>(threads));
  std::atomic<int> wrong = 0;
  team.run([&](int me) {
    for (int round = 1; round <= rounds; ++round) {
      count[me].store(round, std::memory_order_relaxed);
      team.wait();
      for (auto &other : count)
        if (const int seen = other.load(std::memory_order_relaxed); seen < round || seen > round + 1)
          ++wrong;
    }
  });
  EXPECT_EQ(wrong, 0);
}

} // namespace

TEST(Barrier, HoldsForTwoThreads) { countRounds(2, 20000); }
TEST(Barrier, HoldsWhenOversubscribed) { countRounds(4 * availableCores() + 1, 300); }

TEST(Barrier, WhoWaitsLongSleeps) {
  Team team(2);
  double spent = 0;
  team.run([&](int me) {
    timespec start, end;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
    if (me == 1) {
      timespec pause{0, 200'000'000};
      nanosleep(&pause, nullptr);
    }
    team.wait();
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
    if (me == 0)
      spent = static_cast<double>(end.tv_sec - start.tv_sec) + 1e-9 * static_cast<double>(end.tv_nsec - start.tv_nsec);
  });
  EXPECT_LT(spent, 0.02) << "of the 0.2 s of waiting";
}

TEST(Team, RunsEveryMemberEachTime) {
  Team team(5);
  for (int i = 0; i < 100; ++i) {
    std::vector<int> seen(5, 0);
    team.run([&](int me) { ++seen[me]; });
    EXPECT_EQ(std::accumulate(seen.begin(), seen.end(), 0), 5);
  }
}

TEST(Team, PartsCoverEverything) {
  for (int64_t items : {0, 1, 7, 1000}) {
    int64_t at = 0;
    for (int t = 0; t < 3; ++t) {
      const Team::Part part = Team::part(items, t, 3);
      EXPECT_EQ(part.first, at);
      at = part.last;
    }
    EXPECT_EQ(at, items);
  }
}
