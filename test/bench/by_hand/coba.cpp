// The balanced networks of docs/examples/coba.bd and cuba.bd, specialised by hand, one thread: the yardstick for generated code.
//
//   g++ -O3 -march=native -mprefer-vector-width=512 -ffast-math -DREAL=double coba.cpp -o coba && ./coba N [seconds]
//   … -DCUBA for current-based synapses (weights 1.62 and -9 mV, rest at -49 mV)
//
// Exponential Euler with the exact phi (expm1), refractoriness in whole steps, one list of spikes per step, delivery row by row.
#include "common.h"

#include <random>

namespace {

constexpr double dt = 0.1, tauExcitation = 5, tauInhibition = 10, tauMembrane = 20;
constexpr int refractorySteps = 50, inDegree = 80, block = 2048;

struct Network {
  int n, excitatory;
  std::vector<uint32_t> offset, target;
  real *v, *ge, *gi;
  uint8_t *fired;
  int32_t *refractory;
};

/// Random connections with the gaps between them drawn from the geometric distribution.
Network build(int n) {
  Network net{n, n * 4 / 5, {}, {}, newArray<real>(n), newArray<real>(n), newArray<real>(n), newArray<uint8_t>(n + 64), newArray<int32_t>(n)};
  std::mt19937_64 random(1);
  std::geometric_distribution<int> gap(double(inDegree) / n);
  net.offset.reserve(n + 1);
  net.target.reserve(size_t(n) * inDegree * 21 / 20);
  for (int i = 0; i < n; ++i) {
    net.offset.push_back(uint32_t(net.target.size()));
    for (long j = gap(random); j < n; j += 1 + gap(random))
      net.target.push_back(uint32_t(j));
  }
  net.offset.push_back(uint32_t(net.target.size()));
  std::normal_distribution<double> start(-55, 2);
  for (int i = 0; i < n; ++i)
    net.v[i] = real(start(random));
  return net;
}

/// The state of one neuron after a step, before its threshold is looked at.
inline real advance(real v, real ge, real gi) {
#ifdef CUBA
  const real decay = std::exp(real(-dt / tauMembrane));
  real steady = real(-49) + ge + gi;
  return steady + (v - steady) * decay;
#else
  real slope = real(-1) - ge - gi;                                // d(tau v')/dv
  real change = real(-40) - v - ge * v + gi * (real(-80) - v);    // tau v'; -60 + 20 mV of drive
  real z = slope * real(dt / tauMembrane);                        // < 0: phi has no singularity to remove
  return v + real(dt / tauMembrane) * (std::expm1(z) / z) * change;
#endif
}

void update(Network &net, int from, int to) {
  real *__restrict v = net.v, *__restrict ge = net.ge, *__restrict gi = net.gi;
  uint8_t *__restrict fired = net.fired;
  int32_t *__restrict refractory = net.refractory;
  const real decayE = std::exp(real(-dt / tauExcitation)), decayI = std::exp(real(-dt / tauInhibition));
#pragma GCC ivdep
  for (int i = from; i < to; ++i) {
    real next = advance(v[i], ge[i], gi[i]);
    int held = refractory[i];
    next = held > 0 ? v[i] : next;
    bool fires = next > real(-50);
    fired[i] = fires;
    v[i] = fires ? real(-60) : next;
    refractory[i] = fires ? refractorySteps : held > 0 ? held - 1 : 0;
    ge[i] *= decayE;
    gi[i] *= decayI;
  }
}

/// Appends the elements whose flag is up; eight flags are looked at in one word.
int collect(const Network &net, int from, int to, uint32_t *list, int count) {
  for (int i = from; i < to; i += 64) {
    const uint64_t *words = reinterpret_cast<const uint64_t *>(net.fired + i);
    if (!(words[0] | words[1] | words[2] | words[3] | words[4] | words[5] | words[6] | words[7]))
      continue;
    for (int k = i; k < i + 64 && k < to; ++k)
      if (net.fired[k])
        list[count++] = uint32_t(k);
  }
  return count;
}

long deliver(Network &net, const uint32_t *list, int count) {
#ifdef CUBA
  const real weightE = real(1.62), weightI = real(-9);
#else
  const real weightE = real(0.6), weightI = real(6.7);
#endif
  long events = 0;
  for (int s = 0; s < count; ++s) {
    uint32_t source = list[s], begin = net.offset[source], end = net.offset[source + 1];
    real *state = int(source) < net.excitatory ? net.ge : net.gi;
    real weight = int(source) < net.excitatory ? weightE : weightI;
    for (uint32_t k = begin; k < end; ++k)
      state[net.target[k]] += weight;
    events += end - begin;
  }
  return events;
}

} // namespace

int main(int argc, char **argv) {
  int n = argc > 1 ? std::atoi(argv[1]) : 4000;
  long steps = std::lround((argc > 2 ? std::atof(argv[2]) : 1) * 1000 / dt);
  double begin = cpuSeconds();
  Network net = build(n);
  double built = cpuSeconds() - begin, updating = 0, delivering = 0;
  std::vector<uint32_t> list(n);
  long events = 0, spikes = 0;
  begin = cpuSeconds();
  for (long step = 0; step < steps; ++step) {
    double a = wallSeconds();
    int count = 0;
    for (int from = 0; from < n; from += block) { // a block's flags are still in the cache when they are looked at
      int to = from + block < n ? from + block : n;
      update(net, from, to);
      count = collect(net, from, to, list.data(), count);
    }
    double b = wallSeconds();
    events += deliver(net, list.data(), count);
    spikes += count;
    updating += b - a;
    delivering += wallSeconds() - b;
  }
  double run = cpuSeconds() - begin, share = run / (updating + delivering);
  std::printf("{\"n\": %d, \"build_s\": %.6f, \"run_s\": %.6f, \"rate_hz\": %.3f, \"events\": %ld, \"ns_per_neuron_step\": %.4f, "
              "\"ns_per_event\": %.4f}\n",
              n, built, run, double(spikes) / n / (double(steps) * dt * 1e-3), events, share * updating / double(steps) / n * 1e9,
              events ? share * delivering / double(events) * 1e9 : 0);
}
