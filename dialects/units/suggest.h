// "Did you mean …?": the nearest of some known names.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace bdc::units {

/// Number of insertions, deletions, replacements and swaps of neighbours between two words; a change of case
/// counts less than a replacement: the result is in halves.
int editDistance2(std::string_view a, std::string_view b);

/// The candidate nearest to `name`, or empty where none is near enough to be meant.
std::string closest(std::string_view name, std::span<const std::string> candidates);

} // namespace bdc::units
