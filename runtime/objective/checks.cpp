/// What several functionals ask of their operands.
#include "runtime/objective/functional.h"

#include <fmt/format.h>

#include <cmath>

namespace bdc::runtime::objective {

Status needsTwoElements(const Operand &operand, std::string_view function) {
  if (operand.columns >= 2)
    return {};
  return inputError(
      fmt::format("`{}` is a matter of two elements or more; `{}` has {}", function, operand.text, operand.columns));
}

Result<int64_t> wholeSamples(const Operand &operand, double time_ms, const char *option, int64_t least) {
  if (!(operand.interval_ms > 0))
    return inputError(fmt::format("it is not known how much time lies between the rows of `{}`", operand.text),
                      "say it where the table is loaded");
  const double samples = std::round(time_ms / operand.interval_ms);
  if (!(samples >= static_cast<double>(least) && samples < 1e15))
    return inputError(fmt::format("`{}` = {:.6g} ms is {:.6g} samples of {}, one every {:.6g} ms; it needs {} or more", option,
                                  time_ms, samples, operand.text, operand.interval_ms, least));
  return static_cast<int64_t>(samples);
}

} // namespace bdc::runtime::objective
