#include "kernels/math.h"
#include "runtime/optimise/cma_covariance.h"
#include "runtime/optimise/make.h"
#include "runtime/optimise/random.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace bdc::runtime::optimise {
namespace {

using Vector = Eigen::VectorXd;

/// The parameters of N. Hansen, "The CMA Evolution Strategy: A Tutorial" (arXiv:1604.00772), table 1.
struct Strategy {
  int64_t lambda, mu;
  Vector weights; ///< of ranks, the last ones negative
  double mueff, cSigma, dSigma, cc, c1, cmu, expected;

  Strategy(int64_t n, int64_t population, bool isDiagonal) : lambda(population), mu(population / 2), weights(population) {
    const auto d = static_cast<double>(n);
    for (int64_t i = 0; i < lambda; ++i)
      weights(i) = kernels::log((static_cast<double>(lambda) + 1) / 2) - kernels::log(static_cast<double>(i + 1));
    auto head = weights.head(mu), tail = weights.tail(lambda - mu);
    auto effective = [](const auto &w) { return w.sum() * w.sum() / w.squaredNorm(); };
    mueff = effective(head);
    const double mueffMinus = effective(tail);
    cSigma = (mueff + 2) / (d + mueff + 5);
    dSigma = 1 + 2 * std::max(0.0, kernels::sqrt((mueff - 1) / (d + 1)) - 1) + cSigma;
    cc = (4 + mueff / d) / (d + 4 + 2 * mueff / d);
    // A diagonal has fewer numbers to learn (Ros and Hansen, PPSN 2008).
    const double faster = isDiagonal ? (d + 2) / 3 : 1;
    c1 = std::min(1.0, faster * 2 / ((d + 1.3) * (d + 1.3) + mueff));
    cmu = std::min(1 - c1, faster * 2 * (0.25 + mueff + 1 / mueff - 2) / ((d + 2) * (d + 2) + mueff));
    expected = kernels::sqrt(d) * (1 - 1 / (4 * d) + 1 / (21 * d * d));
    head /= head.sum();
    double least = std::min(1 + c1 / cmu, 1 + 2 * mueffMinus / (mueff + 2));
    least = std::min(least, (1 - c1 - cmu) / (d * cmu));
    double negative = 0;
    for (const double w : weights)
      negative += std::min(0.0, w);
    for (double &w : tail)
      w = w < 0 ? -std::max(0.0, least) * w / negative : 0;
  }
};

class CmaEs : public Optimiser {
public:
  CmaEs(const Method &method, const Problem &problem)
      : n(problem.dimension()),
        isDiagonal(method.word("covariance") == "diagonal"),
        firstSigma(method.number("sigma")),
        restarts(method.whole("restarts")),
        population(std::isnan(method.number("population"))
                       ? 4 + static_cast<int64_t>(3 * kernels::log(static_cast<double>(problem.dimension())))
                       : method.whole("population")),
        draws(problem.seed, "cma_es"),
        start(Eigen::Map<const Vector>(problem.start.data(), n)),
        strategy(n, population, isDiagonal),
        covariance(n, isDiagonal),
        points{n} {
    begin(start);
  }

  int64_t batch() const override { return population << restarts; }
  std::string ended() const override { return over; }

  /// The start by itself, so that it is known what was won; then generations.
  const Points &ask() override {
    if (!points.values.empty())
      return points;
    if (total < 0) {
      points.add({start.data(), static_cast<size_t>(n)});
      return points;
    }
    for (int64_t k = 0; k < strategy.lambda; ++k) {
      const Vector x = mean + sigma * step(k);
      points.add({x.data(), static_cast<size_t>(n)});
    }
    return points;
  }

  Status tell(const Answers &answers) override {
    points.values.clear();
    if (total < 0) {
      ++total;
      return {};
    }
    std::vector<int64_t> order(answers.losses.size());
    std::iota(order.begin(), order.end(), 0);
    auto rank = [&](int64_t k) {
      const double loss = answers.losses[k];
      return std::pair(std::isfinite(loss) ? loss : std::numeric_limits<double>::infinity(), k);
    };
    std::sort(order.begin(), order.end(), [&](int64_t a, int64_t b) { return rank(a) < rank(b); });
    const double best = rank(order.front()).first, worst = rank(order.back()).first;
    if (!std::isfinite(best))
      return allFailed();
    failed = 0;
    update(order);
    ++generation;
    ++total;
    const int64_t every =
        std::max<int64_t>(1, static_cast<int64_t>(1 / (10 * static_cast<double>(n) * (strategy.c1 + strategy.cmu))));
    std::string why;
    if (generation % every == 0 && !covariance.decompose())
      why = "the covariance has no root any more";
    recent.push_back(best);
    if (static_cast<int64_t>(recent.size()) > window())
      recent.erase(recent.begin());
    if (why.empty())
      why = exhausted(best, worst);
    if (!why.empty())
      restartOrEnd(why);
    return {};
  }

  void exchange(Exchange &x) override {
    x("total", total);
    x("generation", generation);
    x("restart", restart);
    x("failed", failed);
    x("sigma", sigma);
    x("recent", recent);
    bool isOver = !over.empty();
    x("over", isOver);
    if (isOver)
      over = "it had ended";
    for (auto [name, vector] : {std::pair{"mean", &mean}, std::pair{"path", &path}, std::pair{"sigma_path", &sigmaPath}}) {
      std::vector<double> values(vector->begin(), vector->end());
      x(name, values);
      if (static_cast<int64_t>(values.size()) == n)
        std::copy(values.begin(), values.end(), vector->begin());
    }
    covariance.exchange(x);
    if (!x.isSaving())
      strategy = Strategy(n, population << restart, isDiagonal);
    points.values.clear();
  }

private:
  void begin(const Vector &from) {
    mean = from;
    sigma = firstSigma;
    path = sigmaPath = Vector::Zero(n);
    covariance = CmaCovariance(n, isDiagonal);
    strategy = Strategy(n, population << restart, isDiagonal);
    recent.clear();
    generation = 0;
  }

  /// Member k of this generation, without the mean and sigma: drawn again where it is needed.
  Vector step(int64_t k) const {
    Vector z(n);
    for (int64_t i = 0; i < n; ++i)
      z(i) = draws.normal(total, k * n + i);
    return covariance.root(z);
  }

  Status allFailed() {
    if (++failed > 20)
      return Error{ErrorKind::numeric, fmt::format("no point of the last {} generations has a finite loss", failed),
                   "start elsewhere, narrow the intervals, or lower `sigma`"};
    ++total;
    sigma *= 0.5;
    return {};
  }

  void update(const std::vector<int64_t> &order) {
    const Strategy &s = strategy;
    Eigen::MatrixXd steps(n, s.lambda + 1); // by rank, and the path
    for (int64_t i = 0; i < s.lambda; ++i)
      steps.col(i) = step(order[i]);
    Vector moved = Vector::Zero(n);
    for (int64_t i = 0; i < s.mu; ++i)
      moved += s.weights(i) * steps.col(i);
    mean += sigma * moved;
    sigmaPath = (1 - s.cSigma) * sigmaPath + kernels::sqrt(s.cSigma * (2 - s.cSigma) * s.mueff) * covariance.whitened(moved);
    const double length = sigmaPath.norm();
    const double forgotten = kernels::exp(2 * static_cast<double>(generation + 1) * kernels::log1p(-s.cSigma));
    const bool isShort = length / kernels::sqrt(1 - forgotten) < (1.4 + 2 / (static_cast<double>(n) + 1)) * s.expected;
    path = (1 - s.cc) * path + (isShort ? kernels::sqrt(s.cc * (2 - s.cc) * s.mueff) : 0) * moved;
    Vector weights(s.lambda + 1);
    for (int64_t i = 0; i < s.lambda; ++i) {
      const double w = s.weights(i), d = static_cast<double>(n);
      weights(i) = s.cmu * w * (w < 0 ? d / std::max(covariance.whitened(steps.col(i)).squaredNorm(), 1e-300) : 1);
    }
    weights(s.lambda) = s.c1;
    steps.col(s.lambda) = path;
    const double missed = isShort ? 0 : s.c1 * s.cc * (2 - s.cc);
    covariance.update(1 + missed - s.c1 - s.cmu * s.weights.sum(), weights, steps);
    sigma *= kernels::exp(std::min(1.0, s.cSigma / s.dSigma * (length / s.expected - 1)));
  }

  int64_t window() const { return 10 + (30 * n + strategy.lambda - 1) / strategy.lambda; }

  /// The tutorial's rules, appendix B.3.
  std::string exhausted(double best, double worst) const {
    const auto [low, high] = std::minmax_element(recent.begin(), recent.end());
    if (static_cast<int64_t>(recent.size()) >= window() && std::max(*high, worst) - std::min(*low, best) < 1e-12)
      return "the loss changes no more";
    bool isStill = true;
    for (int64_t i = 0; i < n && isStill; ++i)
      isStill =
          sigma * kernels::sqrt(covariance.variance(i)) < 1e-12 * firstSigma && sigma * std::fabs(path(i)) < 1e-12 * firstSigma;
    if (isStill)
      return "the coordinates change no more";
    if (covariance.condition() > 1e14)
      return "the loss is too flat in one direction next to another";
    if (!std::isfinite(sigma) || sigma * covariance.longestAxis() > 1e8 * firstSigma)
      return "the search diverges";
    return {};
  }

  void restartOrEnd(const std::string &why) {
    if (restart == restarts) {
      over = why;
      return;
    }
    ++restart;
    Vector from = start;
    for (int64_t i = 0; i < n; ++i)
      from(i) += 2 * firstSigma * draws.normal(total, i, 1);
    begin(from);
  }

  int64_t n;
  bool isDiagonal;
  double firstSigma;
  int64_t restarts, population;
  Draws draws;
  Vector start;

  Strategy strategy;
  Vector mean, path, sigmaPath;
  CmaCovariance covariance;
  double sigma = 1;
  int64_t total = -1; ///< generations of all runs; -1: the start is still to be looked at
  int64_t generation = 0, restart = 0, failed = 0;
  std::vector<double> recent; ///< best losses of the last generations
  Points points;
  std::string over;
};

} // namespace

std::unique_ptr<Optimiser> makeCmaEs(const Method &method, const Problem &problem) {
  return std::make_unique<CmaEs>(method, problem);
}

} // namespace bdc::runtime::optimise
