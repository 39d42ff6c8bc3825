#include "bitcode.h"

namespace bdc::kernels {
namespace {
alignas(16) constexpr unsigned char host[] = {
#include "host.inc"
};
alignas(16) constexpr unsigned char nvptx[] = {
#include "nvptx.inc"
};
} // namespace

std::span<const unsigned char> hostBitcode() { return host; }
std::span<const unsigned char> nvptxBitcode() { return nvptx; }
} // namespace bdc::kernels
