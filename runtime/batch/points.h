/// Where the points of a sampled sweep lie.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace bdc::runtime {

/// The first points of the Sobol sequence, the origin included, [count][dimensions]: with the direction numbers of Joe and Kuo
/// (SIAM J. Sci. Comput. 30:2635-2654, 2008) in the order of Gray codes, as most programs have it. At most 3667 dimensions.
std::vector<double> sobolPoints(int64_t count, int dimensions);

/// Points that are uniform in the unit cube, one like the other: a function of seed, purpose and their number.
std::vector<double> randomPoints(int64_t count, int dimensions, uint64_t seed, std::string_view purpose);

} // namespace bdc::runtime
