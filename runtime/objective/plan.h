/// What an objective is made of: a graph of functionals, its leaves scalars (tables of 1 x 1).
#pragma once

#include "runtime/data/matrix.h"
#include "runtime/data/spikes.h"
#include "runtime/objective/functions.h"

#include <utility>

namespace bdc::runtime::objective {

/// What a node reads.
struct Source {
  enum class Kind {
    series, ///< a position in Plan::series
    spikes, ///< in Plan::spikes
    data,   ///< in Plan::data
    train,  ///< in Plan::trains
    node    ///< of a node before this one
  } kind = Kind::series;
  int index = 0;

  bool operator==(const Source &) const = default;
};

struct Node {
  std::string text; ///< as the user wrote it: "correlation(area.x every 700 ms)"
  std::string function;
  std::vector<Source> sources;
  std::vector<std::pair<std::string, double>> options = {}; ///< by name, in the units of Options
};

/// A table, in coherent units.
struct Data {
  Operand operand;
  std::vector<double> values;
};
/// From a file. `unit`: of its numbers; `interval_ms`: between its rows, where they are samples, else 0.
Data dataOf(MatrixData table, std::string text, const Display &unit = {}, double interval_ms = 0);

/// Spikes that are known before the run: steps after `discard` from 0 on, ascending, and elements, as in Spikes.
struct Train {
  Operand operand;
  std::vector<int64_t> times;
  std::vector<uint32_t> sources;
};
/// From a file, to compare with `like`, which is recorded after `discard` steps, of the elements `ids` (ascending; empty: all).
/// Times are rounded to steps; spikes before, and of elements that are not recorded, are left out.
Result<Train> trainOf(const SpikeData &spikes, std::string text, const Operand &like, int64_t discard,
                      std::span<const uint32_t> ids = {});

template <class T> Spikes<T> spikesOf(const Train &train) {
  return {0, train.operand.rows, train.operand.columns, train.times, train.sources, nullptr};
}

struct Plan {
  std::vector<Operand> series, spikes;
  std::vector<Data> data;
  std::vector<Train> trains;
  std::vector<Node> nodes;
  std::vector<int> leaves; ///< nodes
};

/// What is written twice is here once.
struct CheckedPlan {
  struct Step {
    const Function *function;
    Setup setup;
    std::vector<Source> sources; ///< `node`: a step
    Operand result;
    std::vector<double> constant; ///< its table, where `result.isConstant`
  };
  Plan plan;
  std::vector<Step> steps;
  std::vector<int> stepOf; ///< per node
};

/// Errors begin with the text of the node.
Result<std::shared_ptr<const CheckedPlan>> checkPlan(Plan plan);

} // namespace bdc::runtime::objective
