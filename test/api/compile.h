// Compiling a text as a host does, whatever an earlier run of the tests has left in the cache.
#pragma once

#include "compiler/api/bdc.h"

namespace bdc {

/// Of the name "test.bd".
inline Result<Program> compileFresh(std::string text, CompileOptions options = {}) {
  options.cache = false;
  return compileText(std::move(text), "test.bd", options);
}

} // namespace bdc
