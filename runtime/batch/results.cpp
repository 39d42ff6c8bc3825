#include "runtime/batch/results.h"

#include "runtime/simulate/results_json.h"

#include <algorithm>

namespace bdc::runtime {

size_t BatchResults::count(LaneState state) const {
  return static_cast<size_t>(std::count_if(lanes.begin(), lanes.end(), [&](const LaneResult &lane) { return lane.state == state; }));
}

std::string toJson(const BatchResults &results, bool details) {
  using detail::Json;
  constexpr const char *states[] = {"unfinished", "finished", "failed"};
  Json out = detail::jsonOf(results.total, details);
  Json &sweep = out["sweep"] = {{"parameters", Json::array()}, {"lanes", Json::array()}};
  for (const BatchParameter &parameter : results.parameters)
    sweep["parameters"].push_back({{"name", parameter.name}, {"unit", parameter.unit}});
  for (const LaneResult &each : results.lanes) {
    Json lane = {{"values", Json::array()}, {"seed", each.lane.seed}, {"state", states[static_cast<int>(each.state)]}};
    for (double value : each.lane.values)
      lane["values"].push_back(detail::number(value));
    if (!each.error.empty())
      lane["error"] = each.error;
    lane["summaries"] = detail::jsonOf(each.summaries);
    sweep["lanes"].push_back(std::move(lane));
  }
  return detail::textOf(out);
}

} // namespace bdc::runtime
