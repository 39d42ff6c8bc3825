// What this machine can do at most, one thread: bytes per second of a loop that reads and writes arrays of some size together, and
// floating-point operations per second. The roof that tools/bench holds the generated code against. And the time after which one
// core sees what another has written, which is what threads cost: virtual cores may be anywhere, and move. And what two threads gain
// that tell each other nothing and fit the first cache: where virtual cores are for the moment two halves of one core, hardly anything.
//
//   g++ -O3 -march=native -mprefer-vector-width=512 -pthread -DREAL=double machine.cpp -o machine && ./machine KIBIBYTES   all of this
//   ./machine gain                                                                                                        the last, in 0.2 s
#include "by_hand/common.h"

#include <algorithm>
#include <atomic>
#include <sched.h>
#include <string_view>
#include <thread>

#ifdef __AVX512F__
#define VECTOR_BYTES 64
#define REGISTER "v"
#else
#define VECTOR_BYTES 32
#define REGISTER "x"
#endif

namespace {

/// y += a x over arrays of `bytes` together: 3 numbers move for each element.
double bandwidth(size_t bytes) {
  size_t n = std::max<size_t>(bytes / 2 / sizeof(real), 64);
  real *__restrict x = newArray<real>(n), *__restrict y = newArray<real>(n);
  double best = 0;
  for (int attempt = 0; attempt < 5; ++attempt) {
    size_t rounds = std::max<size_t>(1, (size_t(1) << 26) / n);
    double begin = cpuSeconds();
    for (size_t round = 0; round < rounds; ++round) {
      for (size_t i = 0; i < n; ++i)
        y[i] += real(1e-9) * x[i];
      asm volatile("" ::: "memory");
    }
    best = std::max(best, 3.0 * double(n) * double(rounds) * sizeof(real) / (cpuSeconds() - begin));
  }
  return best;
}

/// Independent chains of fused multiply-adds, enough to hide their latency: how many operations that is, two for each.
double burst(long rounds) {
  typedef real vector __attribute__((vector_size(VECTOR_BYTES)));
  constexpr int chains = 8, lanes = VECTOR_BYTES / sizeof(real);
  const vector factor = vector{} + real(0.999), summand = vector{} + real(0.001);
  vector a{}, b{}, c{}, d{}, e{}, f{}, g{}, h{};
  for (long round = 0; round < rounds; ++round) {
    a = a * factor + summand, b = b * factor + summand, c = c * factor + summand, d = d * factor + summand;
    e = e * factor + summand, f = f * factor + summand, g = g * factor + summand, h = h * factor + summand;
    asm volatile("" : "+" REGISTER(a), "+" REGISTER(b), "+" REGISTER(c), "+" REGISTER(d), "+" REGISTER(e), "+" REGISTER(f),
                      "+" REGISTER(g), "+" REGISTER(h));
  }
  return 2.0 * double(rounds) * chains * lanes;
}

double operations() {
  double best = 0;
  for (int attempt = 0; attempt < 5; ++attempt) {
    double begin = cpuSeconds();
    double done = burst(4000000);
    best = std::max(best, done / (cpuSeconds() - begin));
  }
  return best;
}

/// Operations in a second on the wall, on average and not at best.
double operationsOnTheWall() {
  double done = 0, begin = wallSeconds(), now = begin;
  for (; now < begin + 0.1; now = wallSeconds())
    done += burst(100000);
  return done / (now - begin);
}

/// Takes the calling thread off a core: systems may begin a thread where its creator is.
void leave(int core) {
  cpu_set_t others;
  if (sched_getaffinity(0, sizeof others, &others) != 0 || CPU_COUNT(&others) < 2)
    return;
  CPU_CLR(core, &others);
  sched_setaffinity(0, sizeof others, &others);
}

/// How many times as much two threads do as one: 2 where each has a core that nobody else wants.
double gainOfTwoThreads(int attempts) {
  double alone = 0, together = 0;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    alone += operationsOnTheWall();
    double other = 0;
    std::thread second([&, core = sched_getcpu()] {
      leave(core);
      other = operationsOnTheWall();
    });
    together += operationsOnTheWall();
    second.join();
    together += other;
  }
  return together / alone;
}

struct alignas(128) Line {
  std::atomic<long> count{0};
};

/// Nanoseconds from a write in one core to its sight in another; 0 where there is but one. The best of many short attempts: on a
/// busy machine both threads run together for moments only.
double handOver() {
  if (std::thread::hardware_concurrency() < 2)
    return 0;
  Line asked, answered;
  std::atomic<bool> over = false;
  std::thread second([&] {
    for (long i = 1;; ++i) {
      while (asked.count.load(std::memory_order_acquire) < i)
        if (over)
          return;
      answered.count.store(i, std::memory_order_release);
    }
  });
  constexpr long rounds = 500;
  double best = 1e9, end = wallSeconds() + 0.2;
  for (long i = 0; wallSeconds() < end;) {
    double begin = wallSeconds();
    for (const long last = i + rounds; i < last;) {
      asked.count.store(++i, std::memory_order_release);
      while (answered.count.load(std::memory_order_acquire) < i) {
      }
    }
    best = std::min(best, wallSeconds() - begin);
  }
  over = true;
  second.join();
  return best / rounds / 2 * 1e9;
}

} // namespace

int main(int argc, char **argv) {
  if (argc > 1 && argv[1] == std::string_view("gain")) {
    std::printf("{\"gain_of_two_threads\": %.3g}\n", gainOfTwoThreads(1));
    return 0;
  }
  size_t kibibytes = argc > 1 ? size_t(std::atol(argv[1])) : 256;
  std::printf("{\"bytes_per_s\": %.4g, \"flops_per_s\": %.4g, \"ns_from_core_to_core\": %.4g, \"gain_of_two_threads\": %.3g}\n", bandwidth(kibibytes << 10),
              operations(), handOver(), gainOfTwoThreads(5));
}
