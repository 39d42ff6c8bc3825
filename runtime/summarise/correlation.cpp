/// Functional connectivity: Pearson's correlation over time of every pair of elements (Friston 1994, Hum. Brain Mapp. 2:56-78).
/// The number is the mean of all pairs.
#include "runtime/summarise/moments.h"
#include "runtime/summarise/summarise.h"

namespace bdc::runtime {
namespace {

class Correlation : public Accumulator {
public:
  explicit Correlation(int64_t elements) : elements(elements), sums(elements) {}

  Status hear(const RowBatch &batch) override {
    for (int64_t row = 0; row < batch.rows; ++row)
      sums.add(batch.values + row * batch.columns);
    return {};
  }

  double value(double) const override { return upperTriangle(sums.correlation(), elements).mean; }

  Detail detail() const override {
    Detail d{Picture::elements, "Pearson's correlation over time of every pair of elements; the value is the mean of all pairs"};
    d.tables.push_back({"matrix", "", elements, elements, sums.correlation()});
    const Triangle t = upperTriangle(d.tables[0].values, elements);
    d.facts = {{"std", t.std}, {"min", t.min}, {"max", t.max}, {"samples", static_cast<double>(sums.count())}};
    return d;
  }

  int64_t bytes() const override { return PairSums::bytes(elements); }

private:
  int64_t elements;
  PairSums sums;
};

} // namespace

Made makeCorrelation(const SummaryInput &input) {
  if (Status s = needsTwoElements(input, "correlation"); !s)
    return s.error();
  return std::shared_ptr<Accumulator>(std::make_shared<Correlation>(input.streams[0].elements));
}

} // namespace bdc::runtime
