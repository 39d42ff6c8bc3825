/// What a fit leaves behind: values in the user's units, and how it went.
#pragma once

#include "runtime/data/places.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bdc::runtime {

struct FittedValue {
  std::string name, unit;
  bool isScalar = false;
  std::vector<double> values = {}; ///< one per element
  std::vector<double> errors = {}; ///< standard errors; empty where none were asked for, NaN where they are not determined
  std::vector<double> low = {}, high = {}; ///< 95 % intervals, as the errors
  Places places = {};                      ///< of the weights of a table's connections
};

struct FitSummary {
  std::string method;        ///< with all its options
  std::string brief;         ///< with those that were chosen
  std::string ended;         ///< the rule that ended it: "steps", "patience", …
  std::string endText;       ///< that rule in words
  std::string way;           ///< how losses and gradients were come by: checkpoints, memory, and why
  std::string lossUnit;
  double firstLoss = 0, bestLoss = 0; ///< as the objective was written
  int64_t steps = 0, evaluations = 0, failures = 0;
  std::vector<FittedValue> values;
  std::vector<std::string> notes; ///< what the data do not determine

  /// For people: how it went, then a line for each parameter.
  std::vector<std::string> lines() const;
};

/// "1.23 ± 0.05 Hz"; of a vector its mean and range.
std::string valueText(const FittedValue &value);
/// "1.13 to 1.33 Hz" of a scalar; empty where there is none.
std::string intervalText(const FittedValue &value);

} // namespace bdc::runtime
