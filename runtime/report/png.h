/// Small pictures inside of a page.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace bdc::runtime::png {

using Colour = std::array<uint8_t, 3>;

/// 255 colours; the number 255 is transparent.
constexpr int shades = 255;
constexpr uint8_t transparent = 255;
using Palette = std::array<Colour, shades>;

/// A picture of palette numbers, row by row from the top, as a `data:` address.
std::string dataAddress(const std::vector<uint8_t> &pixels, int64_t width, int64_t height, const Palette &palette);

/// From dark to bright: viridis, through ten of its colours (van der Walt and Smith, CC0).
const Palette &sequential();
/// Blue, white, red: ColorBrewer's RdBu (Brewer and Harrower).
const Palette &diverging();

} // namespace bdc::runtime::png
