/// Where the points of a sampled sweep lie.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace bdc::runtime {

/// The first points of the Sobol sequence, the origin included, [count][dimensions], in the order of Gray codes, as most programs
/// have it.
std::vector<double> sobolPoints(int64_t count, int dimensions);

/// Points that are uniform in the unit cube, one like the other: a function of seed, purpose and their number.
std::vector<double> randomPoints(int64_t count, int dimensions, uint64_t seed, std::string_view purpose);

} // namespace bdc::runtime
