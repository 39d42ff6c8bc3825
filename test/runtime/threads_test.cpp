// Nobody goes on before everybody has come far enough, also with many more threads than cores.
#include "runtime/memory/arena.h"
#include "runtime/memory/touch.h"
#include "runtime/threads/in_threads.h"
#include "runtime/threads/shares.h"
#include "runtime/threads/team.h"

#include <gtest/gtest.h>

#include <sched.h>
#include <sys/mman.h>

#include <algorithm>
#include <ctime>
#include <numeric>

using namespace bdc::runtime;

namespace {

/// Every thread counts rounds; before each, all others must have finished the one that was `lag` rounds before.
void countRounds(int threads, int rounds, int lag) {
  Team team(threads);
  std::vector<std::atomic<int>> count(static_cast<size_t>(threads));
  std::atomic<int> wrong = 0;
  for (int again = 0; again < 2; ++again) { // each run begins at 0
    for (auto &each : count)
      each = 0;
    team.run([&](int me) {
      for (int round = 1; round <= rounds; ++round) {
        team.pace().wait(me, round - lag);
        for (auto &other : count)
          if (const int seen = other.load(std::memory_order_relaxed); seen < round - lag || seen > round + lag)
            ++wrong;
        count[me].store(round, std::memory_order_relaxed);
        team.pace().signal(me, round);
      }
    });
  }
  EXPECT_EQ(wrong, 0);
}

/// Processor time that thread 0 spends on waiting 0.2 s for thread 1.
template <class Meet> double timeOfWaiting(Meet meet) {
  Team team(2);
  double spent = 0;
  team.run([&](int me) {
    timespec start, end;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
    if (me == 1) {
      timespec pause{0, 200'000'000};
      nanosleep(&pause, nullptr);
    }
    meet(team, me);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
    if (me == 0)
      spent = static_cast<double>(end.tv_sec - start.tv_sec) + 1e-9 * static_cast<double>(end.tv_nsec - start.tv_nsec);
  });
  return spent;
}

} // namespace

TEST(Pace, HoldsForTwoThreads) { countRounds(2, 20000, 1); }
TEST(Pace, HoldsWhenOversubscribed) { countRounds(4 * availableCores() + 1, 300, 1); }
TEST(Pace, LetsThreadsDriftAsFarAsTheyMay) {
  countRounds(2, 20000, 5);
  countRounds(4 * availableCores() + 1, 300, 5);
}

TEST(Pace, WhoWaitsLongSleeps) {
  EXPECT_LT(timeOfWaiting([](Team &team, int me) {
              team.pace().signal(me, 1);
              team.pace().wait(me, 1);
            }),
            0.02)
      << "of the 0.2 s of waiting";
}

TEST(Barrier, WhoWaitsLongSleeps) {
  Barrier barrier(2, 50'000);
  EXPECT_LT(timeOfWaiting([&](Team &, int) { barrier.wait(); }), 0.02) << "of the 0.2 s of waiting";
}

TEST(Team, RunsEveryMemberEachTime) {
  Team team(5);
  for (int i = 0; i < 100; ++i) {
    std::vector<int> seen(5, 0);
    team.run([&](int me) { ++seen[me]; });
    EXPECT_EQ(std::accumulate(seen.begin(), seen.end(), 0), 5);
  }
}

TEST(Team, WorksOnACoreForEachAndLeavesTheCallerItsOwn) {
  cpu_set_t before, after;
  ASSERT_EQ(sched_getaffinity(0, sizeof before, &before), 0);
  const bool isCoreForEach = availableCores() >= CPU_COUNT(&before) && CPU_COUNT(&before) > 1;
  const int threads = std::max(2, CPU_COUNT(&before));
  Team team(threads);
  team.run([](int) {}); // afterwards all have begun
  for (int i = 0; i < 20; ++i) {
    std::vector<int> core(static_cast<size_t>(threads));
    const timespec pause{0, 1'000'000}; // longer than anybody spins
    nanosleep(&pause, nullptr);
    team.run([&](int me) {
      if (me == 0)
        nanosleep(&pause, nullptr);
      core[me] = sched_getcpu();
    });
    std::sort(core.begin(), core.end());
    if (isCoreForEach) {
      EXPECT_EQ(std::unique(core.begin(), core.end()), core.end());
    }
    ASSERT_EQ(sched_getaffinity(0, sizeof after, &after), 0);
    EXPECT_TRUE(CPU_EQUAL(&before, &after));
  }
}

// Who is woken on the core of who woke it goes elsewhere; where it may run stays what it was.
TEST(Barrier, LeavesThreadsTheirCores) {
  cpu_set_t before;
  ASSERT_EQ(sched_getaffinity(0, sizeof before, &before), 0);
  Barrier barrier(2, 1000);
  int same = 0;
  std::thread other([&] {
    for (int i = 0; i < 50; ++i) {
      cpu_set_t now;
      barrier.wait();
      same += sched_getaffinity(0, sizeof now, &now) == 0 && CPU_EQUAL(&before, &now);
    }
  });
  for (int i = 0; i < 50; ++i) {
    const timespec pause{0, 1'000'000}; // longer than anybody spins
    nanosleep(&pause, nullptr);
    barrier.wait();
  }
  other.join();
  EXPECT_EQ(same, 50);
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

TEST(Shares, CoverEverythingOnceWhoeverTakesThem) {
  for (const int64_t items : {0, 1, 5, 100, 1000})
    for (const int threads : {1, 2, 3, 7}) {
      Team team(threads);
      Shares shares(10, 10 + items, 3, threads);
      std::vector<std::atomic<int>> taken(static_cast<size_t>(10 + items));
      team.run([&](int me) {
        if (me == threads - 1 && threads > 1)
          return; // the others do its section too
        for (int64_t share; shares.take(me, share);)
          for (int64_t i = shares.begin(share); i < shares.end(share); ++i)
            ++taken[i];
      });
      for (int64_t i = 0; i < 10 + items; ++i)
        EXPECT_EQ(taken[i], i >= 10) << i << " of " << items << ", " << threads << " threads";
    }
}

TEST(Shares, ThreadsBeginFarFromEachOther) {
  Shares shares(0, 1600, 1, 2);
  int64_t first, second, next;
  ASSERT_TRUE(shares.take(0, first) && shares.take(1, second) && shares.take(0, next));
  EXPECT_EQ(shares.begin(first), 0);
  EXPECT_EQ(shares.begin(second), 800);
  EXPECT_EQ(shares.begin(next), 100);
}

TEST(TouchPages, MakesEachThereAndLeavesWhatIsInThem) {
  const int64_t bytes = 5 * hugePage;
  const Pages pages = mapPages(bytes);
  ASSERT_TRUE(pages.data);
  auto *const data = static_cast<char *>(pages.data) + 100;
  const auto isThere = [&](int64_t page) {
    unsigned char there = 0;
    EXPECT_EQ(mincore(static_cast<char *>(pages.data) + page * hugePage, 4096, &there), 0);
    return (there & 1) != 0;
  };
  data[0] = 42;
  EXPECT_FALSE(isThere(1));
  Team team(2);
  touchPages(team, data, 3 * hugePage);
  for (int64_t page = 0; page < 4; ++page)
    EXPECT_TRUE(isThere(page)) << page;
  EXPECT_FALSE(isThere(4));
  EXPECT_EQ(data[0], 42);
  unmapPages(pages);
}

TEST(InThreads, EveryJobIsDoneOnceAndTheFirstHere) {
  std::vector<std::thread::id> where(20);
  std::vector<std::atomic<int>> times(where.size());
  inThreads(where.size(), [&](size_t job) {
    where[job] = std::this_thread::get_id();
    ++times[job];
  });
  EXPECT_EQ(where.front(), std::this_thread::get_id());
  EXPECT_TRUE(std::all_of(times.begin(), times.end(), [](const auto &count) { return count == 1; }));
}
