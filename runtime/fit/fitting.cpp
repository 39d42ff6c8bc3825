#include "runtime/fit/fitting.h"

#include "runtime/clock.h"
#include "runtime/fit/body.h"
#include "runtime/memory/limits.h"
#include "runtime/optimise/summary.h"
#include "runtime/simulate/files.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <filesystem>

namespace bdc::runtime {
namespace {

using Clock = std::chrono::steady_clock;

} // namespace

Fitting::Fitting(std::unique_ptr<Body> body) : body(std::move(body)) {}
Fitting::~Fitting() = default;

Result<std::unique_ptr<Fitting>> Fitting::create(std::shared_ptr<const Program> program, Options options, FitWishes wishes) {
  auto inside = std::make_unique<Body>();
  auto lanes = FitLanes::create(program, options, wishes.gradient);
  if (!lanes)
    return lanes.error();
  inside->lanes = std::move(*lanes);
  inside->program = std::move(program);
  inside->options = std::move(options);
  inside->wishes = std::move(wishes);
  return std::unique_ptr<Fitting>(new Fitting(std::move(inside)));
}

Status Fitting::set(std::string_view name, double coherent) {
  body->sets.emplace_back(name, coherent);
  return body->lanes->set(name, coherent);
}

Status Fitting::setElements(std::string_view name, std::span<const double> values) {
  body->elements[std::string(name)].assign(values.begin(), values.end());
  return body->lanes->setElements(name, values);
}

Result<MemoryPlan> Fitting::plan() { return body->plan(); }
Result<RunState> Fitting::run() { return body->run(); }
Status Fitting::finish() { return body->finish(); }
const Results &Fitting::results() const { return body->results; }
Simulation &Fitting::candidate() { return body->lanes->first(); }
const Simulation *Fitting::fitted() const { return body->model.get(); }

/// The parameters from their starts, and the method.
Status Fitting::Body::begin() {
  Result<FitProblem> problem = fitProblem(lanes->first());
  if (!problem)
    return problem.error();
  std::vector<int64_t> sizes;
  for (const optimise::Parameter &p : problem->parameters)
    sizes.push_back(static_cast<int64_t>(p.start.size()));
  lanes->setSizes(sizes);
  elementCounts = std::move(sizes);
  if (problem->options.method.info().usesGradient)
    if (const Result<std::vector<size_t>> parts = gradientsOf(program->descriptor); !parts)
      return parts.error();
  auto parameters = optimise::Parameters::create(std::move(problem->parameters), problem->options.method.info().space);
  if (!parameters)
    return parameters.error();
  problem->options.seed = options.seed;
  problem->options.progress = wishes.progress;
  problem->options.interrupt = options.interrupt;
  auto made = optimise::Fit::create(std::move(*parameters), std::move(problem->options));
  if (!made)
    return made.error();
  fit = std::move(*made);
  if (wishes.continued.empty())
    return {};
  const Result<optimise::State> state = optimise::readState(wishes.continued);
  return state ? fit->restore(*state) : Status(state.error());
}

/// Candidates side by side; for their uncertainty gradients are wanted too.
Result<MemoryPlan> Fitting::Body::plan() {
  if (Status s = begin(); !s)
    return s.error();
  return lanes->plan(fit->batch(), fit->usesGradient());
}

/// The history and the state; then the recordings of the fitted model. A file that is gone on with is replaced when the new one can take its place.
Status Fitting::Body::open() {
  if (options.output.empty())
    return {};
  std::error_code ignored;
  const bool isSame = !wishes.continued.empty() && std::filesystem::equivalent(options.output, wishes.continued, ignored);
  const std::string path = isSame ? options.output + ".next" : options.output;
  Result<std::unique_ptr<h5::File>> made = h5::File::create(path);
  if (!made)
    return made.error();
  file = std::move(*made);
  const Results &first = lanes->first().results();
  RunLabel label{first.hash, first.experiment, first.network, options.version, first.precision, options.command};
  OutputFile::describe(*file, label);
  file->attribute(0, "seed", options.seed);
  file->attribute(0, "complete", h5::truth, 0);
  writer.emplace(*file, *fit);
  if (Status s = save(/*force=*/true); !s)
    return s;
  if (!isSame)
    return {};
  std::error_code failed;
  std::filesystem::rename(path, options.output, failed);
  return failed ? Status(Error{ErrorKind::output, fmt::format("cannot write {}: {}", options.output, failed.message()), {}}) : Status();
}

/// Not after every step: each copy of the state takes its place in the file.
Status Fitting::Body::save(bool force) {
  if (!file || (!force && secondsSince(saved) < options.flushSeconds))
    return {};
  saved = Clock::now();
  if (Status s = writer->write(); !s)
    return s;
  return file->commit();
}

Result<RunState> Fitting::Body::run() {
  const auto start = Clock::now();
  const std::clock_t cpuStart = std::clock();
  if (Status s = mayWrite(options, program->descriptor); !s)
    return s.error();
  Result<MemoryPlan> planned = plan();
  if (!planned)
    return planned.error();
  if (Status s = checkPlan(*planned, options.maxMemory); !s)
    return s.error();
  if (Status s = open(); !s)
    return s.error();
  const optimise::Evaluate evaluate = [this](const optimise::Points &values, bool gradients) {
    Result<optimise::Answers> answers = lanes->evaluate(values, gradients);
    if (answers && gradients)
      hear(answers->gradients);
    return answers;
  };
  Result<optimise::FitEnd> ended = fit->run(evaluate, [this] { return save(/*force=*/false); });
  if (!ended) {
    (void)save(/*force=*/true); // the first trouble is the one to tell
    Error error = ended.error();
    if (!lanes->failure().empty() && error.kind == ErrorKind::numeric)
      error.message += ": " + lanes->failure();
    return error;
  }
  if (Status s = conclude(*ended, evaluate); !s)
    return s.error();
  const bool interrupted = ended->reason == optimise::Stop::interrupt;
  Result<RunState> state = interrupted ? Result<RunState>(RunState::interrupted) : simulate();
  gather(*planned);
  results.run_s = secondsSince(start) - results.build_s;
  results.run_cpu_s = static_cast<double>(std::clock() - cpuStart) / CLOCKS_PER_SEC;
  results.interrupted = interrupted || (state && *state == RunState::interrupted);
  return state;
}

/// Which parameters have had a derivative.
void Fitting::Body::hear(const optimise::Points &gradients) {
  felt.resize(elementCounts.size());
  for (int64_t candidate = 0; candidate < gradients.count(); ++candidate) {
    auto at = gradients[candidate].begin();
    for (size_t p = 0; p < felt.size(); at += elementCounts[p++])
      felt[p] = felt[p] || std::any_of(at, at + elementCounts[p], [](double slope) { return slope != 0; });
  }
}

/// Uncertainty where it is wanted, the summary, and what of it belongs into the file.
Status Fitting::Body::conclude(const optimise::FitEnd &end, const optimise::Evaluate &evaluate) {
  std::optional<optimise::Uncertainty> uncertainty;
  std::string note;
  const bool isUncertain = program->descriptor.fit->uncertainty;
  if (end.reason == optimise::Stop::interrupt)
    unseen = "the fit was interrupted";
  else if (fit->best().step < 0)
    unseen = "no loss was finite";
  else if (isUncertain || !options.report.empty()) { // a whole run, which nobody else needs
    if (Result<ObjectiveParts> made = lookAgain(); made)
      parts = std::move(*made);
    else
      unseen = "the objective failed with the best values: " + made.error().message;
    if (!parts)
      note = (isUncertain ? "no uncertainty: " : "") + unseen;
  }
  if (parts && isUncertain) {
    if (Result<optimise::Uncertainty> made = uncertain(evaluate); made)
      uncertainty = std::move(*made);
    else
      note = "no uncertainty: " + made.error().message;
  }
  summary = optimise::summaryOf(*fit, end, uncertainty ? &*uncertainty : nullptr);
  if (!note.empty())
    summary.notes.push_back(note);
  for (size_t p = 0; p < felt.size(); ++p)
    if (!felt[p])
      summary.notes.push_back(fmt::format("`{}` has not changed the objective: its derivative was 0 in every step", fit->parameters().list()[p].name));
  const std::string sides = lanes->sideBySide() > 1 ? fmt::format(", {} candidates side by side", lanes->sideBySide()) : "";
  summary.way = fit->usesGradient() ? fmt::format("gradients in reverse mode{}: {}", sides, lanes->wayBack().text() + program->descriptor.unseenText())
                                      : fmt::format("losses alone{}", sides);
  if (!file)
    return {};
  if (Status s = writer->finish(end, uncertainty ? &*uncertainty : nullptr); !s)
    return s;
  return file->commit();
}

/// The objective once more with the best values: what it compares.
Result<ObjectiveParts> Fitting::Body::lookAgain() {
  if (Status s = FitLanes::apply(lanes->first(), fit->best().values, elementCounts); !s)
    return s.error();
  return lanes->first().objectiveParts();
}

/// The Hessian itself, where the program has second derivatives.
Result<optimise::Curvature> Fitting::Body::curvatureByProducts(std::shared_ptr<const Program> second, const optimise::Evaluate &evaluate) {
  Result<std::unique_ptr<FitLanes>> twice = FitLanes::create(std::move(second), options, wishes.gradient);
  if (!twice)
    return twice.error();
  for (const auto &[name, value] : sets)
    if (Status s = (*twice)->set(name, value); !s)
      return s.error();
  for (const auto &[name, values] : elements)
    if (Status s = (*twice)->setElements(name, values); !s)
      return s.error();
  (*twice)->setSizes(elementCounts);
  const std::vector<double> &best = fit->best().values;
  const Result<optimise::Answers> first = evaluate(optimise::Points{static_cast<int64_t>(best.size()), best}, /*gradients=*/true);
  if (!first)
    return first.error();
  return optimise::Curvature::fromProducts(*fit, first->gradients.values,
                                           [&](const optimise::Points &directions) { return (*twice)->products(best, directions); });
}

Result<optimise::Curvature> Fitting::Body::curvature(const optimise::Evaluate &evaluate) {
  withoutSecond.clear();
  if (wishes.second) {
    if (Result<std::shared_ptr<const Program>> second = wishes.second(); second)
      return curvatureByProducts(std::move(*second), evaluate);
    else
      withoutSecond = second.error().message;
  }
  Result<MemoryPlan> planned = lanes->plan(2 * fit->parameters().dimension(), /*gradients=*/true);
  if (!planned)
    return planned.error();
  if (Status s = checkPlan(*planned, options.maxMemory); !s)
    return s.error();
  const auto batch = static_cast<int64_t>(std::max<size_t>(1, lanes->sideBySide()));
  constexpr double overCorners = 1e-2;
  return optimise::Curvature::fromGradients(*fit, evaluate, batch, overCorners);
}

Result<optimise::Uncertainty> Fitting::Body::uncertain(const optimise::Evaluate &evaluate) {
  if (const Result<std::vector<size_t>> gradients = gradientsOf(program->descriptor); !gradients)
    return Error{ErrorKind::input, "the program has no gradient", {}};
  const Result<optimise::Curvature> curvature = this->curvature(evaluate);
  if (!curvature)
    return curvature.error();
  double scale = 1;
  if (parts->residuals > 0)
    scale = optimise::covarianceScale(parts->isRoot ? optimise::LossKind::rootMeanSquare : optimise::LossKind::meanSquare,
                                      fit->best().loss - fit->best().penalty, parts->residuals, fit->parameters().dimension());
  optimise::Uncertainty uncertainty = optimise::laplace(*fit, *curvature, scale);
  if (!withoutSecond.empty())
    uncertainty.notes.push_back("the Hessian is made of differences of gradients: " + withoutSecond);
  return uncertainty;
}

/// One run with the best values, into the same file.
Result<RunState> Fitting::Body::simulate() {
  if (fit->best().step < 0)
    return RunState::done;
  Options own = options;
  own.output.clear();
  own.report.clear();
  Result<std::unique_ptr<Simulation>> made = Simulation::create(program, std::move(own));
  if (!made)
    return made.error();
  model = std::move(*made);
  model->shareData(lanes->data());
  LanePlace place{file, 0, ""};
  place.draws = !options.report.empty();
  model->setLane(std::move(place));
  for (const auto &[name, value] : sets)
    if (Status s = model->set(name, value); !s)
      return s.error();
  for (const auto &[name, values] : elements)
    if (Status s = model->setElements(name, values); !s)
      return s.error();
  if (Status s = FitLanes::apply(*model, fit->best().values, elementCounts); !s)
    return s.error();
  if (Status s = model->prepare(); !s)
    return s.error();
  Result<RunState> state = model->run();
  if (Status finished = model->finish(); !finished && state)
    return finished.error();
  return state;
}

void Fitting::Body::gather(const MemoryPlan &planned) {
  results = model ? model->results() : lanes->first().results();
  results.outputs.clear();
  if (file)
    results.outputs.push_back(options.output);
  results.fit = summary;
  results.planned_bytes = std::max(results.planned_bytes, planned.total());
  results.peak_bytes = peakMemory();
  results.threads = options.threads;
  for (const std::string &warning : fit->warnings())
    results.warnings.push_back(warning);
}

} // namespace bdc::runtime
