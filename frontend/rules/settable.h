// What may be given a value from outside: by `--set`, or by a sweep.
#pragma once

#include "frontend/diagnostics/diagnostic.h"
#include "frontend/rules/program.h"

namespace bdc::rules {

/// The scalar that a path names; -1 where it names none. `E_to_I.synapse.tau` is understood where `E_to_I.tau` is enough.
int findSettable(const Program &program, std::string_view path);

/// Reports why a path that names no scalar, or one that is fixed, cannot be `done` ("set", "swept", "fitted", "moved").
void reportNotSettable(const Program &program, std::string_view path, std::string_view done, Range range, diag::Engine &engine);

/// Whether something that is counted depends on a scalar.
bool countsThings(const Program &program, int scalar);

/// What a scalar must be, where this coherent number is not it: "`N` must be a whole number of at least 1". Else empty.
std::string objectionTo(const Scalar &scalar, double number);

} // namespace bdc::rules
