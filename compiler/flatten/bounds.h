/// The largest and smallest value that an expression with random numbers can take. Private to this folder.
#ifndef BDC_COMPILER_FLATTEN_BOUNDS_H
#define BDC_COMPILER_FLATTEN_BOUNDS_H

#include "compiler/flatten/emitter.h"

namespace bdc::compiler::flatten {

/// Writes the upper bound of what `region` yields, over the scalars it reads. Distributions without an end are cut where one draw
/// in 10^15 lies beyond; a param that has a value per element lies where its initial value does. Null after an error: an operation whose
/// bounds are not known.
Value upperBound(Region &region, Emitter &emitter, step::ProgramOp program);

} // namespace bdc::compiler::flatten

#endif
