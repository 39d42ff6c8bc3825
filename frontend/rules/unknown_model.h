// What to do about a model that is not there.
#pragma once

#include "frontend/syntax/ast.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bdc::rules {

/// A way out where there is no model of this name and of one of these kinds: to import one of the library, one of the file's `candidates` or of the
/// library with a near name, or an empty text.
std::string unknownModelHelp(std::string_view name, const std::vector<std::string_view> &candidates, syntax::ModelKind kind,
                             std::optional<syntax::ModelKind> other);

} // namespace bdc::rules
