/// What a summary is besides its number: tables for the file, from which its picture is drawn too.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bdc::runtime {

/// A list or a matrix, row by row.
struct Table {
  std::string name;
  std::string unit;              ///< empty for pure numbers
  int64_t rows = 0, columns = 0; ///< columns = 0: a list
  std::vector<double> values;    ///< NaN where there is none (yet)
};

/// A number about how the summary was made, or about its tables. Times are in ms and have names that say so.
struct Fact {
  std::string name;
  double value = 0;
};

enum class Picture {
  none,
  elements, ///< the table `matrix` of elements by elements
  windows,  ///< the table `matrix` of windows by windows, whose centres are in `time`
  spectrum  ///< the tables `frequency`, `density` (elements by frequencies) and `mean`
};

/// The shapes are those of the whole run from the start on, the facts' names as well.
struct Detail {
  Picture picture = Picture::none;
  std::string definition; ///< one sentence
  double limit = 1;       ///< the largest size that an entry of a matrix can have
  std::vector<Table> tables = {};
  std::vector<Fact> facts = {};

  const Table *find(const std::string &name) const {
    for (const Table &table : tables)
      if (table.name == name)
        return &table;
    return nullptr;
  }
};

} // namespace bdc::runtime
