/// The kernels as LLVM bitcode: functions bdc_<function>_<f32|f64>x<width> (see exports.def), always inlined.
#pragma once

#include <span>

namespace bdc::kernels {

/// For x86-64, widths 1, 2, 4, 8, 16 and 32; no target attributes, so it inlines into code for any processor. Code that wants the
/// speed sets x86-64-v3 or more on the calling functions: below, fma and rounding become calls of libm.
std::span<const unsigned char> hostBitcode();

/// For nvptx64-nvidia-cuda, width 1.
std::span<const unsigned char> nvptxBitcode();

} // namespace bdc::kernels
