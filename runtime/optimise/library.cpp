#include "runtime/optimise/make.h"

#include <fmt/format.h>
#include <nlopt.h>

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

namespace bdc::runtime::optimise {
namespace {

struct Known {
  const char *name;
  nlopt_algorithm algorithm;
};
constexpr Known algorithms[] = {{"lbfgs", NLOPT_LD_LBFGS},   {"nelder_mead", NLOPT_LN_NELDERMEAD},
                                {"subplex", NLOPT_LN_SBPLX}, {"bobyqa", NLOPT_LN_BOBYQA},
                                {"crs", NLOPT_GN_CRS2_LM},   {"direct", NLOPT_GN_DIRECT_L}};

nlopt_algorithm algorithmOf(std::string_view name) {
  return std::find_if(std::begin(algorithms), std::end(algorithms), [&](const Known &k) { return name == k.name; })->algorithm;
}

/// A call of NLopt, which blocks until it has found a minimum, on a thread of its own. It waits there for each answer.
class Call {
public:
  Call(const Method &method, const Problem &problem) : method(method), problem(problem) {}
  ~Call() {
    {
      const std::lock_guard lock(mutex);
      isOver = true;
    }
    changed.notify_all();
    if (thread.joinable())
      thread.join();
  }

  /// The next point that it wants to know the loss of; none where it has returned.
  std::optional<std::vector<double>> point() {
    if (!thread.joinable() && !outcome)
      begin();
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return isWaiting || outcome; });
    return isWaiting ? std::optional(wanted) : std::nullopt;
  }

  void answer(double value, const std::vector<double> &slope) {
    {
      const std::lock_guard lock(mutex);
      loss = value;
      gradient = slope;
      isWaiting = false;
      isAnswered = true;
    }
    changed.notify_all();
  }

  nlopt_result result() const { return *outcome; }

private:
  void begin() {
    try {
      thread = std::thread([this] { work(); });
    } catch (const std::system_error &) {
      outcome = NLOPT_OUT_OF_MEMORY;
    }
  }

  static double objective(unsigned dimension, const double *x, double *gradient, void *data) {
    Call &call = *static_cast<Call *>(data);
    std::unique_lock lock(call.mutex);
    call.wanted.assign(x, x + dimension);
    call.isWaiting = true;
    call.changed.notify_all();
    call.changed.wait(lock, [&] { return call.isAnswered || call.isOver; });
    call.isAnswered = false;
    if (call.isOver) {
      nlopt_force_stop(call.library);
      std::fill(gradient, gradient + (gradient ? dimension : 0), 0.0);
      return 0;
    }
    if (gradient)
      std::copy(call.gradient.begin(), call.gradient.end(), gradient);
    return call.loss;
  }

  void work() {
    const MethodInfo &info = method.info();
    library = nlopt_create(algorithmOf(info.name), static_cast<unsigned>(problem.dimension()));
    nlopt_set_min_objective(library, objective, this);
    nlopt_set_lower_bounds(library, problem.low.data());
    nlopt_set_upper_bounds(library, problem.high.data());
    if (info.isLocal) {
      nlopt_set_initial_step1(library, method.number("step"));
      nlopt_set_ftol_rel(library, method.number("tolerance"));
      nlopt_set_xtol_rel(library, method.number("tolerance"));
    }
    if (info.usesGradient)
      nlopt_set_vector_storage(library, static_cast<unsigned>(method.whole("memory")));
    if (std::string_view(info.name) == "crs" && !std::isnan(method.number("population")))
      nlopt_set_population(library, static_cast<unsigned>(method.whole("population")));
    nlopt_srand(static_cast<unsigned long>(problem.seed)); // of this thread
    std::vector<double> x = problem.start;
    double least = 0;
    const nlopt_result result = nlopt_optimize(library, x.data(), &least);
    nlopt_destroy(library);
    {
      const std::lock_guard lock(mutex);
      outcome = result;
    }
    changed.notify_all();
  }

  const Method method;
  const Problem problem;
  nlopt_opt library = nullptr;
  std::thread thread;
  std::mutex mutex;
  std::condition_variable changed;
  bool isWaiting = false, isAnswered = false, isOver = false; ///< for an answer; there is one; nobody wants to know any more
  std::vector<double> wanted, gradient;
  double loss = 0;
  std::optional<nlopt_result> outcome;
};

/// Its state is what it was told: told again, the library asks the same.
class Library : public Optimiser {
public:
  Library(const Method &method, const Problem &problem)
      : info(method.info()),
        method(method),
        problem(problem),
        points{problem.dimension()},
        call(std::make_unique<Call>(method, problem)) {}

  bool usesGradient() const override { return info.usesGradient; }

  const Points &ask() override {
    look();
    return points;
  }

  std::string ended() const override {
    look();
    if (!points.values.empty())
      return {};
    switch (call->result()) {
    case NLOPT_FTOL_REACHED: return "the loss changes by less than `tolerance`";
    case NLOPT_XTOL_REACHED: return "the coordinates change by less than `tolerance`";
    case NLOPT_SUCCESS: return "a minimum is reached";
    case NLOPT_ROUNDOFF_LIMITED: return "rounding errors allow no further progress";
    case NLOPT_OUT_OF_MEMORY: return "there is no memory, or no thread, for it: take fewer starts";
    default: return fmt::format("{} makes no further progress", info.name);
    }
  }

  Status tell(const Answers &answers) override {
    if (losses.empty() && !isFinite(answers) && info.isLocal)
      return startFailed();
    asked.insert(asked.end(), points.values.begin(), points.values.end());
    losses.push_back(isFinite(answers) ? answers.losses.front() : std::numeric_limits<double>::quiet_NaN());
    if (info.usesGradient)
      gradients.insert(gradients.end(), answers.gradients.values.begin(), answers.gradients.values.end());
    pass(losses.size() - 1);
    return {};
  }

  void exchange(Exchange &x) override {
    x.log("asked", problem.dimension(), asked);
    x.log("losses", 0, losses);
    if (info.usesGradient)
      x.log("gradients", problem.dimension(), gradients);
    if (x.isSaving() || !x.status())
      return;
    call = std::make_unique<Call>(method, problem);
    points.values.clear();
    for (size_t i = 0; i < losses.size(); ++i) {
      look();
      const double *recorded = asked.data() + i * problem.start.size();
      if (points.values.empty() || !std::equal(points.values.begin(), points.values.end(), recorded))
        return x.fail(inputError(fmt::format("{} does not ask for the points of the fit that is to be continued", info.name),
                                 "it was made by another version of the library NLopt, or the file is damaged"));
      pass(i);
    }
  }

private:
  void look() const {
    if (points.values.empty())
      if (auto next = call->point())
        points.values = std::move(*next);
  }

  /// Gives the library the answer with this number. A loss that is not finite becomes a wall around the best point: the
  /// library's models and line searches need numbers.
  void pass(size_t i) {
    const size_t n = problem.start.size();
    const double *x = asked.data() + i * n;
    double loss = losses[i];
    std::vector<double> gradient;
    if (info.usesGradient)
      gradient.assign(gradients.begin() + static_cast<int64_t>(i * n), gradients.begin() + static_cast<int64_t>((i + 1) * n));
    if (std::isfinite(loss)) {
      if (best < 0 || loss < losses[best])
        best = static_cast<int64_t>(i);
      worst = worst ? std::max(*worst, loss) : loss;
    } else if (best < 0) {
      loss = 1e100;
    } else {
      const double *from = asked.data() + best * static_cast<int64_t>(n);
      const double height = 2 * (*worst - losses[best]) + std::max(1e-3, std::fabs(losses[best]));
      loss = losses[best] + height;
      double square = 0;
      for (size_t k = 0; k < n; ++k)
        square += (x[k] - from[k]) * (x[k] - from[k]);
      for (size_t k = 0; k < gradient.size(); ++k)
        gradient[k] = square > 0 ? 2 * height / square * (x[k] - from[k]) : 0;
    }
    points.values.clear();
    call->answer(loss, gradient);
  }

  const MethodInfo &info;
  const Method method;
  const Problem problem;
  mutable Points points; ///< empty: to be looked for
  std::vector<double> asked, losses, gradients;
  int64_t best = -1; ///< answer
  std::optional<double> worst;
  std::unique_ptr<Call> call;
};

} // namespace

std::unique_ptr<Optimiser> makeLibrary(const Method &method, const Problem &problem) {
  return std::make_unique<Library>(method, problem);
}

} // namespace bdc::runtime::optimise
