#include "kernels/math.h"
#include "runtime/optimise/make.h"
#include "runtime/optimise/random.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace bdc::runtime::optimise {
namespace {

using Made = std::unique_ptr<Optimiser>;

/// A list of points that does not depend on the losses, batch by batch.
class Search : public Optimiser {
public:
  using Place = std::function<double(int64_t point, int64_t axis)>;

  /// `total` 0: without end.
  Search(const Problem &problem, int64_t batchSize, int64_t total, Place place)
      : batchSize(batchSize),
        total(total),
        place(std::move(place)),
        points{problem.dimension()} {}

  int64_t batch() const override { return total > 0 ? std::min(batchSize, total) : batchSize; }

  const Points &ask() override {
    points.values.clear();
    const int64_t end = total > 0 ? std::min(total, next + batchSize) : next + batchSize;
    for (int64_t point = next; point < end; ++point)
      for (int64_t axis = 0; axis < points.dimension; ++axis)
        points.values.push_back(place(point, axis));
    return points;
  }

  Status tell(const Answers &answers) override {
    next += static_cast<int64_t>(answers.losses.size());
    return {};
  }

  std::string ended() const override { return total > 0 && next >= total ? "every point has been tried" : std::string(); }
  void exchange(Exchange &x) override { x("next", next); }

private:
  int64_t batchSize, total;
  Place place;
  Points points;
  int64_t next = 0;
};

Result<Made> makeGrid(const Method &method, const Problem &problem) {
  const int64_t perAxis = method.whole("points"), batch = method.whole("batch"), n = problem.dimension();
  constexpr double mostPoints = 1e9;
  double total = 1;
  for (int64_t axis = 0; axis < n; ++axis)
    total *= static_cast<double>(perAxis);
  const auto steps = static_cast<int64_t>(std::min(mostPoints, kernels::ceil(total / static_cast<double>(batch))));
  if (total > mostPoints || steps > problem.steps)
    return inputError(
        fmt::format("a grid of {} values for each of {} coordinates has {:.4g} points, and {} steps of {} points try {}", perAxis,
                    n, total, problem.steps, batch, problem.steps * batch),
        "allow more steps, a larger `batch` or fewer `points`; for many coordinates take another method, such as sobol or "
        "cma_es");
  // The last axis runs fastest.
  std::vector<int64_t> stride(static_cast<size_t>(n), 1);
  for (int64_t axis = n - 2; axis >= 0; --axis)
    stride[axis] = stride[axis + 1] * perAxis;
  auto place = [=](int64_t point, int64_t axis) {
    const double part = static_cast<double>(point / stride[axis] % perAxis) / static_cast<double>(perAxis - 1);
    return problem.low[axis] + part * (problem.high[axis] - problem.low[axis]);
  };
  return Made(std::make_unique<Search>(problem, batch, static_cast<int64_t>(total), place));
}

} // namespace

Result<std::unique_ptr<Optimiser>> makeSearch(const Method &method, const Problem &problem) {
  const std::string_view name = method.info().name;
  if (name == "grid")
    return makeGrid(method, problem);
  // The start comes first, so that it is known what was won.
  auto place = [problem](auto &&unit) {
    return [problem, unit](int64_t point, int64_t axis) {
      return point == 0 ? problem.start[axis]
                        : problem.low[axis] + unit(point - 1, axis) * (problem.high[axis] - problem.low[axis]);
    };
  };
  const int64_t batch = method.whole("batch");
  if (name == "sobol")
    return Made(std::make_unique<Search>(problem, batch, 0, place(Sobol(problem.dimension(), problem.seed))));
  const auto drawn = [draws = Draws(problem.seed, "random search")](int64_t point, int64_t axis) {
    return draws.uniform(point, axis);
  };
  return Made(std::make_unique<Search>(problem, batch, 0, place(drawn)));
}

} // namespace bdc::runtime::optimise
