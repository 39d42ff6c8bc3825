#include "kernels/math.h"
#include "runtime/optimise/gaussian_process.h"
#include "runtime/optimise/make.h"
#include "runtime/optimise/random.h"

#include <fmt/format.h>
#include <nlopt.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

namespace bdc::runtime::optimise {
namespace {

/// The model's matrices have as many rows.
constexpr int64_t mostPoints = 1000;

double normalDensity(double u) { return kernels::exp(-0.5 * u * u) / kernels::sqrt(2 * std::numbers::pi); }
double normalBelow(double u) { return 0.5 * kernels::erfc(-u / std::numbers::sqrt2); }

/// log of the expected improvement on a standard normal, u·Φ(u) + φ(u), and its derivative. Far below it is φ(u)/u².
struct LogImprovement {
  double value, slope;
  explicit LogImprovement(double u) {
    if (u < -12) {
      value = -0.5 * u * u - 0.5 * kernels::log(2 * std::numbers::pi) - 2 * kernels::log(-u);
      slope = -u - 2 / u;
      return;
    }
    const double below = normalBelow(u), improvement = std::max(u * below + normalDensity(u), 1e-300);
    value = kernels::log(improvement);
    slope = below / improvement;
  }
};

struct Acquisition {
  const GaussianProcess &model;
  double goal; ///< what is to be improved
  std::vector<double> meanSlope = {}, deviationSlope = {};

  double operator()(std::span<const double> x) const {
    const auto [mean, deviation] = model.at(x);
    return LogImprovement((goal - mean) / deviation).value + kernels::log(deviation);
  }
};

double acquisitionForLibrary(unsigned n, const double *x, double *gradient, void *data) {
  Acquisition &a = *static_cast<Acquisition *>(data);
  if (!gradient)
    return a({x, n});
  const auto [mean, deviation] = a.model.at({x, n}, a.meanSlope, a.deviationSlope);
  const double u = (a.goal - mean) / deviation;
  const LogImprovement log(u);
  for (unsigned k = 0; k < n; ++k)
    gradient[k] = (-log.slope * a.meanSlope[k] + (1 - log.slope * u) * a.deviationSlope[k]) / deviation;
  return log.value + kernels::log(deviation);
}

/// Bayesian optimisation: a Gaussian process for the loss, and next points where the improvement on the best is expected to be
/// largest. The points of one step are chosen one after the other, each as if those before it had given what the model expects
/// (D. Ginsbourger, R. Le Riche, L. Carraro, 2010: "Kriging believer").
class Bayes : public Optimiser {
public:
  Bayes(const Method &method, const Problem &problem)
      : problem(problem),
        n(problem.dimension()),
        size(method.whole("batch")),
        first(std::max(size, std::isnan(method.number("initial")) ? std::max<int64_t>(8, 2 * (n + 1)) : method.whole("initial"))),
        sobol(n, problem.seed),
        draws(problem.seed, "bayes"),
        shape(GaussianProcess::firstShape(n)),
        points{n},
        tried{n} {}

  int64_t batch() const override { return size; }

  const Points &ask() override {
    if (!points.values.empty())
      return points;
    Points next{n};
    const int64_t begin = tried.count();
    if (begin < first)
      for (int64_t i = begin; i < std::min(first, begin + size); ++i)
        next.add(i == 0 ? inCube(problem.start) : spread(i));
    else
      next = chosen();
    for (int64_t i = 0; i < next.count(); ++i)
      for (int64_t k = 0; k < n; ++k)
        points.values.push_back(problem.low[k] + next[i][k] * (problem.high[k] - problem.low[k]));
    asked = next;
    return points;
  }

  Status tell(const Answers &answers) override {
    tried.values.insert(tried.values.end(), asked.values.begin(), asked.values.end());
    losses.insert(losses.end(), answers.losses.begin(), answers.losses.end());
    points.values.clear();
    const bool isKnown = std::any_of(losses.begin(), losses.end(), [](double loss) { return std::isfinite(loss); });
    if (tried.count() >= first && !isKnown)
      return Error{ErrorKind::numeric, fmt::format("none of the first {} points has a finite loss", tried.count()),
                   "narrow the intervals, or take more points at first (`initial`)"};
    return {};
  }

  std::string ended() const override {
    return tried.count() >= mostPoints ? fmt::format("its model holds {} points at most", mostPoints) : std::string();
  }

  void exchange(Exchange &x) override {
    x.log("tried", n, tried.values);
    x.log("losses", 0, losses);
    x("shape", shape);
    x("shaped", shaped);
    points.values.clear();
  }

private:
  std::vector<double> inCube(const std::vector<double> &point) const {
    std::vector<double> out;
    for (int64_t k = 0; k < n; ++k)
      out.push_back((point[k] - problem.low[k]) / (problem.high[k] - problem.low[k]));
    return out;
  }

  std::vector<double> spread(int64_t i) const {
    std::vector<double> out;
    for (int64_t k = 0; k < n; ++k)
      out.push_back(sobol(i, k));
    return out;
  }

  /// Losses as the model sees them: high ones drawn together, since only low ones matter, and failed ones as the worst.
  std::vector<double> modelled() const {
    std::vector<double> known;
    for (const double loss : losses)
      if (std::isfinite(loss))
        known.push_back(loss);
    std::sort(known.begin(), known.end());
    const double least = known.front(), middle = known[known.size() / 2] - least, scale = middle > 0 ? middle : 1;
    std::vector<double> out;
    for (const double loss : losses)
      out.push_back(kernels::log1p(((std::isfinite(loss) ? loss : known.back()) - least) / scale));
    return out;
  }

  Points chosen() {
    std::vector<double> values = modelled();
    Points known = tried, out{n};
    // With many points the shape hardly changes from step to step, and finding it is what takes long.
    if (shaped == 0 || 10 * known.count() >= 11 * shaped || known.count() < 100) {
      shape = GaussianProcess::shapeFor(known, values, shape);
      shaped = known.count();
    }
    for (int64_t i = 0; i < size; ++i) {
      const GaussianProcess model(known, values, shape);
      const std::vector<double> next = best(model, known, i);
      out.add(next);
      known.add(next);
      values.push_back(model.at(next).mean);
    }
    return out;
  }

  /// The point of the largest acquisition: the best of many, made better by L-BFGS.
  std::vector<double> best(const GaussianProcess &model, const Points &known, int64_t place) const {
    Acquisition acquisition{model, std::numeric_limits<double>::infinity()};
    int64_t incumbent = 0;
    for (int64_t i = 0; i < known.count(); ++i)
      if (const double mean = model.at(known[i]).mean; mean < acquisition.goal) {
        acquisition.goal = mean;
        incumbent = i;
      }
    const int64_t step = tried.count() * 1024 + place;
    std::vector<std::pair<double, int64_t>> order;
    Points candidates{n};
    const int64_t wide = std::min<int64_t>(256 * n, 2048), near = wide / 2;
    for (int64_t c = 0; c < wide + near; ++c) {
      std::vector<double> x(static_cast<size_t>(n));
      for (int64_t k = 0; k < n; ++k)
        x[k] = c < wide ? draws.uniform(step, c * n + k)
                        : std::clamp(known[incumbent][k] + (c % 2 ? 0.02 : 0.1) * draws.normal(step, c * n + k), 0.0, 1.0);
      order.emplace_back(-acquisition(x), c);
      candidates.add(x);
    }
    constexpr size_t refined = 4;
    std::partial_sort(order.begin(), order.begin() + refined, order.end());
    std::vector<double> out;
    double most = -std::numeric_limits<double>::infinity();
    for (size_t i = 0; i < refined; ++i) {
      const auto candidate = candidates[order[i].second];
      std::vector<double> x(candidate.begin(), candidate.end());
      const double value = climb(acquisition, x);
      if (out.empty() || value > most) {
        most = value;
        out = x;
      }
    }
    return out;
  }

  double climb(Acquisition &acquisition, std::vector<double> &x) const {
    nlopt_opt library = nlopt_create(NLOPT_LD_LBFGS, static_cast<unsigned>(n));
    const std::vector<double> before = x;
    const double first = acquisition(x);
    nlopt_set_max_objective(library, acquisitionForLibrary, &acquisition);
    nlopt_set_lower_bounds1(library, 0);
    nlopt_set_upper_bounds1(library, 1);
    nlopt_set_maxeval(library, 50);
    nlopt_set_xtol_rel(library, 1e-6);
    double reached = 0;
    nlopt_optimize(library, x.data(), &reached);
    nlopt_destroy(library);
    if (reached >= first)
      return reached;
    x = before;
    return first;
  }

  const Problem problem;
  int64_t n, size, first;
  Sobol sobol;
  Draws draws;
  GaussianProcess::Shape shape;
  int64_t shaped = 0;          ///< points that the shape was found for
  Points points, asked, tried; ///< of this step, the same and all before in the unit cube
  std::vector<double> losses;
};

} // namespace

std::unique_ptr<Optimiser> makeBayes(const Method &method, const Problem &problem) {
  return std::make_unique<Bayes>(method, problem);
}

} // namespace bdc::runtime::optimise
