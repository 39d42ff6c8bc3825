// What this machine can do at most, one thread: bytes per second of a loop that reads and writes arrays of some size together, and
// floating-point operations per second. The roof that tools/bench holds the generated code against.
//
//   g++ -O3 -march=native -mprefer-vector-width=512 -DREAL=double machine.cpp -o machine && ./machine KIBIBYTES
#include "by_hand/common.h"

#include <algorithm>

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

/// Independent chains of fused multiply-adds, enough to hide their latency. Counted as two operations each.
double operations() {
  typedef real vector __attribute__((vector_size(VECTOR_BYTES)));
  constexpr int chains = 8, lanes = VECTOR_BYTES / sizeof(real);
  constexpr long rounds = 4000000;
  const vector factor = vector{} + real(0.999), summand = vector{} + real(0.001);
  double best = 0;
  for (int attempt = 0; attempt < 5; ++attempt) {
    vector a{}, b{}, c{}, d{}, e{}, f{}, g{}, h{};
    double begin = cpuSeconds();
    for (long round = 0; round < rounds; ++round) {
      a = a * factor + summand, b = b * factor + summand, c = c * factor + summand, d = d * factor + summand;
      e = e * factor + summand, f = f * factor + summand, g = g * factor + summand, h = h * factor + summand;
      asm volatile("" : "+" REGISTER(a), "+" REGISTER(b), "+" REGISTER(c), "+" REGISTER(d), "+" REGISTER(e), "+" REGISTER(f),
                        "+" REGISTER(g), "+" REGISTER(h));
    }
    best = std::max(best, 2.0 * rounds * chains * lanes / (cpuSeconds() - begin));
  }
  return best;
}

} // namespace

int main(int argc, char **argv) {
  size_t kibibytes = argc > 1 ? size_t(std::atol(argv[1])) : 256;
  std::printf("{\"bytes_per_s\": %.4g, \"flops_per_s\": %.4g}\n", bandwidth(kibibytes << 10), operations());
}
