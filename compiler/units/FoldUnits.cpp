// Rewrites types and constants into the coherent unit system.
#include "compiler/passes.h"
#include "dialects/step/Step.h"

namespace bdc::compiler {

#define GEN_PASS_DEF_FOLDUNITS
#include "compiler/Passes.h.inc"

namespace {
struct FoldUnits : impl::FoldUnitsBase<FoldUnits> {
  void runOnOperation() override {}
};
} // namespace

} // namespace bdc::compiler
