#include "kernels/math.h"
#include "runtime/optimise/make.h"
#include "runtime/optimise/rates.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace bdc::runtime::optimise {
namespace {

/// After so many halvings of one step it is smaller than a millionth of what it was.
constexpr int64_t mostHalvings = 20;

/// One step down the gradient after the other. Where a step leads to a loss that is not finite, half of it is tried.
class Descent : public Optimiser {
public:
  Descent(const Method &method, const Problem &problem)
      : rates(method, problem.steps),
        clipNorm(method.number("clip_norm")),
        clipValue(method.number("clip_value")),
        at(problem.start),
        change(problem.start.size(), 0),
        points{problem.dimension(), problem.start} {}

  bool usesGradient() const override { return true; }
  const Points &ask() override { return points; }
  std::vector<std::string> takeWarnings() override { return std::exchange(warnings, {}); }

  Status tell(const Answers &answers) override {
    if (!isFinite(answers))
      return stepBack();
    at = points.values;
    halvings = 0;
    std::vector<double> gradient = answers.gradients.values;
    clip(gradient);
    move(gradient, rates(step), at, change);
    ++step;
    for (size_t i = 0; i < at.size(); ++i)
      points.values[i] = at[i] + change[i];
    return {};
  }

  void exchange(Exchange &x) override {
    x("at", at);
    x("change", change);
    x("next", points.values);
    x("step", step);
    x("halvings", halvings);
    exchangeRule(x);
  }

protected:
  /// The change of the coordinates for this gradient.
  virtual void move(const std::vector<double> &gradient, double rate, const std::vector<double> &from,
                    std::vector<double> &change) = 0;
  virtual void exchangeRule(Exchange &x) = 0;

private:
  Status stepBack() {
    if (step == 0)
      return startFailed();
    if (++halvings > mostHalvings)
      return Error{
          ErrorKind::numeric,
          fmt::format("the loss or its gradient is not finite around the point of step {}, however small the step", step),
          "lower `rate`, set `clip_norm`, or narrow the intervals"};
    if (halvings == 1)
      warnings.push_back(
          fmt::format("step {} led to a loss or a gradient that is not finite: a smaller one was taken", step + 1));
    const double part = std::ldexp(1.0, -static_cast<int>(halvings));
    for (size_t i = 0; i < at.size(); ++i)
      points.values[i] = at[i] + part * change[i];
    return {};
  }

  void clip(std::vector<double> &gradient) const {
    if (clipValue > 0)
      for (double &g : gradient)
        g = std::clamp(g, -clipValue, clipValue);
    double sum = 0;
    for (const double g : gradient)
      sum += g * g;
    const double norm = kernels::sqrt(sum);
    if (clipNorm > 0 && norm > clipNorm)
      for (double &g : gradient)
        g *= clipNorm / norm;
  }

  Rates rates;
  double clipNorm, clipValue;
  std::vector<double> at;     ///< the last point with a finite loss
  std::vector<double> change; ///< from there to the next
  Points points;
  int64_t step = 0, halvings = 0;
  std::vector<std::string> warnings;
};

class Sgd : public Descent {
public:
  Sgd(const Method &method, const Problem &problem)
      : Descent(method, problem),
        momentum(method.number("momentum")),
        looksAhead(method.word("nesterov") == "yes"),
        velocity(problem.start.size(), 0) {}

  void move(const std::vector<double> &g, double rate, const std::vector<double> &, std::vector<double> &change) override {
    for (size_t i = 0; i < g.size(); ++i) {
      velocity[i] = momentum * velocity[i] + g[i];
      change[i] = -rate * (looksAhead ? g[i] + momentum * velocity[i] : velocity[i]);
    }
  }
  void exchangeRule(Exchange &x) override { x("velocity", velocity); }

private:
  double momentum;
  bool looksAhead;
  std::vector<double> velocity;
};

class RmsProp : public Descent {
public:
  RmsProp(const Method &method, const Problem &problem)
      : Descent(method, problem),
        average(method.number("average")),
        epsilon(method.number("epsilon")),
        momentum(method.number("momentum")),
        squares(problem.start.size(), 0),
        velocity(problem.start.size(), 0) {}

  void move(const std::vector<double> &g, double rate, const std::vector<double> &, std::vector<double> &change) override {
    for (size_t i = 0; i < g.size(); ++i) {
      squares[i] = average * squares[i] + (1 - average) * g[i] * g[i];
      velocity[i] = momentum * velocity[i] + g[i] / (kernels::sqrt(squares[i]) + epsilon);
      change[i] = -rate * velocity[i];
    }
  }
  void exchangeRule(Exchange &x) override {
    x("squares", squares);
    x("velocity", velocity);
  }

private:
  double average, epsilon, momentum;
  std::vector<double> squares, velocity;
};

class Adam : public Descent {
public:
  Adam(const Method &method, const Problem &problem, double decay)
      : Descent(method, problem),
        beta1(method.number("beta1")),
        beta2(method.number("beta2")),
        epsilon(method.number("epsilon")),
        decay(decay),
        means(problem.start.size(), 0),
        squares(problem.start.size(), 0) {}

  void move(const std::vector<double> &g, double rate, const std::vector<double> &from, std::vector<double> &change) override {
    power1 *= beta1;
    power2 *= beta2;
    for (size_t i = 0; i < g.size(); ++i) {
      means[i] = beta1 * means[i] + (1 - beta1) * g[i];
      squares[i] = beta2 * squares[i] + (1 - beta2) * g[i] * g[i];
      const double mean = means[i] / (1 - power1), square = squares[i] / (1 - power2);
      change[i] = -rate * (mean / (kernels::sqrt(square) + epsilon) + decay * from[i]);
    }
  }
  void exchangeRule(Exchange &x) override {
    x("means", means);
    x("squares", squares);
    x("power1", power1);
    x("power2", power2);
  }

private:
  double beta1, beta2, epsilon, decay;
  double power1 = 1, power2 = 1; ///< of the betas, by steps
  std::vector<double> means, squares;
};

} // namespace

std::unique_ptr<Optimiser> makeDescent(const Method &method, const Problem &problem) {
  const std::string_view name = method.info().name;
  if (name == "sgd")
    return std::make_unique<Sgd>(method, problem);
  if (name == "rmsprop")
    return std::make_unique<RmsProp>(method, problem);
  return std::make_unique<Adam>(method, problem, name == "adamw" ? method.number("decay") : 0);
}

} // namespace bdc::runtime::optimise
