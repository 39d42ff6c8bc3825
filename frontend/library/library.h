// The standard library of models: `.bd` texts that are part of the compiler.
#pragma once

#include <span>
#include <string_view>

namespace bdc::library {

/// One file, e.g. "neurons.bd".
struct File {
  std::string_view path;
  std::string_view text;
};

std::span<const File> files();

} // namespace bdc::library
