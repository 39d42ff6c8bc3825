// The names that the language itself brings: constants, functions, distributions.
#pragma once

#include "frontend/rules/expr.h"

#include <optional>
#include <span>

namespace bdc::rules {

/// How a function treats units.
enum class UnitRule : uint8_t {
  Pure,       ///< pure numbers to a pure number: exp, sin
  Same,       ///< one unit for all operands and the result: abs, min
  SameToPure, ///< one unit for all operands, result a pure number: sign, atan2
  Root,       ///< half of the operand's exponents: sqrt
};

struct BuiltinFunction {
  std::string_view name;
  Function function;
  int arity;
  UnitRule rule;
  bool variadic = false; ///< min, max: two or more
};

struct BuiltinDistribution {
  std::string_view name;
  Distribution distribution;
  std::string_view parameters[2]; ///< their names, for messages
  int arity;
  UnitRule rule;          ///< Same: arguments and value share a unit; Pure: all are pure numbers
  bool pureFirst = false; ///< the first argument is a pure number all the same (gamma's shape)
};

struct BuiltinConstant {
  std::string_view name;
  double value; ///< in `unit`
  std::string_view unit;
};

const BuiltinFunction *findFunction(std::string_view name);
const BuiltinDistribution *findDistribution(std::string_view name);
const BuiltinConstant *findConstant(std::string_view name);
/// What is written here for a function that other languages and simulators have under this name; empty where none is known.
std::string_view insteadOf(std::string_view name);
std::span<const BuiltinFunction> builtinFunctions();
std::span<const BuiltinDistribution> builtinDistributions();
std::span<const BuiltinConstant> builtinConstants();

} // namespace bdc::rules
