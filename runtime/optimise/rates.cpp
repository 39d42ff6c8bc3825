#include "runtime/optimise/rates.h"

#include "kernels/math.h"

#include <algorithm>
#include <numbers>

namespace bdc::runtime::optimise {

Rates::Rates(const Method &method, int64_t steps)
    : rate(method.number("rate")),
      factor(method.number("factor")),
      last(method.number("final")),
      every(method.whole("every")),
      warmup(method.whole("warmup")),
      steps(steps) {
  const std::string &word = method.word("schedule");
  schedule = word == "exponential" ? Schedule::exponential
             : word == "cosine"    ? Schedule::cosine
             : word == "step"      ? Schedule::step
                                   : Schedule::constant;
}

double Rates::operator()(int64_t step) const {
  if (step < warmup)
    return rate * static_cast<double>(step + 1) / static_cast<double>(warmup);
  const auto at = static_cast<double>(step - warmup);
  switch (schedule) {
  case Schedule::constant: return rate;
  case Schedule::exponential: return rate * kernels::exp(kernels::log(factor) * at / static_cast<double>(every));
  case Schedule::step: return rate * kernels::exp(kernels::log(factor) * kernels::floor(at / static_cast<double>(every)));
  case Schedule::cosine: {
    const double part = std::min(1.0, at / static_cast<double>(std::max<int64_t>(1, steps - 1 - warmup)));
    return rate * (last + (1 - last) * 0.5 * (1 + kernels::cos(std::numbers::pi * part)));
  }
  }
  return rate;
}

} // namespace bdc::runtime::optimise
