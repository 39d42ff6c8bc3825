/// A connectome as a file holds it, before anything of it is checked. Used within this folder alone.
#pragma once

#include "runtime/data/connectome.h"

#include <optional>

namespace bdc::runtime::data {

/// `name` is what messages call it: "brain.h5: weights".
struct Matrix {
  std::string name;
  int64_t rows = 0, columns = 0;
  std::vector<double> values; ///< row by row
};

struct Labels {
  std::string name;
  std::vector<std::string> values;
};

struct RawConnectome {
  Matrix weights;
  std::optional<Matrix> lengths, centres;
  std::optional<Labels> labels;
  std::optional<Labels> centreLabels; ///< beside the centres, as TVB's files have them
};

/// What the parts may be called, the preferred name first.
inline constexpr std::array<std::string_view, 1> weightsNames{"weights"};
inline constexpr std::array<std::string_view, 2> lengthsNames{"tract_lengths", "lengths"};
inline constexpr std::array<std::string_view, 2> labelsNames{"region_labels", "labels"};
inline constexpr std::array<std::string_view, 2> centresNames{"centres", "centers"};

/// "a, b, c", or "nothing"; cut where it gets long.
std::string listOf(const std::vector<std::string> &names);

/// Sizes, numbers and labels make sense and agree; lengths and centres become µm.
Result<ConnectomeData> checkConnectome(RawConnectome raw, double lengthUnit);

/// The diagonal, the scale, the norm, in this order. `where` begins messages.
Status applyOptions(ConnectomeData &connectome, const ConnectomeOptions &options, const std::string &where);

} // namespace bdc::runtime::data
