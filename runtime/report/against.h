/// A number of every lane of a batch against the parameters in which the lanes differ.
#pragma once

#include <string>
#include <vector>

namespace bdc::runtime {

struct AgainstAxis {
  std::string name, unit; ///< unit: empty for pure numbers
  bool isSeed = false;
  bool logarithmic = false;   ///< the values are spaced so
  std::vector<double> values; ///< [lane]
};

struct Against {
  AgainstAxis quantity;
  std::vector<AgainstAxis> axes;   ///< one or two
  std::vector<AgainstAxis> others; ///< in what else the lanes differ
};

struct Drawn {
  std::string svg, caption;
};

/// Against one parameter: points and a line through their means, where several lanes share a place (seeds) with their standard
/// deviation as a band; a line for each combination of the other parameters, where these are few. Against two: a map of
/// means where the lanes are a grid, else points in colours.
Drawn drawAgainst(const Against &against);

} // namespace bdc::runtime
