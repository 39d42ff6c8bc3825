/// Results as JSON values, for objects that hold more than one run. Used by the runtime alone.
#pragma once

#include "runtime/simulate/results.h"

#include <nlohmann/json.hpp>

namespace bdc::runtime::detail {

using Json = nlohmann::ordered_json;

/// Numbers that are not finite become null.
Json number(double value);
Json jsonOf(const std::vector<SummaryValue> &summaries);
Json jsonOf(const Results &results, bool details);
std::string textOf(const Json &json);

} // namespace bdc::runtime::detail
