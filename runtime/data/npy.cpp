/// The format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#include "runtime/data/npy.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>

namespace bdc::runtime::data {
namespace {

static_assert(std::endian::native == std::endian::little);

struct Header {
  bool bigEndian = false, fortran = false;
  char kind = 0;
  int64_t bytes = 0; ///< of one element
  std::vector<int64_t> shape;
  size_t data = 0; ///< where the elements begin
};

/// What follows `'key':` in the header, a Python dictionary as text.
std::string_view valueOf(std::string_view header, std::string_view key) {
  const size_t at = header.find(fmt::format("'{}':", key));
  if (at == header.npos)
    return {};
  const std::string_view rest = header.substr(at + key.size() + 3);
  return rest.substr(std::min(rest.find_first_not_of(' '), rest.size()));
}

bool parseShape(std::string_view text, std::vector<int64_t> &shape) {
  if (!text.starts_with('('))
    return false;
  text.remove_prefix(1);
  while (!text.starts_with(')')) {
    int64_t size = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
    if (error != std::errc() || size < 0)
      return false;
    shape.push_back(size);
    text.remove_prefix(static_cast<size_t>(end - text.data()));
    text.remove_prefix(std::min(text.find_first_not_of(", "), text.size()));
  }
  return true;
}

/// A type as NumPy writes it: '<f8'.
bool parseType(std::string_view text, Header &header) {
  if (text.size() < 5 || (text[0] != '\'' && text[0] != '"'))
    return false;
  header.bigEndian = text[1] == '>';
  header.kind = text[2];
  const auto [end, error] = std::from_chars(text.data() + 3, text.data() + text.size(), header.bytes);
  if (error != std::errc() || *end != text[0])
    return false;
  if (header.kind == 'U')
    header.bytes *= 4;
  switch (header.kind) {
  case 'b': return header.bytes == 1;
  case 'i':
  case 'u': return header.bytes == 1 || header.bytes == 2 || header.bytes == 4 || header.bytes == 8;
  case 'f': return header.bytes == 4 || header.bytes == 8;
  default: return (header.kind == 'S' || header.kind == 'U') && header.bytes > 0;
  }
}

Result<Header> parseHeader(const std::string &bytes, const std::string &name) {
  const Error damaged = inputError(fmt::format("{} is damaged, or no .npy file", name));
  if (bytes.size() < 12 || !bytes.starts_with("\x93NUMPY"))
    return damaged;
  const bool isLong = bytes[6] > 1; // versions 2 and 3 have four bytes for the length
  uint32_t length = 0;
  std::memcpy(&length, bytes.data() + 8, isLong ? 4 : 2);
  Header header;
  header.data = (isLong ? 12 : 10) + size_t(length);
  if (header.data > bytes.size())
    return damaged;
  const std::string_view text = std::string_view(bytes).substr(isLong ? 12 : 10, length);
  const std::string_view type = valueOf(text, "descr");
  if (!parseType(type, header))
    return inputError(fmt::format("{} holds {}, which cannot be read", name, type.substr(0, type.find_first_of(",}"))),
                      "integers, f4, f8, and strings (U, S) can; save others with astype(float) or astype(str)");
  header.fortran = valueOf(text, "fortran_order").starts_with("True");
  if (!parseShape(valueOf(text, "shape"), header.shape))
    return damaged;
  if (header.shape.size() != 1 && header.shape.size() != 2)
    return inputError(fmt::format("{} has {} dimensions", name, header.shape.size()), "matrices have two, labels one");
  return header;
}

template <class T> double numberAt(const char *from, bool swap) {
  char bytes[sizeof(T)];
  std::memcpy(bytes, from, sizeof(T));
  if (swap)
    std::reverse(bytes, bytes + sizeof(T));
  T value;
  std::memcpy(&value, bytes, sizeof(T));
  return static_cast<double>(value);
}

double numberAt(const Header &h, const char *from) {
  const bool wide = h.bytes == 8;
  if (h.kind == 'f')
    return wide ? numberAt<double>(from, h.bigEndian) : numberAt<float>(from, h.bigEndian);
  if (h.bytes == 1)
    return h.kind == 'i' ? numberAt<int8_t>(from, false) : numberAt<uint8_t>(from, false);
  if (h.bytes == 2)
    return h.kind == 'i' ? numberAt<int16_t>(from, h.bigEndian) : numberAt<uint16_t>(from, h.bigEndian);
  if (h.kind == 'i')
    return wide ? numberAt<int64_t>(from, h.bigEndian) : numberAt<int32_t>(from, h.bigEndian);
  return wide ? numberAt<uint64_t>(from, h.bigEndian) : numberAt<uint32_t>(from, h.bigEndian);
}

void appendUtf8(std::string &out, uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
    return;
  }
  const int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  constexpr unsigned char leads[] = {0, 0xC0, 0xE0, 0xF0};
  out += static_cast<char>(leads[more] | (code >> 6 * more & 0x3F));
  for (int i = more - 1; i >= 0; --i)
    out += static_cast<char>(0x80 | (code >> 6 * i & 0x3F));
}

/// Both kinds of strings are filled up with zeros.
std::string textAt(const Header &h, const char *from) {
  if (h.kind == 'S')
    return std::string(from, std::find(from, from + h.bytes, '\0'));
  std::string out;
  for (int64_t i = 0; i < h.bytes; i += 4) {
    const auto code = static_cast<uint32_t>(numberAt<uint32_t>(from + i, h.bigEndian));
    if (code == 0)
      break;
    appendUtf8(out, code);
  }
  return out;
}

} // namespace

Result<NumpyArray> parseNumpy(const std::string &bytes, const std::string &name) {
  const auto header = parseHeader(bytes, name);
  if (!header)
    return header.error();
  const int64_t rows = header->shape[0], columns = header->shape.size() == 2 ? header->shape[1] : 1;
  const auto room = static_cast<int64_t>(bytes.size() - header->data);
  // Divided, since the product of a damaged header's numbers might overflow.
  if (columns > 0 && rows > room / header->bytes / columns)
    return inputError(
        fmt::format("{} is cut short: it should hold {} by {} elements of {} bytes", name, rows, columns, header->bytes));
  NumpyArray out;
  out.kind = header->kind;
  out.shape = header->shape;
  const bool isText = out.kind == 'S' || out.kind == 'U';
  for (int64_t i = 0; i < rows && columns > 0; ++i)
    for (int64_t j = 0; j < columns; ++j) {
      const int64_t at = header->fortran ? j * rows + i : i * columns + j;
      const char *from = bytes.data() + header->data + at * header->bytes;
      if (isText)
        out.texts.push_back(textAt(*header, from));
      else
        out.numbers.push_back(numberAt(*header, from));
    }
  return out;
}

} // namespace bdc::runtime::data
