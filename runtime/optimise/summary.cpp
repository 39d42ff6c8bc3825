#include "runtime/optimise/summary.h"

namespace bdc::runtime::optimise {

FitSummary summaryOf(const Fit &fit, const FitEnd &end, const Uncertainty *uncertainty) {
  FitSummary out;
  out.method = fit.options().method.text();
  out.brief = fit.options().method.brief();
  out.ended = nameOf(end.reason);
  out.endText = end.text;
  out.firstLoss = fit.options().loss(fit.firstLoss());
  out.bestLoss = fit.options().loss(fit.best().loss);
  out.lossUnit = fit.options().loss.display.unit;
  out.steps = fit.history().steps();
  out.evaluations = fit.evaluations();
  out.failures = fit.failures();
  if (uncertainty)
    out.notes = uncertainty->notes;
  for (size_t i = 0; i < fit.parameters().list().size() && fit.best().step >= 0; ++i) {
    const Parameter &p = fit.parameters().list()[i];
    FittedValue value{p.name, p.display.unit, p.isScalar()};
    value.places = p.places;
    const int64_t first = fit.parameters().offset(i), end = first + static_cast<int64_t>(p.start.size());
    for (int64_t e = first; e < end; ++e) {
      value.values.push_back(p.display(fit.best().values[e]));
      if (!uncertainty)
        continue;
      value.errors.push_back(uncertainty->standardErrors[e] * p.display.factor);
      value.low.push_back(p.display(uncertainty->low[e]));
      value.high.push_back(p.display(uncertainty->high[e]));
    }
    out.values.push_back(std::move(value));
  }
  return out;
}

} // namespace bdc::runtime::optimise
