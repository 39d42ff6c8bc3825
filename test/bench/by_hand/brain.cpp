// A whole brain of Hopf oscillators, all coupled to all with delays of 1 to 380 steps, specialised by hand, one thread: one simulation, or
// LANES of them side by side.
//
//   g++ -O3 -march=native -mprefer-vector-width=512 -ffast-math -DREAL=double -DLANES=1 brain.cpp -o brain && ./brain NODES STEPS
//
// Heun, the coupling held over a step; values are gathered from a ring of rows, one row per step.
#include "common.h"

#ifndef LANES
#define LANES 1
#endif

namespace {

constexpr int rows = 512;

struct Brain {
  int nodes;
  std::vector<real> weight, x, y, ring, felt;
  std::vector<int> delay;

  explicit Brain(int nodes)
      : nodes(nodes), weight(nodes * nodes), x(nodes * LANES, real(0.1)), y(nodes * LANES, real(0.05)), ring(size_t(rows) * nodes * LANES, real(0.1)),
        felt(nodes * LANES), delay(nodes * nodes) {
    for (int i = 0; i < nodes; ++i)
      for (int j = 0; j < nodes; ++j) {
        weight[i * nodes + j] = i == j ? real(0) : real((i * 37 + j * 91) % 17) / real(170);
        delay[i * nodes + j] = 1 + (i * 53 + j * 29) % 380;
      }
  }

  void couple(int step) {
    for (int i = 0; i < nodes; ++i) {
      real sum[LANES] = {};
      for (int j = 0; j < nodes; ++j) {
        const real *past = &ring[(size_t((step - delay[i * nodes + j]) & (rows - 1)) * nodes + j) * LANES];
        for (int lane = 0; lane < LANES; ++lane)
          sum[lane] += weight[i * nodes + j] * past[lane];
      }
      for (int lane = 0; lane < LANES; ++lane)
        felt[i * LANES + lane] = sum[lane];
    }
  }

  void update(int step) {
    constexpr real a = real(0.01), w = real(0.2), dt = real(0.1);
    real *row = &ring[size_t(step & (rows - 1)) * nodes * LANES];
    for (int k = 0; k < nodes * LANES; ++k) {
      real I = real(0.1) * felt[k], X = x[k], Y = y[k], r = a - X * X - Y * Y;
      real f = r * X - w * Y + I, g = r * Y + w * X;
      real X1 = X + dt * f, Y1 = Y + dt * g;
      r = a - X1 * X1 - Y1 * Y1;
      x[k] = X + dt / 2 * (f + r * X1 - w * Y1 + I);
      y[k] = Y + dt / 2 * (g + r * Y1 + w * X1);
      row[k] = x[k];
    }
  }
};

} // namespace

int main(int count, char **words) {
  Brain brain(count > 1 ? std::atoi(words[1]) : 76);
  int steps = count > 2 ? std::atoi(words[2]) : 20000;
  double begin = cpuSeconds();
  for (int step = 0; step < steps; ++step) {
    brain.couple(step);
    brain.update(step);
  }
  double seconds = cpuSeconds() - begin;
  std::printf("{\"ns_per_node_step\": %.3f, \"x0\": %.6f}\n", seconds * 1e9 / steps / brain.nodes / LANES, double(brain.x[0]));
}
