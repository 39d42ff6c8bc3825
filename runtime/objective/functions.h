/// The table of functionals: what each is called, takes and gives. A new one is one line and one class.
#pragma once

#include "runtime/objective/functional.h"

#include <span>
#include <string_view>
#include <type_traits>

namespace bdc::runtime::objective {

/// The unit of the table: (unit of the first operand)^power * time^time. The compiler holds units against it; samples are
/// coherent, so no number is converted.
struct UnitRule {
  int power = 0, time = 0;
  enum class Operands {
    any,
    same, ///< all have the unit of the first
    pure  ///< pure numbers (phases are, in radians)
  } operands = Operands::any;
  bool keepsOffset = false; ///< the offset of an affine unit belongs to the value (not to a difference)
};

struct Function {
  std::string_view name;
  std::vector<Operand::Kind> operands;
  std::vector<std::string_view> options; ///< those that it takes: "window", "over_rows"
  UnitRule unit;
  /// The shape of its table, where operands and options fit; else what does not, with the sizes.
  Result<Operand> (*check)(const Setup &setup);
  std::unique_ptr<Functional<double>> (*makePlain)(const Setup &setup);
  std::unique_ptr<Functional<Dual>> (*makeDual)(const Setup &setup);

  template <class T> std::unique_ptr<Functional<T>> make(const Setup &setup) const {
    if constexpr (std::is_same_v<T, Dual>)
      return makeDual(setup);
    else
      return makePlain(setup);
  }
};

/// A name has several lines where it takes operands of different kinds.
std::span<const Function> functions();

/// The line of that name and for operands of these kinds; else what the function takes.
Result<const Function *> findFunction(std::string_view name, std::span<const Operand> operands);

/// How a result is shown, from the unit of the first operand. Densities over frequency are shown per Hz, rates in Hz.
Display displayOf(const UnitRule &rule, const Display &operand);

/// In the unit of Options. An option that the function does not take is an error.
Status setOption(Options &options, const Function &function, std::string_view name, double value);

/// `check`, and the unit of the result.
Result<Operand> resultOf(const Function &function, const Setup &setup, std::string text);

} // namespace bdc::runtime::objective
