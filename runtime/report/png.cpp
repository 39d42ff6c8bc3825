#include "runtime/report/png.h"

#include <zlib.h>

#include <cmath>
#include <span>
#include <string_view>

namespace bdc::runtime::png {
namespace {

void putBig(std::string &out, uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8)
    out += static_cast<char>(value >> shift & 0xff);
}

const Bytef *bytes(std::string_view text) { return reinterpret_cast<const Bytef *>(text.data()); }

void putChunk(std::string &out, std::string_view type, std::string_view data) {
  putBig(out, static_cast<uint32_t>(data.size()));
  std::string body(type);
  body += data;
  out += body;
  putBig(out, static_cast<uint32_t>(crc32(0, bytes(body), static_cast<uInt>(body.size()))));
}

std::string base64(std::string_view data) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (size_t i = 0; i < data.size(); i += 3) {
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k)
      group = group << 8 | (i + k < data.size() ? static_cast<uint8_t>(data[i + k]) : 0u);
    for (size_t k = 0; k < 4; ++k)
      out += i + k > data.size() ? '=' : letters[group >> (18 - 6 * k) & 63];
  }
  return out;
}

Palette between(std::span<const uint32_t> anchors) {
  Palette palette;
  for (int i = 0; i < shades; ++i) {
    const double at = static_cast<double>(i) / (shades - 1) * static_cast<double>(anchors.size() - 1);
    const auto first = std::min<size_t>(static_cast<size_t>(at), anchors.size() - 2);
    const double part = at - static_cast<double>(first);
    for (int c = 0; c < 3; ++c) {
      const auto channel = [&](uint32_t colour) { return static_cast<double>(colour >> (16 - 8 * c) & 0xff); };
      palette[i][c] =
          static_cast<uint8_t>(std::lround(channel(anchors[first]) * (1 - part) + channel(anchors[first + 1]) * part));
    }
  }
  return palette;
}

} // namespace

std::string dataAddress(const std::vector<uint8_t> &pixels, int64_t width, int64_t height, const Palette &palette) {
  std::string header, colours, lines;
  putBig(header, static_cast<uint32_t>(width));
  putBig(header, static_cast<uint32_t>(height));
  header += std::string("\x08\x03\x00\x00\x00", 5); // 8 bits, palette
  for (const Colour &colour : palette)
    colours.append(colour.begin(), colour.end());
  colours += std::string(3, '\0');
  const std::string opacity = std::string(shades, '\xff') + '\0';
  for (int64_t row = 0; row < height; ++row) {
    lines += '\0'; // no filter
    lines.append(reinterpret_cast<const char *>(&pixels[row * width]), static_cast<size_t>(width));
  }
  uLongf size = compressBound(static_cast<uLong>(lines.size()));
  std::string packed(size, '\0');
  if (compress(reinterpret_cast<Bytef *>(packed.data()), &size, bytes(lines), static_cast<uLong>(lines.size())) != Z_OK)
    return {};
  packed.resize(size);
  std::string file = "\x89PNG\r\n\x1a\n";
  putChunk(file, "IHDR", header);
  putChunk(file, "PLTE", colours);
  putChunk(file, "tRNS", opacity);
  putChunk(file, "IDAT", packed);
  putChunk(file, "IEND", {});
  return "data:image/png;base64," + base64(file);
}

const Palette &sequential() {
  constexpr uint32_t anchors[] = {0x440154, 0x482878, 0x3e4989, 0x31688e, 0x26828e,
                                  0x1f9e89, 0x35b779, 0x6ece58, 0xb5de2b, 0xfde725};
  static const Palette palette = between(anchors);
  return palette;
}

const Palette &diverging() {
  constexpr uint32_t anchors[] = {0x053061, 0x2166ac, 0x4393c3, 0x92c5de, 0xd1e5f0, 0xf7f7f7,
                                  0xfddbc7, 0xf4a582, 0xd6604d, 0xb2182b, 0x67001f};
  static const Palette palette = between(anchors);
  return palette;
}

} // namespace bdc::runtime::png
