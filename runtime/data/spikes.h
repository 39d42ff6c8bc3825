/// Spike trains that files hold. Formats: docs/objectives.md.
#pragma once

#include "runtime/error.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace bdc::runtime {

struct SpikeOptions {
  std::string name = {}; ///< of the population, where an HDF5 file has several
  double unit_ms = 1;    ///< of the file's times, where it does not say
  /// What a relative name is relative to. Empty: the working directory.
  std::filesystem::path folder = {};
};

struct SpikeData {
  std::string name;             ///< what messages call it: "spikes.csv", "run.h5: spikes/E"
  std::vector<double> times_ms; ///< in no order
  std::vector<uint32_t> elements;
};

/// Errors name the file, the entry in it, and the place.
Result<SpikeData> loadSpikes(const std::filesystem::path &file, const SpikeOptions &options = {});

} // namespace bdc::runtime
