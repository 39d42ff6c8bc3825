/// Functional connectivity dynamics (Hansen et al. 2015, NeuroImage 105:525-535): the number is the mean of the matrix's upper
/// triangle, without the diagonal. `ks` and `wasserstein` compare the distributions of the upper triangles of two such matrices.
#include "runtime/objective/fcd.h"

#include "runtime/objective/distribution.h"
#include "runtime/summarise/summarise.h"
#include "runtime/summarise/triangle.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace bdc::runtime {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

/// The same windows for both arguments of a distance.
struct Plan {
  objective::Setup setup;
  objective::Windows windows;
  double interval_ms, start_ms; ///< of the samples; the time before the first one
};

class Fcd : public Accumulator {
public:
  explicit Fcd(const Plan &plan) : plan(plan), functional(plan.setup) { functional.begin({}); }

  Status hear(const RowBatch &batch) override {
    functional.hear(0, samplesOf(batch));
    return {};
  }

  /// Fewer than two windows have no correlation.
  double value(double) const override { return upperTriangle(functional.matrix(functional.done()), functional.done()).mean; }

  Detail detail() const override {
    Detail d{
        Picture::windows,
        "Pearson's correlation of the upper triangles of the correlation matrices of every two windows; the value is the mean "
        "of the upper triangle"};
    const auto &[length, step, size] = plan.windows;
    d.tables.push_back({"matrix", "", size, size, functional.matrix(size)});
    Table time{"time", "ms", size, 0, {}};
    for (int64_t w = 0; w < size; ++w)
      time.values.push_back(plan.start_ms +
                            (static_cast<double>(w * step) + (static_cast<double>(length) + 1) / 2) * plan.interval_ms);
    d.tables.push_back(std::move(time));
    const Triangle t = upperTriangle(d.tables[0].values, size);
    d.facts = {{"std", t.std},
               {"min", t.min},
               {"max", t.max},
               {"windows", static_cast<double>(std::min(functional.done(), size))},
               {"window_ms", static_cast<double>(length) * plan.interval_ms},
               {"step_ms", static_cast<double>(step) * plan.interval_ms}};
    return d;
  }

  std::string missing() const override {
    const std::string why = functional.missing();
    return why.empty() ? Accumulator::missing() : why;
  }

  int64_t bytes() const override { return functional.bytes(); }

  /// The upper triangle, smoothed; empty where there is none.
  std::vector<double> density() const {
    std::vector<double> values;
    const int64_t done = functional.done();
    const std::vector<double> all = functional.matrix(done);
    for (int64_t a = 0; a < done; ++a)
      for (int64_t b = a + 1; b < done; ++b)
        if (std::isfinite(all[a * done + b]))
          values.push_back(all[a * done + b]);
    return objective::densityOf(values);
  }

private:
  Plan plan;
  objective::Fcd<double> functional;
};

class Distance : public Accumulator {
public:
  Distance(objective::Distance distance, const Plan &first, const Plan &second)
      : distance(distance),
        sides{std::make_shared<Fcd>(first), std::make_shared<Fcd>(second)} {}

  Status hear(const RowBatch &batch) override { return sides[0]->hear(batch); }
  std::shared_ptr<Listener> second() override { return sides[1]; }
  int64_t bytes() const override { return sides[0]->bytes() + sides[1]->bytes(); }

  std::string missing() const override { return std::isnan(sides[0]->value(0)) ? sides[0]->missing() : sides[1]->missing(); }

  double value(double) const override {
    const std::vector<double> a = sides[0]->density(), b = sides[1]->density();
    return a.empty() || b.empty() ? nothing : objective::distanceOf(distance, a, b);
  }

  Detail detail() const override {
    Detail d;
    d.definition =
        distance == objective::Distance::ks
            ? "the largest distance of the cumulative distributions of two recordings' functional connectivity dynamics"
            : "the area between the cumulative distributions of two recordings' functional connectivity dynamics";
    constexpr int64_t points = objective::densityPoints;
    Table at{"points", "", points, 0, {}}, densities{"density", "", 2, points, {}};
    for (int64_t k = 0; k < points; ++k)
      at.values.push_back(objective::densityPoint(k));
    for (const auto &side : sides) {
      std::vector<double> smooth = side->density();
      smooth.resize(points, nothing);
      densities.values.insert(densities.values.end(), smooth.begin(), smooth.end());
    }
    d.tables = {std::move(at), std::move(densities)};
    for (const Fact &fact : sides[0]->detail().facts)
      if (fact.name.ends_with("_ms"))
        d.facts.push_back(fact);
    return d;
  }

private:
  objective::Distance distance;
  std::array<std::shared_ptr<Fcd>, 2> sides;
};

Result<Plan> planOf(const SummaryInput &input, size_t argument, std::string_view function) {
  objective::Setup setup = setupOf(input);
  setup.operands = {setup.operands[argument]};
  if (Status s = objective::needsTwoElements(setup.operands[0], function); !s)
    return s.error();
  const Result<objective::Windows> windows = objective::windowsOf(setup);
  if (!windows)
    return windows.error();
  const double interval = input.interval_ms();
  return Plan{setup, *windows, interval, static_cast<double>(input.discard / input.streams[0].interval) * interval};
}

Made makeDistance(const SummaryInput &input, objective::Distance distance, std::string_view function) {
  const Result<Plan> first = planOf(input, 0, function), second = planOf(input, 1, function);
  if (!first)
    return first.error();
  if (!second)
    return second.error();
  if (input.streams[1].interval != input.streams[0].interval)
    return inputError(
        fmt::format("`{}` and `{}` are not sampled at the same times", input.streams[0].text, input.streams[1].text));
  return std::shared_ptr<Accumulator>(std::make_shared<Distance>(distance, *first, *second));
}

} // namespace

Made makeFcd(const SummaryInput &input) {
  const Result<Plan> plan = planOf(input, 0, "fcd");
  if (!plan)
    return plan.error();
  return std::shared_ptr<Accumulator>(std::make_shared<Fcd>(*plan));
}

Made makeKolmogorovSmirnov(const SummaryInput &input) { return makeDistance(input, objective::Distance::ks, "ks"); }
Made makeWasserstein(const SummaryInput &input) { return makeDistance(input, objective::Distance::wasserstein, "wasserstein"); }

} // namespace bdc::runtime
