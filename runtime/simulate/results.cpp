#include "runtime/simulate/results_json.h"

#include <cmath>

namespace bdc::runtime {
namespace detail {
namespace {

/// Counts without a decimal point.
Json factOf(double value) {
  const bool isCount = value == std::floor(value) && std::abs(value) < 1e15;
  return isCount ? Json(static_cast<int64_t>(value)) : number(value);
}

Json numbersOf(const std::vector<double> &values, bool isScalar) {
  if (isScalar && values.size() == 1)
    return number(values.front());
  Json out = Json::array();
  for (const double value : values)
    out.push_back(number(value));
  return out;
}

Json jsonOf(const FitSummary &fit) {
  Json out = {{"method", fit.method}, {"first_loss", number(fit.firstLoss)}, {"best_loss", number(fit.bestLoss)},
              {"steps", fit.steps},   {"evaluations", fit.evaluations},      {"failures", fit.failures},
              {"ended", fit.ended},   {"unit", fit.lossUnit},                {"way", fit.way}};
  for (const char *part : {"values", "units", "standard_errors", "low", "high"})
    out[part] = Json::object();
  for (const FittedValue &v : fit.values) {
    out["values"][v.name] = numbersOf(v.values, v.isScalar);
    out["units"][v.name] = v.unit;
    if (!v.places.empty())
      out["entries"][v.name] = v.places.at;
    if (v.errors.empty())
      continue;
    out["standard_errors"][v.name] = numbersOf(v.errors, v.isScalar);
    out["low"][v.name] = numbersOf(v.low, v.isScalar);
    out["high"][v.name] = numbersOf(v.high, v.isScalar);
  }
  out["notes"] = fit.notes;
  return out;
}

} // namespace

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json jsonOf(const std::vector<SummaryValue> &summaries) {
  Json out = Json::object();
  for (const SummaryValue &s : summaries) {
    Json &entry = out[s.name] = {{"value", number(s.value)}, {"unit", s.unit}};
    for (const Fact &fact : s.facts)
      entry[fact.name] = factOf(fact.value);
    if (!s.group.empty())
      entry["group"] = s.group;
  }
  return out;
}

Json jsonOf(const Results &r, bool details) {
  Json out;
  out["experiment"] = r.experiment;
  out["seed"] = r.seed;
  out["precision"] = r.precision;
  out["threads"] = r.threads;
  out["steps"] = r.steps;
  out["compile_s"] = number(r.compile_s);
  out["build_s"] = number(r.build_s);
  out["run_s"] = number(r.run_s);
  out["planned_bytes"] = r.planned_bytes;
  out["peak_bytes"] = r.peak_bytes;
  out["summaries"] = jsonOf(r.summaries);
  if (r.fit)
    out["fit"] = jsonOf(*r.fit);
  out["outputs"] = r.outputs;
  out["warnings"] = r.warnings;
  if (details) {
    out["network"] = r.network;
    out["hash"] = r.hash;
    out["neurons"] = r.neurons;
    out["edges"] = r.edges;
    out["dt_ms"] = number(r.dt_ms);
    out["simulated_ms"] = number(r.simulated_ms);
    out["run_cpu_s"] = number(r.run_cpu_s);
    out["interrupted"] = r.interrupted;
  }
  return out;
}

std::string textOf(const Json &json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

} // namespace detail

std::string toJson(const Results &r, bool details) { return detail::textOf(detail::jsonOf(r, details)); }

} // namespace bdc::runtime
