/// Connectomes: read from files (loadConnectome) or made (makeConnectome), as matrices, and as lists of connections in the
/// order that generated code walks them. What files may hold, and what each option does: docs/connectomes.md.
#pragma once

#include "runtime/error.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace bdc::runtime {

enum class Diagonal : uint8_t { drop, keep };

/// What the weights are divided by. Strengths are sums of absolute weights.
enum class Normalise : uint8_t {
  none,
  max,              ///< the largest weight
  max_in_strength,  ///< the largest sum of a target's incoming weights
  max_out_strength, ///< the largest sum of a source's outgoing weights
  in_strength       ///< each target's weights by their own sum, which becomes 1; a target without any keeps none
};

/// Applied before the weights are normalised. 0 stays 0: no connection.
enum class Scale : uint8_t { linear, log1p, log10 };

struct ConnectomeOptions {
  Diagonal diagonal = Diagonal::drop;
  Normalise normalise = Normalise::none;
  Scale scale = Scale::linear;
  double lengthUnit = 1000; ///< µm in one unit of a file's lengths and centres; files hold mm
  /// Text files that take the place of what the connectome's own file has. Empty: none.
  std::filesystem::path lengths = {}, labels = {}, centres = {};
  /// What relative names are relative to, the connectome's own as well. Empty: the working directory.
  std::filesystem::path folder = {};
};

/// Sets one option from the words of the language: "diagonal=keep", "normalise=max", "scale=log1p", "lengths_unit=cm",
/// "lengths=NAME.csv", "labels=NAME.txt", "centres=NAME.txt".
Status setOption(ConnectomeOptions &options, std::string_view words);
/// What the words of an option of a connectome or a matrix name, where that is a file: "lengths=NAME.csv" -> "NAME.csv"; else nothing.
std::string_view fileOf(std::string_view words);

struct ConnectomeData {
  int64_t size = 0;
  std::vector<double> weights;     ///< [size * size]; row: to, column: from
  std::vector<double> lengths;     ///< [size * size] µm; empty: absent
  std::vector<std::string> labels; ///< [size] all different; empty: absent
  std::vector<double> centres;     ///< [size * 3] µm; empty: absent
};

/// A connectome from a file or folder, checked, with the options applied. Errors name the file, and the entry in it.
Result<ConnectomeData> loadConnectome(const std::filesystem::path &file, const ConnectomeOptions &options = {});

/// A connectome whose regions lie at random, uniformly, in an ellipsoid around the origin. Each ordered pair of different
/// regions is connected with `probability`, with the weight exp(-distance / decay) and the length `distance`: the exponential
/// distance rule of Ercsey-Ravasz et al., Neuron 80:184-197 (2013).
struct SyntheticConnectome {
  int64_t regions = 100;
  std::array<double, 3> radii{70000, 70000, 70000}; ///< half axes, µm
  double decay = 30000;                             ///< µm
  double probability = 0.3;
  uint64_t key = 0; ///< random stream: already mixed with the seed (kernels::key)
};

/// The largest connectome that is made: two matrices of this size are 4 GiB.
inline constexpr int64_t maxSyntheticRegions = 16384;

/// The unit and the files of the options play no part.
Result<ConnectomeData> makeConnectome(const SyntheticConnectome &parameters, const ConnectomeOptions &options = {});

/// The entries whose weight is not 0, in order of source and then target.
struct Connections {
  int64_t size = 0; ///< sources
  int64_t rows = 0; ///< targets
  bool isMatrix = false; ///< from nodes to sensors; else between the regions of a connectome
  std::vector<int64_t> offset;  ///< [size + 1] first connection of each source
  std::vector<uint32_t> target; ///< ascending for one source
  std::vector<double> weights;
  std::vector<double> lengths; ///< µm; empty where the connectome has none

  int64_t count() const { return static_cast<int64_t>(target.size()); }
};

Connections connectionsOf(const ConnectomeData &connectome);

} // namespace bdc::runtime
