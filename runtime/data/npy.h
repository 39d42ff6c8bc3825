/// NumPy's arrays (.npy). Used within this folder alone.
#pragma once

#include "runtime/data/raw.h"

namespace bdc::runtime::data {

struct NumpyArray {
  char kind = 0; ///< i, u, f, b, S or U, as NumPy calls them
  std::vector<int64_t> shape;
  std::vector<double> numbers;    ///< in C order; kinds i, u, f, b
  std::vector<std::string> texts; ///< UTF-8; kinds S, U
};

/// `name` begins messages.
Result<NumpyArray> parseNumpy(const std::string &bytes, const std::string &name);

} // namespace bdc::runtime::data
