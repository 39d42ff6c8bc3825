/// Matrices that files hold: lead fields, one row per sensor and one column per node; and the distances of contacts from the regions of a
/// connectome. What files may hold, and what each option does: docs/connectomes.md.
#pragma once

#include "runtime/data/connectome.h"

namespace bdc::runtime {

struct MatrixOptions {
  std::string name = {};      ///< of the data set or array, where the file has several
  std::string reference = {}; ///< what each row is less: "average", or the label of a row; empty: nothing
  double lengthUnit = 1000;   ///< µm in one unit of a file's positions; files hold mm
  /// Text files with labels, in place of what the matrix's own file has. Empty: none.
  std::filesystem::path rows = {}, columns = {};
  /// What relative names are relative to. Empty: the working directory.
  std::filesystem::path folder = {};
};

/// Sets one option from the words of the language: "name=gain", "reference=average", "rows=NAME.txt", "columns=NAME.txt", "lengths_unit=cm".
Status setOption(MatrixOptions &options, std::string_view words);

/// Begins the words that name the file of `distanceMatrix`, which is no option of it.
inline constexpr std::string_view contactsWord = "contacts=";

struct MatrixData {
  int64_t rows = 0, columns = 0;
  std::vector<double> values;                          ///< [rows * columns]
  std::vector<std::string> rowLabels, columnLabels;    ///< all different; empty: absent
  std::string unit = {};                               ///< what the file says of the numbers; empty: nothing
};

/// Whether what a file says of its numbers' unit is what they are read in, however either is written. What the file says and is no unit
/// agrees with all.
bool isSameUnit(std::string_view ofFile, std::string_view readIn);

/// A matrix from a file, checked, with the options applied. Errors name the file, and the entry in it.
Result<MatrixData> loadMatrix(const std::filesystem::path &file, const MatrixOptions &options = {});

/// How far (µm) the contacts of a file, lines of `label x y z` or `x y z`, are from points: a row for each contact. `points`: [columns * 3] µm.
Result<MatrixData> distanceMatrix(const std::filesystem::path &contacts, const std::vector<double> &points,
                                  const std::vector<std::string> &pointLabels, const MatrixOptions &options = {});

/// Sensors as targets, nodes as sources, where the values are not 0; or all pairs, at these lengths and with weight 1.
Connections connectionsOf(const MatrixData &matrix, bool areLengths);

} // namespace bdc::runtime
