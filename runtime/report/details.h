/// Pictures of the tables of a summary.
#pragma once

#include "runtime/summarise/detail.h"

#include <string>
#include <vector>

namespace bdc::runtime {

/// A heat map with its colour bar and the distribution of what lies above the diagonal. `names`: of the elements.
std::string drawMatrix(const Detail &detail, const std::vector<std::string> &names);
/// The mean density and the range of the elements', both axes logarithmic.
std::string drawSpectrum(const Detail &detail);

/// The same of several runs: their mean densities.
struct NamedDetail {
  std::string name;
  Detail detail;
};
std::string drawSpectra(const std::vector<NamedDetail> &details);

} // namespace bdc::runtime
