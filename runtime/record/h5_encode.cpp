#include "runtime/record/h5_encode.h"

#include <bit>

namespace bdc::runtime::h5 {

uint32_t checksum(const char *data, size_t length) {
  const auto *k = reinterpret_cast<const uint8_t *>(data);
  uint32_t a = 0xdeadbeef + static_cast<uint32_t>(length), b = a, c = a;
  auto word = [&](int at, size_t room) {
    uint32_t w = 0;
    for (size_t i = 0; i < 4 && at + i < room; ++i)
      w |= static_cast<uint32_t>(k[at + i]) << (8 * i);
    return w;
  };
  while (length > 12) {
    a += word(0, 12), b += word(4, 12), c += word(8, 12);
    a -= c, a ^= std::rotl(c, 4), c += b;
    b -= a, b ^= std::rotl(a, 6), a += c;
    c -= b, c ^= std::rotl(b, 8), b += a;
    a -= c, a ^= std::rotl(c, 16), c += b;
    b -= a, b ^= std::rotl(a, 19), a += c;
    c -= b, c ^= std::rotl(b, 4), b += a;
    k += 12;
    length -= 12;
  }
  if (length == 0)
    return c;
  a += word(0, length), b += word(4, length), c += word(8, length);
  c ^= b, c -= std::rotl(b, 14);
  a ^= c, a -= std::rotl(c, 11);
  b ^= a, b -= std::rotl(a, 25);
  c ^= b, c -= std::rotl(b, 16);
  a ^= c, a -= std::rotl(c, 4);
  b ^= a, b -= std::rotl(a, 14);
  c ^= b, c -= std::rotl(b, 24);
  return c;
}

int bytesOf(Number type) {
  constexpr int bytes[] = {4, 8, 4, 8, 1, 4, 8};
  return bytes[static_cast<int>(type)];
}

namespace {

/// First eight bytes of a datatype: class and version, class bits, size.
Bytes typeHead(int version, int kind, uint32_t bits, uint32_t size) {
  Bytes out;
  out.put<uint8_t>(static_cast<uint8_t>(version << 4 | kind));
  for (int i = 0; i < 3; ++i)
    out.put<uint8_t>(static_cast<uint8_t>(bits >> (8 * i)));
  out.put<uint32_t>(size);
  return out;
}

} // namespace

Bytes datatype(Number type) {
  const auto size = static_cast<uint32_t>(bytesOf(type));
  if (type != Number::f32 && type != Number::f64) {
    const bool isSigned = type == Number::i32 || type == Number::i64;
    Bytes out = typeHead(1, 0, isSigned ? 8 : 0, size);
    out.put<uint16_t>(0);                               // bit offset
    out.put<uint16_t>(static_cast<uint16_t>(size * 8)); // precision
    return out;
  }
  const bool isDouble = type == Number::f64;
  Bytes out = typeHead(1, 1, 0x20 | (size * 8 - 1) << 8, size); // implied leading bit; place of the sign
  out.put<uint16_t>(0);
  out.put<uint16_t>(static_cast<uint16_t>(size * 8));
  out.put<uint8_t>(isDouble ? 52 : 23); // exponent: place, size
  out.put<uint8_t>(isDouble ? 11 : 8);
  out.put<uint8_t>(0); // mantissa: place, size
  out.put<uint8_t>(isDouble ? 52 : 23);
  out.put<uint32_t>(isDouble ? 1023 : 127);
  return out;
}

Bytes datatypeText() {
  Bytes out = typeHead(1, 9, 0x101, 16); // variable length: a text, null-terminated, UTF-8
  out.append(datatype(Number::u8));
  return out;
}

Bytes datatypeEnum(const std::vector<std::string> &names) {
  Bytes out = typeHead(1, 8, static_cast<uint32_t>(names.size()), 1);
  out.append(datatype(Number::u8));
  for (const std::string &name : names) {
    out.text(name);
    out.zeros(8 - name.size() % 8);
  }
  for (size_t i = 0; i < names.size(); ++i)
    out.put<uint8_t>(static_cast<uint8_t>(i));
  return out;
}

Bytes scalarSpace() {
  Bytes out;
  for (int byte : {2, 0, 0, 0}) // version, rank, flags, kind
    out.put<uint8_t>(static_cast<uint8_t>(byte));
  return out;
}

Bytes growingSpace(const std::vector<uint64_t> &size) {
  Bytes out;
  for (int byte : {2, static_cast<int>(size.size()), 1, 1})
    out.put<uint8_t>(static_cast<uint8_t>(byte));
  for (uint64_t extent : size)
    out.put(extent);
  for (size_t i = 0; i < size.size(); ++i)
    out.put(i == 0 ? undefined : size[i]);
  return out;
}

void Header::add(MessageType type, const Bytes &message) {
  messages.put(static_cast<uint8_t>(type));
  messages.put(static_cast<uint16_t>(message.size()));
  messages.put<uint8_t>(0);
  messages.append(message);
}

Bytes Header::finish() const {
  Bytes out;
  out.text("OHDR");
  out.put<uint8_t>(2);
  out.put<uint8_t>(2); // the size that follows takes four bytes
  out.put(static_cast<uint32_t>(messages.size()));
  out.append(messages);
  out.put(checksum(out.begin(), out.size()));
  return out;
}

Bytes linkMessage(std::string_view name, uint64_t address) {
  Bytes out;
  out.put<uint8_t>(1);
  out.put<uint8_t>(0x11); // two bytes of length, a character set
  out.put<uint8_t>(1);    // UTF-8
  out.put(static_cast<uint16_t>(name.size()));
  out.text(name);
  out.put(address);
  return out;
}

Bytes attributeMessage(std::string_view name, const Bytes &type, const Bytes &value) {
  const Bytes space = scalarSpace();
  Bytes out;
  out.put<uint8_t>(3);
  out.put<uint8_t>(0);
  out.put(static_cast<uint16_t>(name.size() + 1));
  out.put(static_cast<uint16_t>(type.size()));
  out.put(static_cast<uint16_t>(space.size()));
  out.put<uint8_t>(1); // UTF-8
  out.text(name);
  out.zeros(1);
  out.append(type);
  out.append(space);
  out.append(value);
  return out;
}

Bytes layoutMessage(uint64_t index, const std::vector<uint32_t> &chunk, int elementBytes) {
  Bytes out;
  out.put<uint8_t>(3);
  out.put<uint8_t>(2); // chunked
  out.put(static_cast<uint8_t>(chunk.size() + 1));
  out.put(index);
  for (uint32_t extent : chunk)
    out.put(extent);
  out.put(static_cast<uint32_t>(elementBytes));
  return out;
}

Bytes fillValueMessage() {
  Bytes out;
  out.put<uint8_t>(3);
  out.put<uint8_t>(0x0b); // space is allocated as the data grow, the value (zero) written where it was set
  return out;
}

Bytes linkInfoMessage() {
  Bytes out;
  out.zeros(2);
  out.put(undefined);
  out.put(undefined);
  return out;
}

Bytes groupInfoMessage() {
  Bytes out;
  out.zeros(2);
  return out;
}

Bytes attributeInfoMessage() { return linkInfoMessage(); }

Bytes textValue(uint64_t heap, uint32_t index, size_t length) {
  Bytes out;
  out.put(static_cast<uint32_t>(length));
  out.put(heap);
  out.put(index);
  return out;
}

Bytes globalHeap(const std::vector<std::string> &texts) {
  constexpr size_t page = 4096, head = 16;
  size_t used = head;
  for (const std::string &text : texts)
    used += head + (text.size() + 7) / 8 * 8;
  const size_t size = (used + head + page - 1) / page * page;
  Bytes out;
  out.text("GCOL");
  out.put<uint32_t>(1);
  out.put(static_cast<uint64_t>(size));
  for (size_t i = 0; i < texts.size(); ++i) {
    out.put(static_cast<uint16_t>(i + 1));
    out.put<uint16_t>(1);
    out.put<uint32_t>(0);
    out.put(static_cast<uint64_t>(texts[i].size()));
    out.text(texts[i]);
    out.zeros((8 - texts[i].size() % 8) % 8);
  }
  out.put<uint64_t>(0); // object 0: what is free
  out.put(static_cast<uint64_t>(size - used));
  out.zeros(size - out.size());
  return out;
}

size_t nodeBytes(int rank) {
  const size_t key = 8 + 8 * (static_cast<size_t>(rank) + 1);
  return 24 + (entriesPerNode + 1) * key + entriesPerNode * 8;
}

Bytes indexNode(int level, int rank, const std::vector<IndexEntry> &entries, uint64_t end, uint32_t chunkBytes) {
  Bytes out;
  auto key = [&](uint32_t bytes, uint64_t row) {
    out.put(bytes);
    out.put<uint32_t>(0); // filters
    out.put(row);
    out.zeros(8 * static_cast<size_t>(rank)); // all chunks start in column 0
  };
  out.text("TREE");
  out.put<uint8_t>(1);
  out.put(static_cast<uint8_t>(level));
  out.put(static_cast<uint16_t>(entries.size()));
  out.put(undefined); // siblings
  out.put(undefined);
  for (const IndexEntry &entry : entries) {
    key(chunkBytes, entry.row);
    out.put(entry.address);
  }
  key(0, end);
  out.zeros(nodeBytes(rank) - out.size());
  return out;
}

Bytes superblock(uint64_t endOfFile, uint64_t root) {
  Bytes out;
  out.text("\x89HDF\r\n\x1a\n");
  for (int byte : {2, 8, 8, 0}) // version, bytes of offsets and lengths, flags
    out.put<uint8_t>(static_cast<uint8_t>(byte));
  out.put<uint64_t>(0);
  out.put(undefined);
  out.put(endOfFile);
  out.put(root);
  out.put(checksum(out.begin(), out.size()));
  return out;
}

} // namespace bdc::runtime::h5
