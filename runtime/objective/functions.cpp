#include "runtime/objective/functions.h"

#include "runtime/objective/lines.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace bdc::runtime::objective {
namespace {

struct NamedOption {
  std::string_view name;
  double Options::*member;
};

constexpr NamedOption namedOptions[] = {
    {"window", &Options::window_ms},   {"step", &Options::step_ms},
    {"segment", &Options::segment_ms}, {"from", &Options::from_per_ms},
    {"to", &Options::to_per_ms},       {"tau", &Options::tau_ms},
    {"over_rows", &Options::overRows}, {"probabilities", &Options::ofProbabilities},
};

std::vector<Function> makeTable() {
  std::vector<Function> table;
  for (auto *add : {addReductions, addComparisons, addCorrelation, addTriangle, addSimilarity, addFcd, addDistances, addSpectrum,
                    addSpectrumDistance, addPhases, addCrossEntropy, addRate, addVanRossum})
    add(table);
  return table;
}

const char *nameOf(Operand::Kind kind) {
  switch (kind) {
  case Operand::Kind::series: return "a series";
  case Operand::Kind::spikes: return "spikes";
  case Operand::Kind::table: return "a table";
  }
}

std::string listOf(std::span<const Operand::Kind> kinds) {
  std::string out;
  for (Operand::Kind kind : kinds)
    out += fmt::format("{}{}", out.empty() ? "" : ", ", nameOf(kind));
  return out;
}

bool fits(const Function &function, std::span<const Operand> operands) {
  return std::equal(function.operands.begin(), function.operands.end(), operands.begin(), operands.end(),
                    [](Operand::Kind kind, const Operand &operand) { return kind == operand.kind; });
}

/// "mV", 2 -> "mV^2"; "mV/ms", 2 -> "(mV/ms)^2".
std::string powerOf(const std::string &unit, int power) {
  if (unit.empty() || power == 1)
    return unit;
  const bool isOne = unit.find_first_of("*/^ ") == std::string::npos;
  return fmt::format("{}^{}", isOne ? unit : "(" + unit + ")", power);
}

/// The same names in another order are a mistake that nothing else would show.
Status checkOrder(const Operand &a, const Operand &b) {
  if (a.names == b.names || !std::is_permutation(a.names.begin(), a.names.end(), b.names.begin(), b.names.end()))
    return {};
  const auto at = std::mismatch(a.names.begin(), a.names.end(), b.names.begin()).first - a.names.begin();
  return inputError(
      fmt::format("`{}` and `{}` have the same elements in another order: number {} is {} in one and {} in the other", a.text,
                  b.text, at, a.names[at], b.names[at]),
      "sort the rows and columns of one as the other's");
}

} // namespace

std::span<const Function> functions() {
  static const std::vector<Function> table = makeTable();
  return table;
}

Result<const Function *> findFunction(std::string_view name, std::span<const Operand> operands) {
  std::vector<std::string> taken;
  for (const Function &function : functions()) {
    if (function.name != name)
      continue;
    if (fits(function, operands))
      return &function;
    taken.push_back(listOf(function.operands));
  }
  if (taken.empty())
    return inputError(fmt::format("there is no function `{}` of an objective", name));
  std::vector<Operand::Kind> given;
  for (const Operand &operand : operands)
    given.push_back(operand.kind);
  return inputError(fmt::format("`{}` takes ({}), here it is given ({})", name, fmt::join(taken, ") or ("), listOf(given)));
}

Display displayOf(const UnitRule &rule, const Display &operand) {
  Display out;
  if (rule.power != 0) {
    out.unit = powerOf(operand.unit, rule.power);
    out.factor = std::pow(operand.factor, rule.power);
    out.offset = rule.keepsOffset ? operand.offset : 0;
  }
  if (rule.time == 1)
    out = {out.unit.empty() ? "1/Hz" : out.unit + "/Hz", out.factor * 1e-3, 0};
  else if (rule.time == -1)
    out = {out.unit.empty() ? "Hz" : out.unit + "*Hz", out.factor * 1e3, 0};
  return out;
}

Status setOption(Options &options, const Function &function, std::string_view name, double value) {
  for (const NamedOption &option : namedOptions)
    if (option.name == name && std::find(function.options.begin(), function.options.end(), name) != function.options.end()) {
      options.*option.member = value;
      return {};
    }
  if (function.options.empty())
    return inputError(fmt::format("`{}` has no option `{}`: it has none", function.name, name));
  return inputError(
      fmt::format("`{}` has no option `{}`: there is `{}`", function.name, name, fmt::join(function.options, "`, `")));
}

Result<Operand> resultOf(const Function &function, const Setup &setup, std::string text) {
  for (size_t i = 1; i < setup.operands.size(); ++i)
    if (Status s = checkOrder(setup.operands[0], setup.operands[i]); !s)
      return s.error();
  Result<Operand> out = function.check(setup);
  if (!out)
    return out;
  out->text = std::move(text);
  out->display = displayOf(function.unit, setup.operands[0].display);
  out->isConstant = std::all_of(setup.operands.begin(), setup.operands.end(), [](const Operand &o) { return o.isConstant; });
  return out;
}

} // namespace bdc::runtime::objective
