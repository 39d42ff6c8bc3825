// What `--json` prints: one object on standard output, however a command ends.
#pragma once

#include "compiler/api/bdc.h"

#include <nlohmann/json.hpp>

namespace bdc::tool {

using Json = nlohmann::ordered_json;

/// As `bdc check --json` has it, too.
Json toJson(const Diagnostic &diagnostic);

/// The diagnostics of errors, those that are no diagnostics of a model included.
Json toJson(const std::vector<Error> &errors);

/// An answer of a command that ended with `status`: `status`, `error` (null where there is none), `diagnostics`, and
/// `warnings`: the messages of those diagnostics that are.
Json answer(int status, const std::string &error, Json diagnostics);
/// The answer to a command line that cannot be understood.
Json usageAnswer(const std::string &message, const std::string &help);

void printAnswer(const Json &answer);

} // namespace bdc::tool
