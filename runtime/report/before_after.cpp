/// A table before a fit and after it, with the same colours.
#include "runtime/report/fit_plots.h"
#include "runtime/report/heat.h"

#include <fmt/format.h>

#include <limits>
#include <tuple>

namespace bdc::runtime {
namespace {

constexpr double top = 30, side = 340, firstLeft = 44, secondLeft = 436, barLeft = 796, barWidth = 12;

} // namespace

std::string drawBeforeAfter(const Table &before, const Table &after) {
  std::vector<double> values = before.values;
  values.insert(values.end(), after.values.begin(), after.values.end());
  const heat::Scale scale = heat::scaleOf(values, std::numeric_limits<double>::infinity());
  std::string out = fmt::format("<svg viewBox=\"0 0 920 {:.0f}\" role=\"img\">", top + side + 34);
  for (const auto &[table, left, name] : {std::tuple{&before, firstLeft, "start"}, std::tuple{&after, secondLeft, "fit"}})
    out += heat::matrix(*table, name, scale, {left, top, side, side});
  return out + heat::bar(scale, {barLeft, top, barWidth, side}) + "</svg>";
}

} // namespace bdc::runtime
