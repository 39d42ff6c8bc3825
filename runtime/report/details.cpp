#include "runtime/report/details.h"
#include "runtime/report/plots.h"
#include "runtime/report/svg.h"
#include "runtime/summarise/summarise.h"

#include <fmt/format.h>

namespace bdc::runtime {
namespace {

class DetailPlot : public Plot {
public:
  DetailPlot(std::shared_ptr<const Accumulator> accumulator, std::vector<std::string> names)
      : accumulator(std::move(accumulator)),
        names(std::move(names)) {}

  /// The accumulator hears by itself.
  std::shared_ptr<Listener> input(int) override { return nullptr; }

  std::string draw(int64_t) const override {
    const Detail detail = accumulator->detail();
    return detail.picture == Picture::spectrum ? drawSpectrum(detail) : drawMatrix(detail, names);
  }

  std::string drawLanes(const std::vector<OfLane> &lanes) const override {
    if (accumulator->detail().picture != Picture::spectrum)
      return {};
    std::vector<NamedDetail> details;
    for (const OfLane &lane : lanes)
      details.push_back({lane.name, static_cast<const DetailPlot &>(*lane.plot).accumulator->detail()});
    return drawSpectra(details);
  }

  std::string caption() const override {
    const Detail detail = accumulator->detail();
    auto fact = [&](const char *name) {
      for (const Fact &f : detail.facts)
        if (f.name == name)
          return svg::numberText(f.value);
      return std::string();
    };
    switch (detail.picture) {
    case Picture::windows:
      return fmt::format("{} windows of {} s, one every {} s", fact("windows"), seconds(detail, "window_ms"),
                         seconds(detail, "step_ms"));
    case Picture::spectrum:
      return fmt::format("Mean of {} segments of {} s{}", fact("segments"), seconds(detail, "segment_ms"),
                         names.size() > 1 ? fmt::format("; line: mean of {} elements, band: their range", names.size()) : "");
    case Picture::elements: return fmt::format("{} elements, {} samples", names.size(), fact("samples"));
    case Picture::none: return {};
    }
    return {};
  }

private:
  static std::string seconds(const Detail &detail, const char *name) {
    for (const Fact &f : detail.facts)
      if (f.name == name)
        return svg::numberText(f.value / 1000);
    return {};
  }

  std::shared_ptr<const Accumulator> accumulator;
  std::vector<std::string> names;
};

} // namespace

std::unique_ptr<Plot> makeDetailPlot(std::shared_ptr<const Accumulator> accumulator, std::vector<std::string> names) {
  return std::make_unique<DetailPlot>(std::move(accumulator), std::move(names));
}

} // namespace bdc::runtime
