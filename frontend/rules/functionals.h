// What objectives are made of, and how fits search: names, operands and options, as the runtime has them (runtime/objective/functions.h,
// runtime/optimise/methods.h; a test holds the tables against each other).
#pragma once

#include "dialects/units/unit.h"

#include <span>
#include <string_view>
#include <vector>

namespace bdc::rules {

enum class OperandKind : uint8_t {
  Values, ///< a recorded series, or a table in its place
  Table,  ///< data, or what another function gives
  Spikes
};

struct FunctionalRule {
  std::string_view name;
  std::vector<OperandKind> operands;
  std::vector<std::string_view> options = {};
  int power = 0, time = 0; ///< the unit of the result: (that of the first operand)^power · time^time
  enum class Units : uint8_t { Any, Same, Pure } units = Units::Any;
  bool isTable = false; ///< else a number (but a table with `over_rows`)
  /// Of points on an affine scale: a point, a difference, or nothing that has a meaning.
  enum class OfPoints : uint8_t { Point, Difference, Nothing } ofPoints = OfPoints::Point;
};

/// Functions with several lines take operands of different kinds.
std::span<const FunctionalRule> functionals();
bool isFunctional(std::string_view name);

/// The dimension of an option's value; `isSwitch`: it is `yes` or `no`.
struct FunctionalOption {
  std::string_view name;
  units::Dimension dimension;
  std::string_view unit;
  bool isSwitch = false;
};
const FunctionalOption &functionalOption(std::string_view name);

struct FitMethod {
  std::string_view name;
  bool usesGradient;
  std::vector<std::string_view> options;
};
std::span<const FitMethod> fitMethods();

/// Options of methods that take a word.
std::span<const std::string_view> wordsOf(std::string_view methodOption);

} // namespace bdc::rules
