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

/// A matrix with what its file says of its rows and columns.
struct RawMatrix {
  Matrix values;
  std::optional<Labels> rows, columns;
  std::string unit = {}; ///< what the attribute `units` says; empty: nothing
};

struct RawConnectome {
  Matrix weights;
  std::optional<Matrix> lengths, centres;
  std::optional<Labels> labels;
  std::optional<Labels> centreLabels; ///< beside the centres, as TVB's files have them
};

/// Spikes as a file holds them.
struct SpikeLists {
  std::string name;
  std::vector<double> times = {}, elements = {};
  double unit_ms = 0; ///< of the times; 0: the file does not say
};

/// What the parts may be called, the preferred name first.
inline constexpr std::array<std::string_view, 1> weightsNames{"weights"};
inline constexpr std::array<std::string_view, 2> lengthsNames{"tract_lengths", "lengths"};
inline constexpr std::array<std::string_view, 2> labelsNames{"region_labels", "labels"};
inline constexpr std::array<std::string_view, 2> centresNames{"centres", "centers"};

inline constexpr std::string_view rowLabelsName = "row_labels", columnLabelsName = "column_labels";

/// Refuses names of data sets or arrays of which two could be one part.
Status checkUnique(const std::string &file, const std::vector<std::string> &there);
/// That error.
Error bothCouldBe(const std::string &file, std::string_view one, std::string_view other, std::string_view part);

/// Refuses NaN and infinity, with their place.
Status checkFinite(const Matrix &matrix, const std::string &help);

/// Whether an option of a matrix names a file.
bool isFileOfMatrix(std::string_view option);

/// Why none, or more than one, of the data sets or arrays (`what`) of a file is the matrix that is wanted.
Error notOne(const std::string &file, const char *what, const std::string &wanted, const std::vector<std::string> &found,
             const std::vector<std::string> &there);

/// "a, b, c", or "nothing"; cut where it gets long.
std::string listOf(const std::vector<std::string> &names);

/// Sizes, numbers and labels make sense and agree; lengths and centres become µm.
Result<ConnectomeData> checkConnectome(RawConnectome raw, double lengthUnit);

/// The diagonal, the scale, the norm, in this order. `where` begins messages.
Status applyOptions(ConnectomeData &connectome, const ConnectomeOptions &options, const std::string &where);

} // namespace bdc::runtime::data
