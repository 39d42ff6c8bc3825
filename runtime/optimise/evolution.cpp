#include "kernels/math.h"
#include "runtime/optimise/make.h"
#include "runtime/optimise/random.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace bdc::runtime::optimise {
namespace {

/// Differential evolution, "current to best, 1, bin": a trial for each member is it plus part of the way to the best and part of
/// the difference of two others, for some of the coordinates; the better of the two stays. The part is drawn anew for each
/// generation, between 0.5 and 1 (dither).
class Evolution : public Optimiser {
public:
  Evolution(const Method &method, const Problem &problem)
      : problem(problem),
        draws(problem.seed, "evolution"),
        crossover(method.number("crossover")),
        size(std::isnan(method.number("population")) ? std::clamp<int64_t>(10 * problem.dimension(), 16, 128)
                                                     : method.whole("population")),
        trials{problem.dimension()} {
    const Sobol sobol(problem.dimension(), problem.seed);
    trials.add(problem.start);
    for (int64_t i = 1; i < size; ++i)
      for (int64_t k = 0; k < trials.dimension; ++k)
        trials.values.push_back(problem.low[k] + sobol(i, k) * (problem.high[k] - problem.low[k]));
    members = trials;
    losses.assign(static_cast<size_t>(size), std::numeric_limits<double>::infinity());
  }

  int64_t batch() const override { return size; }
  const Points &ask() override { return trials; }

  Status tell(const Answers &answers) override {
    for (int64_t i = 0; i < size; ++i)
      if (std::isfinite(answers.losses[i]) && answers.losses[i] <= losses[i]) {
        losses[i] = answers.losses[i];
        std::copy_n(trials[i].begin(), trials.dimension, members[i].begin());
      }
    ++generation;
    makeTrials();
    return {};
  }

  std::string ended() const override {
    for (int64_t k = 0; k < members.dimension; ++k) {
      double low = members[0][k], high = low;
      for (int64_t i = 1; i < size; ++i) {
        low = std::min(low, members[i][k]);
        high = std::max(high, members[i][k]);
      }
      if (high - low > 1e-12 * (problem.high[k] - problem.low[k]))
        return {};
    }
    return "all members have become one";
  }

  void exchange(Exchange &x) override {
    x("members", members.values);
    x("losses", losses);
    x("trials", trials.values);
    x("generation", generation);
  }

private:
  void makeTrials() {
    const int64_t n = members.dimension, best = std::min_element(losses.begin(), losses.end()) - losses.begin();
    const double part = 0.5 + 0.5 * draws.uniform(generation, 0, 0);
    for (int64_t i = 0; i < size; ++i) {
      int64_t a = draws.index(generation, i, size - 1, 1), b = draws.index(generation, i, size - 2, 2);
      a += a >= i;
      const int64_t first = std::min(i, a), second = std::max(i, a); // b is neither
      b += b >= first;
      b += b >= second;
      const int64_t always = draws.index(generation, i, n, 3);
      for (int64_t k = 0; k < n; ++k) {
        const double x = members[i][k];
        double moved = x;
        if (k == always || draws.uniform(generation, i * n + k, 4) < crossover)
          moved += part * (members[best][k] - x) + part * (members[a][k] - members[b][k]);
        // What would leave the interval stops half-way to its end.
        moved = moved < problem.low[k]    ? 0.5 * (x + problem.low[k])
                : moved > problem.high[k] ? 0.5 * (x + problem.high[k])
                                          : moved;
        trials[i][k] = moved;
      }
    }
  }

  const Problem problem;
  const Draws draws;
  double crossover;
  int64_t size;
  Points members, trials;
  std::vector<double> losses; ///< of the members
  int64_t generation = 0;
};

} // namespace

std::unique_ptr<Optimiser> makeEvolution(const Method &method, const Problem &problem) {
  return std::make_unique<Evolution>(method, problem);
}

} // namespace bdc::runtime::optimise
