// bdc grad: the gradient of an experiment's objective. bdc gradcheck: held against central differences.
#include "tools/src/bdc/running.h"
#include "tools/src/bdc/terminal.h"

#include <algorithm>
#include <cmath>

namespace bdc::tool {

namespace {

/// Elements that are printed; of more, the largest derivatives.
constexpr size_t mostElements = 12;

std::string withUnit(double value, const std::string &unit) { return fmt::format("{:.8g}{}{}", value, unit.empty() ? "" : " ", unit); }

Json number(std::optional<double> value) { return value && std::isfinite(*value) ? Json(*value) : Json(nullptr); }

/// A simulation with everything set, and all that is wrong with it said.
std::optional<int> prepare(const RunArguments &arguments, Undertaking &run, GradientOptions &way) {
  catchInterrupts();
  uint64_t seed = arguments.seed;
  std::vector<Setting> settings;
  if (std::optional<std::vector<Error>> errors = start(arguments, run, settings, seed, /*gradient=*/true))
    return fail(*errors, run, arguments);
  runtime::ProgressLine progress(stderr, runtime::ProgressStyle::quiet);
  RunOptions options = runOptions(arguments, *run.program, seed, progress);
  options.progress = nullptr;
  options.output.clear(); // nothing is recorded
  options.report.clear();
  if (std::optional<int> failed = settle(run.simulation, run.program->simulate(std::move(options)), settings, run, arguments))
    return failed;
  way = gradientOptions(arguments);
  return std::nullopt;
}

void print(const Derivative &derivative, size_t width) {
  if (derivative.isScalar) {
    const double value = derivative.values.front();
    fmt::print("  {:{}}  {}{}\n", derivative.name, width, withUnit(value, derivative.unit), value == 0 ? "  (does not change the objective)" : "");
    return;
  }
  const std::vector<double> &values = derivative.values;
  const bool isZero = std::all_of(values.begin(), values.end(), [](double value) { return value == 0; });
  fmt::print("  {:{}}  {}{}{}\n", derivative.name, width, counted(static_cast<int64_t>(values.size()), derivative.places.empty() ? "element" : "connection"),
             derivative.unit.empty() ? "" : ", " + derivative.unit, isZero ? "  (does not change the objective)" : "");
  std::vector<size_t> order(values.size());
  for (size_t i = 0; i < order.size(); ++i)
    order[i] = i;
  if (isZero)
    return;
  if (order.size() > mostElements) {
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return std::fabs(values[a]) > std::fabs(values[b]); });
    order.resize(mostElements);
    std::sort(order.begin(), order.end());
  }
  for (size_t i : order)
    fmt::print("  {:{}}    {}  {:.8g}\n", "", width, derivative.places.empty() ? fmt::format("[{}]", i) : derivative.places.nameOf(static_cast<int64_t>(i)), values[i]);
  if (order.size() < values.size())
    fmt::print("  {:{}}    (the {} largest of {}; --json has all)\n", "", width, order.size(), values.size());
}

Json jsonOf(const Gradient &gradient) {
  Json out = {{"objective", number(gradient.objective)}, {"unit", gradient.unit},           {"parameters", Json::array()},
              {"way", gradient.way},                     {"forward_s", gradient.forward_s}, {"backward_s", gradient.backward_s}};
  for (const Derivative &derivative : gradient.derivatives) {
    Json values = Json::array();
    for (double value : derivative.values)
      values.push_back(number(value));
    out["parameters"].push_back({{"name", derivative.name}, {"unit", derivative.unit}, {"gradient", derivative.isScalar ? values[0] : values}});
    if (!derivative.places.empty())
      out["parameters"].back()["entries"] = derivative.places.at;
  }
  return out;
}

const char *nameOf(runtime::Trust trust) {
  constexpr const char *names[] = {"agrees", "no influence", "unsettled", "disagrees", "corner", "modes disagree"};
  return names[static_cast<int>(trust)];
}

Json jsonOf(const GradientCheck &check) {
  Json out = {{"max_relative_error", number(check.maxRelativeError())},
              {"max_modes_error", number(check.maxModesError())},
              {"objective", number(check.loss)},
              {"unit", check.unit},
              {"parameters", Json::array()}};
  if (!check.withoutForward.empty())
    out["without_forward"] = check.withoutForward;
  if (!check.unseen.empty())
    out["unseen"] = check.unseen;
  for (const auto &parameter : check.parameters) {
    Json derivatives = Json::array();
    for (const auto &each : parameter.derivatives)
      derivatives.push_back({{"name", each.name},
                             {"unit", each.unit},
                             {"gradient", number(each.gradient)},
                             {"forward", number(each.forward)},
                             {"modes_error", number(each.modesError)},
                             {"difference", number(each.difference)},
                             {"doubt", number(each.doubt)},
                             {"relative_error", number(each.relativeError)},
                             {"verdict", nameOf(each.trust)}});
    out["parameters"].push_back({{"name", parameter.name}, {"trusted", parameter.isTrusted()}, {"derivatives", std::move(derivatives)}});
  }
  return out;
}

/// The head of every answer, and what the command has found.
int answerWith(int status, Json found, const Undertaking &run, const RunArguments &arguments) {
  Json all = answerOf(status, {}, run, arguments);
  for (const auto &[key, value] : found.items())
    all[key] = value;
  printAnswer(all);
  return status;
}

/// "name=number" …
Result<std::vector<Direction>> directionsOf(const std::vector<std::string> &texts, const char *option) {
  std::vector<Direction> directions;
  for (const std::string &text : texts) {
    const size_t equals = text.find('=');
    char *end = nullptr;
    const double value = equals == std::string::npos ? 0 : std::strtod(text.c_str() + equals + 1, &end);
    if (!end || end == text.c_str() + equals + 1 || *end)
      return Error(runtime::inputError(fmt::format("`{}` is no direction", text), fmt::format("{} NAME=NUMBER, in the unit of the parameter", option)));
    directions.push_back({text.substr(0, equals), {value}});
  }
  return directions;
}

/// One derivative, along a direction.
int gradAlong(const RunArguments &arguments, Undertaking &run) {
  const Result<std::vector<Direction>> directions = directionsOf(arguments.along, "--along");
  if (!directions)
    return fail({directions.error()}, run, arguments);
  const Result<DirectionalDerivative> found = run.simulation->derivativeAlong(*directions, arguments.curves);
  if (!found)
    return fail({found.error()}, run, arguments);
  if (arguments.json) {
    Json curves = Json::array();
    for (const Sensitivity &curve : found->curves)
      curves.push_back({{"text", curve.text}, {"unit", curve.unit}, {"time_ms", curve.time_ms}, {"elements", curve.elements}, {"values", curve.values},
                        {"changes", curve.changes}});
    return answerWith(Exit::ok,
                      {{"objective", number(found->objective)}, {"unit", found->unit}, {"derivative", number(found->derivative)},
                       {"curves", std::move(curves)}, {"run_s", found->run_s}},
                      run, arguments);
  }
  fmt::print("objective  {}\nalong {}  {}\nforward mode: one run of {}\n", withUnit(found->objective, found->unit), fmt::join(arguments.along, ", "),
             withUnit(found->derivative, found->unit), durationText(found->run_s));
  return Exit::ok;
}

void print(const std::vector<Derivative> &derivatives) {
  size_t width = 0;
  for (const Derivative &derivative : derivatives)
    width = std::max(width, derivative.name.size());
  for (const Derivative &derivative : derivatives)
    print(derivative, width);
}

/// That a derivative is no number, where one is not.
std::optional<Error> objectionTo(const Gradient &gradient) {
  for (const Derivative &derivative : gradient.derivatives)
    for (const double value : derivative.values)
      if (!std::isfinite(value))
        return Error({runtime::ErrorKind::numeric,
                      fmt::format("the derivative by `{}` is {}", derivative.name, std::isnan(value) ? "not a number (NaN)" : "infinite"),
                      "somewhere on the way a slope has no value or is infinite (a root of 0, a reset that is computed from what it resets)"});
  return std::nullopt;
}

/// The Hessian times a direction.
int gradHessian(const RunArguments &arguments, Undertaking &run, const GradientOptions &way) {
  const Result<std::vector<Direction>> directions = directionsOf(arguments.hessian, "--hessian");
  if (!directions)
    return fail({directions.error()}, run, arguments);
  const Result<HessianProduct> found = run.simulation->hessianProduct(*directions, way);
  if (!found)
    return fail({found.error()}, run, arguments);
  const Gradient &product = found->product;
  if (std::optional<Error> objection = objectionTo(product))
    return fail({std::move(*objection)}, run, arguments);
  if (arguments.json) {
    Json out = jsonOf(product);
    out["derivative"] = number(found->derivative);
    for (Json &parameter : out["parameters"]) {
      parameter["product"] = std::move(parameter["gradient"]);
      parameter.erase("gradient");
    }
    return answerWith(Exit::ok, std::move(out), run, arguments);
  }
  fmt::print("objective  {}\nalong {}  {}\nthe Hessian times {}\n", withUnit(product.objective, product.unit), fmt::join(arguments.hessian, ", "),
             withUnit(found->derivative, product.unit), fmt::join(arguments.hessian, ", "));
  print(product.derivatives);
  fmt::print("reverse over forward mode: {}\nforwards in {}, backwards in {}\n", product.way, durationText(product.forward_s),
             durationText(product.backward_s));
  return Exit::ok;
}

} // namespace

int grad(const RunArguments &arguments) {
  Undertaking run;
  GradientOptions way;
  if (std::optional<int> failed = prepare(arguments, run, way))
    return *failed;
  if (!arguments.along.empty())
    return gradAlong(arguments, run);
  if (!arguments.hessian.empty())
    return gradHessian(arguments, run, way);
  const Result<Gradient> gradient = arguments.forward ? run.simulation->forwardGradient() : run.simulation->gradient(way);
  if (!gradient)
    return fail({gradient.error()}, run, arguments);
  if (std::optional<Error> objection = objectionTo(*gradient))
    return fail({std::move(*objection)}, run, arguments);
  if (arguments.json)
    return answerWith(Exit::ok, jsonOf(*gradient), run, arguments);
  fmt::print("objective  {}\n", withUnit(gradient->objective, gradient->unit));
  print(gradient->derivatives);
  if (arguments.forward)
    fmt::print("{}, in {}\n", gradient->way, durationText(gradient->forward_s));
  else
    fmt::print("reverse mode: {}\nforwards in {}, backwards in {}\n", gradient->way, durationText(gradient->forward_s), durationText(gradient->backward_s));
  return Exit::ok;
}

int gradcheck(const RunArguments &arguments) {
  Undertaking run;
  GradientOptions way;
  if (std::optional<int> failed = prepare(arguments, run, way))
    return *failed;
  const Result<GradientCheck> check = run.simulation->checkGradient(way);
  if (!check)
    return fail({check.error()}, run, arguments);
  const int status = check->isTrusted() ? Exit::ok : Exit::runFailed;
  if (arguments.json)
    return answerWith(status, jsonOf(*check), run, arguments);
  fmt::print("objective  {}\n", withUnit(check->loss, check->unit));
  for (const auto &parameter : check->parameters)
    for (const auto &each : parameter.derivatives)
      fmt::print("  {}: {}; {}differences say {:.8g} ± {:.1g}: {} (relative error {:.1e})\n", each.name, withUnit(each.gradient, each.unit),
                 each.modesError ? fmt::format("forward mode differs by {:.1e}; ", *each.modesError) : "", each.difference, each.doubt,
                 each.verdict(), each.relativeError);
  if (!check->withoutForward.empty())
    fmt::print("not held against forward mode: {}\n", check->withoutForward);
  for (const std::string &events : check->unseen)
    fmt::print("derivatives are without what {} would change, of which the population names no surrogate\n", events);
  for (const auto &parameter : check->parameters)
    fmt::print("{} {}\n", parameter.name, parameter.isTrusted() ? "can be trusted" : "CANNOT BE TRUSTED");
  return status;
}

} // namespace bdc::tool
