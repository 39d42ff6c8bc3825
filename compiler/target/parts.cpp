#include "compiler/target/parts.h"

namespace {

alignas(16) const unsigned char sample[] = {
#include "sample.inc"
};
alignas(16) const unsigned char due[] = {
#include "due.inc"
};

} // namespace

llvm::ArrayRef<bdc::compiler::StepPart> bdc::compiler::stepParts() {
  static const StepPart parts[] = {{"bdc_sample", sample}, {"bdc_sample_lanes", sample}, {"bdc_due", due}};
  return parts;
}
