#include "runtime/optimise/history.h"

namespace bdc::runtime::optimise {

void History::exchange(Exchange &x) {
  x.inside("history", [&] {
    x.log("loss", 0, loss);
    x.log("best", 0, best);
    x.log("gradient_norm", 0, gradientNorm);
    x.log("time", 0, time_s);
    x.log("values", values.dimension, values.values);
    x.log("lanes", lanes.dimension, lanes.values);
  });
}

} // namespace bdc::runtime::optimise
