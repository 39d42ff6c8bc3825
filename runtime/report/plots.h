/// The drawings of a report. Each hears its streams while the run goes on, in memory that depends on pixels alone.
///
///   raster(spikes…)                  a mark per spike; of large populations evenly spaced elements
///   rate(spikes…, bin)               population rate in bins of `bin` (5 ms where absent)
///   trace(array | record | probe…)   lines of up to twelve elements, more than three in a lane each;
///                                    "" and "traces" mean the same
///   histogram(array | record | probe…)  over all samples and elements
///   correlation, fcd, plv, spectrum     the pictures of summaries (details.h)
#pragma once

#include "runtime/record/stream.h"

#include <memory>

namespace bdc::runtime {

/// A stream as an argument of a plot.
struct PlotInput {
  const Stream *stream = nullptr;
  std::string name; ///< of the population, or the quantity
  int64_t elements = 0;
  std::vector<std::string> labels = {}; ///< of the elements; may be empty
};

/// What all plots of a run know.
struct PlotSetting {
  double dt_ms = 0;
  int64_t firstStep = 0, steps = 0; ///< drawn range: after `discard`, to the planned end (it grows if the run goes on)
  int64_t bin = 1;                  ///< steps, for rate
};

class Plot {
public:
  virtual ~Plot() = default;
  /// The same plot of several runs of a batch.
  struct OfLane {
    std::string name; ///< of the lane: what it was given
    const Plot *plot;
    int64_t lastStep;
  };
  /// Their drawings as one; empty where each is better off alone.
  virtual std::string drawLanes(const std::vector<OfLane> &) const { return {}; }
  /// What that drawing has below it besides; may be empty.
  virtual std::string captionOfLanes(const std::vector<OfLane> &) const { return {}; }
  /// The listener of the input with this number.
  virtual std::shared_ptr<Listener> input(int index) = 0;
  /// The drawing of everything up to `lastStep`.
  virtual std::string draw(int64_t lastStep) const = 0;
  /// A line below it, e.g. how many elements are shown; may be empty.
  virtual std::string caption() const { return {}; }
};

struct PlotFunction {
  const char *name;
  bool ofSpikes;
  std::unique_ptr<Plot> (*make)(const std::vector<PlotInput> &inputs, const PlotSetting &setting);
};

/// Null where there is none of that name.
const PlotFunction *findPlot(std::string_view name);

std::unique_ptr<Plot> makeRaster(const std::vector<PlotInput> &inputs, const PlotSetting &setting);
std::unique_ptr<Plot> makeRate(const std::vector<PlotInput> &inputs, const PlotSetting &setting);
std::unique_ptr<Plot> makeTraces(const std::vector<PlotInput> &inputs, const PlotSetting &setting);
std::unique_ptr<Plot> makeHistogram(const std::vector<PlotInput> &inputs, const PlotSetting &setting);

struct ConnectomeMatrix {
  std::string name;           ///< "weight", "length (mm)"
  int64_t size = 0;
  std::vector<double> values; ///< [to][from]; NaN where there is no connection
};
/// Matrices of a connectome, side by side. `identity`: the same for the same connectome; it is held, so that no other one takes its place in memory.
std::unique_ptr<Plot> makeConnectomePlot(std::vector<ConnectomeMatrix> matrices, std::string caption, std::shared_ptr<const void> identity);

class Accumulator;
/// The picture of a summary's tables, which hears by itself. `names`: of its elements.
std::unique_ptr<Plot> makeDetailPlot(std::shared_ptr<const Accumulator> accumulator, std::vector<std::string> names);

/// Time on an x axis: seconds from two seconds on.
struct TimeAxis {
  double scale; ///< ms -> the axis
  std::string label;
  explicit TimeAxis(double span_ms) : scale(span_ms >= 2000 ? 1e-3 : 1), label(span_ms >= 2000 ? "time (s)" : "time (ms)") {}
};

} // namespace bdc::runtime
