/// Numbers, labels and centres in text files. Used within this folder alone.
#pragma once

#include "runtime/data/raw.h"

#include <string_view>

namespace bdc::runtime::data {

/// Rows of numbers, one line each. The first line with numbers decides what separates them: semicolon, comma, or white space.
/// Empty lines and lines that begin with # are passed over. All rows are of one length.
Result<Matrix> parseMatrix(std::string_view text, const std::string &name);

/// The same with labels of the columns in a first line, of the rows in a first column, or both; the corner between both is passed over.
Result<RawMatrix> parseLabelledMatrix(std::string_view text, const std::string &name);

/// One label a line, without quotes or white space around it. Empty lines at the end are passed over.
Labels parseLabels(std::string_view text, const std::string &name);

struct NamedCentres {
  Matrix centres;
  std::optional<Labels> labels;
};
/// Lines of `label x y z`, as TVB writes them, or of `x y z`; further columns after a label's are passed over. Tabs
/// separate as well, and what stands in quotes is one label.
Result<NamedCentres> parseCentres(std::string_view text, const std::string &name);

} // namespace bdc::runtime::data
