/// Summaries that are a matrix of all pairs of elements: their number is the mean of all pairs.
#include "runtime/objective/correlation.h"
#include "runtime/objective/phases.h"
#include "runtime/summarise/summarise.h"
#include "runtime/summarise/triangle.h"

namespace bdc::runtime {
namespace {

template <class F> class Pairs : public Accumulator {
public:
  Pairs(const objective::Setup &setup, const char *definition)
      : elements(setup.operands[0].columns),
        definition(definition),
        functional(setup) {
    functional.begin({});
  }

  Status hear(const RowBatch &batch) override {
    functional.hear(0, samplesOf(batch));
    return {};
  }

  double value(double) const override { return upperTriangle(functional.matrix(), elements).mean; }

  Detail detail() const override {
    Detail d{Picture::elements, definition};
    d.tables.push_back({"matrix", "", elements, elements, functional.matrix()});
    const Triangle t = upperTriangle(d.tables[0].values, elements);
    d.facts = {{"std", t.std}, {"min", t.min}, {"max", t.max}, {"samples", static_cast<double>(functional.samples())}};
    return d;
  }

  int64_t bytes() const override { return functional.bytes(); }

private:
  int64_t elements;
  const char *definition;
  F functional;
};

template <class F> Made makePairs(const SummaryInput &input, const char *definition) {
  const objective::Setup setup = setupOf(input);
  if (const auto shape = F::check(setup); !shape)
    return shape.error();
  return std::shared_ptr<Accumulator>(std::make_shared<Pairs<F>>(setup, definition));
}

} // namespace

Made makeCorrelation(const SummaryInput &input) {
  return makePairs<objective::Correlation<double>>(
      input, "Pearson's correlation over time of every pair of elements; the value is the mean of all pairs");
}

Made makePhaseLocking(const SummaryInput &input) {
  return makePairs<objective::PhaseLocking<double>>(
      input, "phase locking value of every pair of elements; the value is the mean of all pairs");
}

} // namespace bdc::runtime
