/// What a functional is applied to, known before the run.
#pragma once

#include "runtime/descriptor/descriptor.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bdc::runtime::objective {

/// An operand. The result of a functional is one too: a table.
struct Operand {
  enum class Kind { series, spikes, table };
  Kind kind = Kind::series;
  std::string text = {}; ///< as the user wrote it
  /// Samples (of spikes: steps) of the whole run, and elements; of a table, its shape.
  int64_t rows = 0, columns = 0;
  /// From one row to the next. Of a table: where its rows are samples of data, else 0.
  double interval_ms = 0;
  double frequencyStep = 0;            ///< per ms: from one column to the next, where columns are frequencies from 0 on; else 0
  Display display = {};                ///< the user's unit
  std::vector<std::string> names = {}; ///< of the elements, for messages; empty: their numbers
  bool isConstant = false;             ///< data, or made of data alone: known before the run

  std::string element(int64_t column) const {
    return static_cast<size_t>(column) < names.size() ? names[column] : "element " + std::to_string(column);
  }
};

/// Times in ms, frequencies per ms, switches 0 or 1; 0 where not given.
struct Options {
  double window_ms = 0, step_ms = 0;     ///< fcd
  double segment_ms = 0;                 ///< spectrum
  double from_per_ms = 0, to_per_ms = 0; ///< spectrum_distance: the band, both ends included
  double tau_ms = 0;                     ///< van_rossum
  double overRows = 0;                   ///< over time alone (the rows of a table): a result per element (column)
  double ofProbabilities = 0;            ///< cross_entropy: of probabilities, not of logits

  bool operator==(const Options &) const = default;
};

struct Setup {
  std::vector<Operand> operands;
  Options options = {};
  bool reverse = true; ///< whether `pullback` will be called
};

} // namespace bdc::runtime::objective
