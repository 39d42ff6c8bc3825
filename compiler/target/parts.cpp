#include "compiler/target/parts.h"

#include "llvm/ADT/STLExtras.h"

namespace {

alignas(16) const unsigned char sample[] = {
#include "sample.inc"
};
alignas(16) const unsigned char due[] = {
#include "due.inc"
};
alignas(16) const unsigned char order[] = {
#include "order.inc"
};

} // namespace

namespace bdc::compiler {

llvm::ArrayRef<StepPart> stepParts() {
  static const std::vector<StepPart> parts = {{{"bdc_sample", "bdc_sample_lanes"}, sample}, {{"bdc_due"}, due}, {{"bdc_order"}, order}};
  return parts;
}

const StepPart *findStepPart(llvm::StringRef function) {
  for (const StepPart &part : stepParts())
    if (llvm::is_contained(part.functions, function))
      return &part;
  return nullptr;
}

} // namespace bdc::compiler
