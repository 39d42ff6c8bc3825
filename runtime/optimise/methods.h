/// The methods of `fit … by METHOD(option = value, …)`: their names and options, with ranges and defaults, in one table.
#pragma once

#include "runtime/error.h"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bdc::runtime::optimise {

/// The coordinates in which a method works (parameters.h).
enum class Coordinates {
  free, ///< without bounds: parameters with bounds are transformed
  box   ///< intervals become [0, 1], whose ends the method keeps to and can reach
};

struct OptionInfo {
  const char *name;
  const char *meaning;
  double value = 0;         ///< unless given; NaN: the method's own choice
  double low = 0, high = 0; ///< it may be within (the ends themselves too)
  bool isWhole = false;
  std::vector<const char *> words = {}; ///< instead of a number; the first unless given
};

struct MethodInfo {
  const char *name;
  const char *meaning;
  Coordinates space = Coordinates::free;
  bool usesGradient = false;
  bool needsBox = false; ///< every parameter needs an interval with two ends
  bool isLocal = true;   ///< it goes on from a start: several starts make sense
  std::vector<OptionInfo> options = {};
};

std::span<const MethodInfo> methods();
/// Null where there is none of that name.
const MethodInfo *findMethod(std::string_view name);

/// `rate = 0.01` or `schedule = cosine`.
struct Setting {
  std::string name;
  double number = 0;
  std::string word = {}; ///< instead of the number
};

/// A method with all its options.
class Method {
public:
  /// Errors: an unknown name (with the nearest, or all), a value that is out of range.
  static Result<Method> choose(std::string_view name, const std::vector<Setting> &settings = {});

  const MethodInfo &info() const { return *known; }
  double number(const std::string &option) const { return numbers.at(option); }
  int64_t whole(const std::string &option) const { return static_cast<int64_t>(numbers.at(option)); }
  const std::string &word(const std::string &option) const { return words.at(option); }
  /// "adam(rate = 0.01, …)" with every option: two texts are equal where the methods are.
  std::string text() const { return withOptions(/*all=*/true); }
  /// The same without options that have the value that they have unless given.
  std::string brief() const { return withOptions(/*all=*/false); }

private:
  std::string withOptions(bool all) const;

  const MethodInfo *known = nullptr;
  std::map<std::string, double> numbers;
  std::map<std::string, std::string> words;
};

} // namespace bdc::runtime::optimise
