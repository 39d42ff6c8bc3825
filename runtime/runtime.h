/// Everything a host of compiled programs needs: the compiler's embedding API, and programs compiled ahead of time.
#pragma once

#include "runtime/abi.h"
#include "runtime/batch/results.h"
#include "runtime/descriptor/descriptor.h"
#include "runtime/error.h"
#include "runtime/fit/fitting.h"
#include "runtime/fit/gradient_check.h"
#include "runtime/progress/progress.h"
#include "runtime/simulate/simulation.h"
