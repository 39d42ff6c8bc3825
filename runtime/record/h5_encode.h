/// The bytes of HDF5's metadata (HDF5 File Format Specification, version 3.0), as much as recordings need: superblock 2,
/// object headers 2, compact links and attributes, chunked data sets with an index of version-1 B-trees, a global heap for
/// texts. All numbers are little-endian, offsets and lengths take 8 bytes.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace bdc::runtime::h5 {

constexpr uint64_t undefined = ~uint64_t(0);

inline uint64_t align(uint64_t at, uint64_t to) { return (at + to - 1) / to * to; }

/// Bytes under construction.
class Bytes {
public:
  template <class T> void put(T value) {
    const size_t at = data.size();
    data.resize(at + sizeof value);
    std::memcpy(data.data() + at, &value, sizeof value);
  }
  void text(std::string_view s) { data.insert(data.end(), s.begin(), s.end()); }
  void append(const Bytes &other) { data.insert(data.end(), other.data.begin(), other.data.end()); }
  void zeros(size_t count) { data.resize(data.size() + count); }
  size_t size() const { return data.size(); }
  const char *begin() const { return data.data(); }

private:
  std::vector<char> data;
};

/// Bob Jenkins' lookup3, the checksum of HDF5's metadata.
uint32_t checksum(const char *data, size_t length);

enum class Number { f32, f64, i32, i64, u8, u32, u64 };
int bytesOf(Number type);

Bytes datatype(Number type);
/// A text of any length, in UTF-8, kept in the global heap.
Bytes datatypeText();
/// An enumeration over u8 with the values 0, 1, 2, …
Bytes datatypeEnum(const std::vector<std::string> &names);

Bytes scalarSpace();
/// The first dimension is unlimited.
Bytes growingSpace(const std::vector<uint64_t> &size);

enum class MessageType : uint8_t {
  dataspace = 1,
  linkInfo = 2,
  datatype = 3,
  fillValue = 5,
  link = 6,
  layout = 8,
  groupInfo = 10,
  attribute = 12,
  attributeInfo = 21
};

/// One object header with its checksum.
class Header {
public:
  void add(MessageType type, const Bytes &message);
  Bytes finish() const;

private:
  Bytes messages;
};

Bytes linkMessage(std::string_view name, uint64_t address);
Bytes attributeMessage(std::string_view name, const Bytes &type, const Bytes &value);
Bytes layoutMessage(uint64_t index, const std::vector<uint32_t> &chunk, int elementBytes);
Bytes fillValueMessage();
/// No dense storage: links and attributes are in the header.
Bytes linkInfoMessage();
Bytes groupInfoMessage();
Bytes attributeInfoMessage();

/// Where a text lies in the heap; the value of an attribute of type datatypeText.
Bytes textValue(uint64_t heap, uint32_t index, size_t length);
/// All texts of a file; text i has index i + 1.
Bytes globalHeap(const std::vector<std::string> &texts);

/// Chunks or nodes below one node: first row and address.
struct IndexEntry {
  uint64_t row, address;
};
constexpr size_t entriesPerNode = 64;
size_t nodeBytes(int rank);
/// `end` is the first row after the node.
Bytes indexNode(int level, int rank, const std::vector<IndexEntry> &entries, uint64_t end, uint32_t chunkBytes);

constexpr size_t superblockBytes = 48;
Bytes superblock(uint64_t endOfFile, uint64_t root);

} // namespace bdc::runtime::h5
