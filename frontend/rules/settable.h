// What may be given a value from outside, or moves: by `--set`, by a sweep, by a fit, or to see what depends on it.
#pragma once

#include "frontend/diagnostics/diagnostic.h"
#include "frontend/rules/program.h"

namespace bdc::rules {

/// What is done with the parameters that a statement or an option names, for messages.
struct ParameterUse {
  std::string_view verb, done;            ///< "sweep", "swept"
  std::string_view form = "", usage = ""; ///< what a statement names, and an example
  /// Of what is continuous alone: why a number of the run (`{}`) is none such, and what is needed instead of a count. Empty: any will do.
  std::string_view notOfRun = "", notCounted = "";
};
inline constexpr ParameterUse toSet{"set", "set"};
inline constexpr ParameterUse toSweep{"sweep", "swept", "a sweep names a parameter, as `--set` does",
                                      "`sweep G over [1, 2, 3] ms`, `sweep E.tau over linspace(5 ms, 20 ms, 8)`"};
inline constexpr ParameterUse toFit{"fit", "fitted", "a fit names a parameter, as `--set` does",
                                    "`fit G in [0, 3] Hz, area.a each in [-0.5, 0.5] Hz`", "`{}` cannot be fitted", "a fit moves what is continuous"};
inline constexpr ParameterUse toMove{"move", "moved", "a sensitivity is to a parameter, named as `--set` does",
                                     "`sensitivity of area.x to G`", "nothing has a derivative by `{}`", "a derivative is by what is continuous"};

/// `E.tau`, `area_r_to_area_I.strength`: a name as `--set` has it; empty for anything else.
std::string pathOf(const syntax::Expr &expr);

/// Whether a path names a setting of the run, which no network can declare.
bool isOfRun(std::string_view path);

/// The scalar that a path names; -1 where it names none. `E_to_I.synapse.tau` is understood where `E_to_I.tau` is enough.
int findSettable(const Program &program, std::string_view path);

/// The same of one that can be given a value; -1: reported.
int settable(const Program &program, std::string_view path, const ParameterUse &use, Range range, diag::Engine &engine);

/// What a scalar must be, where this coherent number is not it: "`N` must be a whole number of at least 1". Else empty.
std::string objectionTo(const Scalar &scalar, double number);

} // namespace bdc::rules
