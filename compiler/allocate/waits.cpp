#include "compiler/allocate/waits.h"

using namespace mlir;

namespace bdc::compiler {

namespace {

/// All other threads have finished `phase`, `steps` (and `delay`) ago.
struct Need {
  unsigned phase, steps;
  FlatSymbolRefAttr delay;
  bool isRare; ///< where the phase does not happen in every step, and who waits for it does: then there is nothing to wait for as a rule

  bool covers(const Need &other) const {
    if (isRare)
      return other.isRare && phase == other.phase && steps == other.steps && delay == other.delay;
    return (!delay || delay == other.delay) && (steps < other.steps || (steps == other.steps && phase >= other.phase));
  }
};

using Needs = SmallVector<Need>;

bool meet(const Access &a, const Access &b) { return a.what == b.what && (a.write || b.write) && (a.all || b.all); }

/// `need`, unless it is covered; what it covers goes.
void insert(Needs &needs, const Need &need) {
  if (llvm::any_of(needs, [&](const Need &made) { return made.covers(need); }))
    return;
  llvm::erase_if(needs, [&](const Need &made) { return need.covers(made); });
  needs.push_back(need);
}

/// What phase `later` needs of `earlier` in the same step, and in the one before.
void compare(ArrayRef<Access> earlier, unsigned phase, bool isRare, bool sameStep, ArrayRef<Access> later, Needs &needs) {
  for (const Access &a : earlier)
    for (const Access &b : later) {
      if (!meet(a, b))
        continue;
      if (sameStep && !(a.past && b.write))
        insert(needs, {phase, 0, {}, isRare});
      // The row that is written now may be the oldest of those that were read a step ago.
      insert(needs, {phase, 1, b.past ? b.delay : FlatSymbolRefAttr(), isRare});
    }
}

/// Drops what other waits of the thread have made sure of. What is dropped is covered by what happens earlier and stays, or was dropped for
/// what happens even earlier. A phase that is `seldom` makes sure of nothing for others.
void dropCovered(MutableArrayRef<Needs> phases, const llvm::BitVector &seldom) {
  for (size_t j = 0; j < phases.size(); ++j)
    llvm::erase_if(phases[j], [&](const Need &need) {
      for (size_t i = 0; i < phases.size(); ++i)
        for (Need made : seldom[i] ? Needs() : phases[i]) {
          made.steps += i > j; // in the step before
          if (i != j && made.covers(need))
            return true;
        }
      return false;
    });
}

} // namespace

SmallVector<SmallVector<step::WaitAttr>> placeWaits(ArrayRef<SmallVector<Access>> phases, const llvm::BitVector &seldom, MLIRContext *context) {
  SmallVector<Needs> needs(phases.size());
  for (size_t j = 0; j < phases.size(); ++j)
    for (size_t i = 0; i < phases.size(); ++i)
      compare(phases[i], i, seldom[i] && !seldom[j], i < j, phases[j], needs[j]);
  dropCovered(needs, seldom);
  SmallVector<SmallVector<step::WaitAttr>> waits;
  for (const Needs &list : needs)
    waits.push_back(llvm::map_to_vector(list, [&](const Need &n) { return step::WaitAttr::get(context, n.phase, n.steps, n.delay); }));
  return waits;
}

} // namespace bdc::compiler
