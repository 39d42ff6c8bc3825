#include "runtime/report/heat.h"
#include "runtime/report/plots.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace bdc::runtime {
namespace {

constexpr double top = 30, side = 340, firstLeft = 44, apart = 462, barGap = 14, barWidth = 12;

/// Numbers that span decades are shown by their logarithms: else a few connections are seen and the others are not.
bool spansDecades(const std::vector<double> &values) {
  std::vector<double> sizes;
  for (double value : values) {
    if (value < 0)
      return false;
    if (value > 0)
      sizes.push_back(value);
  }
  if (sizes.empty())
    return false;
  const auto middle = sizes.begin() + static_cast<int64_t>(sizes.size() / 2);
  std::nth_element(sizes.begin(), middle, sizes.end());
  return *std::max_element(sizes.begin(), sizes.end()) > 10 * *middle;
}

class ConnectomePlot : public Plot {
public:
  ConnectomePlot(std::vector<ConnectomeMatrix> matrices, std::string text, std::shared_ptr<const void> identity)
      : matrices(std::move(matrices)), text(std::move(text)), identity(std::move(identity)) {}

  std::shared_ptr<Listener> input(int) override { return nullptr; }
  std::string caption() const override { return text; }

  std::string draw(int64_t) const override {
    std::string out = fmt::format("<svg viewBox=\"0 0 920 {:.0f}\" role=\"img\">", top + side + 34);
    double left = firstLeft;
    for (const ConnectomeMatrix &matrix : matrices) {
      out += drawOne(matrix, left);
      left += apart;
    }
    return out + "</svg>";
  }

  std::string drawLanes(const std::vector<OfLane> &lanes) const override {
    const bool same = std::all_of(lanes.begin(), lanes.end(), [&](const OfLane &lane) {
      return static_cast<const ConnectomePlot &>(*lane.plot).identity == identity;
    });
    return same ? draw(0) : "";
  }

private:
  static std::string drawOne(const ConnectomeMatrix &m, double left) {
    Table table{"matrix", "", m.size, m.size, m.values};
    const bool logarithmic = spansDecades(m.values);
    heat::Scale scale{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
    for (double &value : table.values) {
      if (logarithmic)
        value = std::log10(value);
      if (!std::isfinite(value))
        continue;
      scale.low = std::min(scale.low, value);
      scale.high = std::max(scale.high, value);
    }
    if (!logarithmic)
      scale.low = std::min(scale.low, 0.0);
    if (scale.low < 0 && !logarithmic) {
      scale.high = std::max(scale.high, -scale.low);
      scale = {-scale.high, scale.high, &png::diverging()};
    }
    if (!(scale.high > scale.low))
      scale = {scale.high < scale.low ? 0 : scale.low - 1, scale.high < scale.low ? 1 : scale.high + 1};
    return heat::matrix(table, (logarithmic ? "log₁₀ " : "") + m.name, scale, {left, top, side, side}) +
           heat::bar(scale, {left + side + barGap, top, barWidth, side});
  }

  std::vector<ConnectomeMatrix> matrices;
  std::string text;
  std::shared_ptr<const void> identity;
};

} // namespace

std::unique_ptr<Plot> makeConnectomePlot(std::vector<ConnectomeMatrix> matrices, std::string caption, std::shared_ptr<const void> identity) {
  return std::make_unique<ConnectomePlot>(std::move(matrices), std::move(caption), std::move(identity));
}

} // namespace bdc::runtime
