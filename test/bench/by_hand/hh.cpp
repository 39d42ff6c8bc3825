// The neuron of docs/examples/hh.bd (Traub & Miles; benchmark 3 of Brette et al. 2007) without its projections, specialised by
// hand, one thread: the yardstick for generated code with many special functions.
//
//   g++ -O3 -march=native -mprefer-vector-width=512 -ffast-math -fopenmp-simd -DREAL=double hh.cpp -o hh && ./hh N [steps]
//
// Exponential Euler; six exponentials for the gates' rates, three for the gates and one for the potential, through libmvec.
#include "common.h"

namespace {

constexpr double dt = 0.1;

inline real exprel(real x) {
  real e = std::exp(x);
  return std::fabs(x) < real(1e-3) ? real(1) + x * real(0.5) : (e - 1) / x;
}

/// x after a step of x' = a (1 - x) - b x, exactly.
inline real gate(real x, real a, real b) {
  real rate = a + b, steady = a / rate;
  return steady + (x - steady) * std::exp(real(-dt) * rate);
}

struct Neurons {
  int n;
  real *v, *m, *h, *k, *ge, *gi;
};

void update(const Neurons &neurons) {
  real *__restrict v = neurons.v, *__restrict m = neurons.m, *__restrict h = neurons.h, *__restrict k = neurons.k;
  real *__restrict ge = neurons.ge, *__restrict gi = neurons.gi;
  const real decayE = std::exp(real(-dt / 5)), decayI = std::exp(real(-dt / 10));
#pragma omp simd
  for (int i = 0; i < neurons.n; ++i) {
    real V = v[i], u = V + 63, M = m[i], H = h[i], K = k[i];
    real am = real(0.32 * 4) / exprel((13 - u) / 4), bm = real(0.28 * 5) / exprel((u - 40) / 5);
    real ah = real(0.128) * std::exp((17 - u) / 18), bh = real(4) / (1 + std::exp((40 - u) / 5));
    real ak = real(0.032 * 5) / exprel((15 - u) / 5), bk = real(0.5) * std::exp((10 - u) / 40);
    real gNa = real(20000) * M * M * M * H, gK = real(6000) * K * K * K * K, gL = 10; // nS; 200 pF
    real g = gNa + gK + gL + ge[i] + gi[i];
    real current = gNa * 50 - gK * 90 - gL * 65 - gi[i] * 80 + real(100);
    real steady = current / g;
    v[i] = steady + (V - steady) * std::exp(real(-dt / 200) * g);
    m[i] = gate(M, am, bm);
    h[i] = gate(H, ah, bh);
    k[i] = gate(K, ak, bk);
    ge[i] *= decayE;
    gi[i] *= decayI;
  }
}

real *startingAt(int n, double value) {
  real *array = newArray<real>(n);
  for (int i = 0; i < n; ++i)
    array[i] = real(value + 0.001 * i / n);
  return array;
}

} // namespace

int main(int argc, char **argv) {
  int n = argc > 1 ? std::atoi(argv[1]) : 4000;
  long steps = argc > 2 ? std::atol(argv[2]) : 2000;
  Neurons neurons{n, startingAt(n, -65), startingAt(n, 0.05), startingAt(n, 0.6), startingAt(n, 0.3), newArray<real>(n), newArray<real>(n)};
  double begin = cpuSeconds();
  for (long step = 0; step < steps; ++step)
    update(neurons);
  double seconds = cpuSeconds() - begin, sum = 0;
  for (int i = 0; i < n; ++i)
    sum += double(neurons.v[i]);
  std::printf("{\"n\": %d, \"run_s\": %.6f, \"ns_per_neuron_step\": %.4f, \"mean_v\": %.6f}\n", n, seconds, seconds / double(steps) / n * 1e9, sum / n);
}
