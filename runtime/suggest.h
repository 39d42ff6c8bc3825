/// What somebody meant who mistyped a name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bdc::runtime {

/// "did you mean `…`?" with the nearest of the names; empty where none is near.
std::string suggestionFor(std::string_view name, const std::vector<std::string_view> &names);

} // namespace bdc::runtime
