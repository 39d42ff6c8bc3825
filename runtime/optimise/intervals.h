/// The function that keeps a parameter inside of its interval, and what is wrong where there is none.
#pragma once

#include "runtime/optimise/parameters.h"

namespace bdc::runtime::optimise {

/// For the elements that move, of a parameter that is no simplex.
Result<Map> mapFor(const Parameter &parameter, Coordinates space);

/// Whether the start of a simplex is one: elements above 0 that sum up to 1.
Status checkSimplex(const Parameter &parameter);

/// "[0, 3] Hz"
std::string intervalText(const Parameter &parameter);

} // namespace bdc::runtime::optimise
