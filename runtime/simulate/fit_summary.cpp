#include "runtime/simulate/fit_summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace bdc::runtime {
namespace {

std::string withUnit(std::string text, const std::string &unit) { return unit.empty() ? text : text + " " + unit; }

/// With as many decimals as an error of two digits has; alone where there is none.
std::string withError(double value, double error) {
  if (!std::isfinite(error) || error <= 0)
    return fmt::format("{:.6g}", value);
  const int power = static_cast<int>(std::floor(std::log10(error)));
  if (power < -7 || power > 5)
    return fmt::format("{:.6g} ± {:.2g}", value, error);
  const int decimals = std::max(0, 1 - power);
  return fmt::format("{:.{}f} ± {:.{}f}", value, decimals, error, decimals);
}

} // namespace

std::string valueText(const FittedValue &v) {
  if (v.values.empty())
    return {};
  if (v.isScalar) {
    const double error = v.errors.empty() ? 0 : v.errors[0];
    return withUnit(withError(v.values[0], error), v.unit) + (std::isnan(error) ? " (not determined)" : "");
  }
  double sum = 0;
  for (const double x : v.values)
    sum += x;
  const auto [least, most] = std::minmax_element(v.values.begin(), v.values.end());
  return withUnit(fmt::format("{} {}: mean {:.4g}, from {:.4g} to {:.4g}", v.values.size(), v.places.empty() ? "elements" : "connections",
                              sum / static_cast<double>(v.values.size()), *least, *most),
                  v.unit);
}

std::string intervalText(const FittedValue &v) {
  if (!v.isScalar || v.low.empty() || !std::isfinite(v.low[0]) || !std::isfinite(v.high[0]))
    return {};
  return withUnit(fmt::format("{:.4g} to {:.4g}", v.low[0], v.high[0]), v.unit);
}

std::vector<std::string> FitSummary::lines() const {
  std::vector<std::string> out{fmt::format("fitted by {}: loss {:.4g} -> {} in {} steps, {} evaluations{}; {}", brief.empty() ? method : brief, firstLoss,
                                           withUnit(fmt::format("{:.4g}", bestLoss), lossUnit), steps, evaluations,
                                           failures > 0 ? fmt::format(" ({} without a finite loss)", failures) : "", endText)};
  if (!way.empty())
    out.push_back("  " + way);
  size_t width = 0;
  for (const FittedValue &v : values)
    width = std::max(width, v.name.size());
  for (const FittedValue &v : values) {
    const std::string interval = intervalText(v);
    out.push_back(fmt::format("  {:{}}  {}{}", v.name, width, valueText(v), interval.empty() ? "" : " (95 %: " + interval + ")"));
  }
  for (const std::string &note : notes)
    out.push_back("  " + note);
  return out;
}

} // namespace bdc::runtime
