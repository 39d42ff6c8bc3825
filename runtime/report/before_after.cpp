/// A table before a fit and after it, with the same colours.
#include "runtime/report/fit_plots.h"
#include "runtime/report/heat.h"
#include "runtime/report/svg.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <tuple>

namespace bdc::runtime {
namespace {

constexpr double top = 30, side = 340, firstLeft = 44, secondLeft = 436, barLeft = 796, barWidth = 12;

std::string axes(const Table &matrix, double left, double height) {
  std::string out;
  auto name = [](double tick) { return std::to_string(std::lround(tick)); };
  for (const double tick : svg::niceTicks(0, static_cast<double>(matrix.columns - 1), 5))
    out += heat::text(left + (tick + 0.5) * side / static_cast<double>(matrix.columns), top + height + 18, "middle", name(tick));
  for (const double tick : svg::niceTicks(0, static_cast<double>(matrix.rows - 1), 5))
    out += heat::text(left - 6, top + (tick + 0.5) * height / static_cast<double>(matrix.rows) + 4, "end", name(tick));
  return out;
}

} // namespace

std::string drawBeforeAfter(const Table &before, const Table &after) {
  std::vector<double> values = before.values;
  values.insert(values.end(), after.values.begin(), after.values.end());
  const heat::Scale scale = heat::scaleOf(values, std::numeric_limits<double>::infinity());
  std::string out = fmt::format("<svg viewBox=\"0 0 920 {:.0f}\" role=\"img\">", top + side + 34);
  for (const auto &[table, left, name] : {std::tuple{&before, firstLeft, "start"}, std::tuple{&after, secondLeft, "fit"}})
    out += heat::image(*table, scale, {left, top, side, side}) + axes(*table, left, side) +
           heat::text(left + side / 2, top - 10, "middle", name, " class=\"label\"");
  return out + heat::bar(scale, {barLeft, top, barWidth, side}) + "</svg>";
}

} // namespace bdc::runtime
