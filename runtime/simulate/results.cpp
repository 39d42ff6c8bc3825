#include "runtime/simulate/results.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace bdc::runtime {
namespace {

using Json = nlohmann::ordered_json;

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

/// Counts without a decimal point.
Json factOf(double value) {
  const bool isCount = value == std::floor(value) && std::abs(value) < 1e15;
  return isCount ? Json(static_cast<int64_t>(value)) : number(value);
}

} // namespace

std::string toJson(const Results &r, bool details) {
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
  out["summaries"] = Json::object();
  for (const SummaryValue &s : r.summaries) {
    Json &entry = out["summaries"][s.name] = {{"value", number(s.value)}, {"unit", s.unit}};
    for (const Fact &fact : s.facts)
      entry[fact.name] = factOf(fact.value);
    if (!s.group.empty())
      entry["group"] = s.group;
  }
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
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

} // namespace bdc::runtime
