/// Every special function of the kernels. `bdc::kernels::exp(v)` takes float, double and their ext_vectors of 2, 4, 8, 16, 32.
#pragma once

#include "math/basic.h"
#include "math/erf.h"
#include "math/exp.h"
#include "math/inverse_trig.h"
#include "math/log.h"
#include "math/trig.h"
