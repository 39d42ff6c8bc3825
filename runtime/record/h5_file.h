/// A growing HDF5 file that is complete at every moment.
///
/// New data go to new places. `commit` writes all metadata (object headers, and the unfinished nodes of the chunk indices) into
/// the one of two areas that the file does not refer to, and then the 48 bytes of the superblock, which switch to it. So a
/// process may be killed at any point, or the disk be full: the file opens with any HDF5 library from 1.8 on and holds
/// everything up to the last commit. libhdf5 itself cannot promise that: it changes metadata in place, in many writes.
#pragma once

#include "runtime/error.h"
#include "runtime/record/h5_encode.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace bdc::runtime::h5 {

/// Objects are numbered; 0 is the root group. Groups, data sets and attributes are declared before `start`.
class File {
public:
  static Result<std::unique_ptr<File>> create(const std::string &path);
  ~File();
  File(const File &) = delete;
  File &operator=(const File &) = delete;

  int group(int parent, const std::string &name);
  /// Rows of `columns` numbers; columns = 0: a list of numbers. A chunk holds `chunkRows` rows.
  int dataset(int parent, const std::string &name, Number type, int64_t columns, int64_t chunkRows);

  void attribute(int object, const std::string &name, const std::string &text);
  void attribute(int object, const std::string &name, double value);
  void attribute(int object, const std::string &name, uint64_t value);
  /// A value out of an enumeration. Declared again after `start`, its value changes with the next commit.
  void attribute(int object, const std::string &name, const std::vector<std::string> &names, uint8_t value);

  Status start();
  /// The next rows of a data set.
  Status append(int dataset, const void *rows, int64_t count);
  Status commit();

  const std::string &path() const { return filePath; }

private:
  struct Attribute {
    std::string name;
    Bytes type, value;
    int text = -1; ///< position in `texts`
  };
  struct Object {
    std::string name;
    std::vector<int> children;
    std::vector<Attribute> attributes;
    bool isDataset = false;
    Number type = Number::f64;
    int64_t columns = 0, chunkRows = 1;
    uint64_t rows = 0;
    uint64_t chunkAddress = 0;                  ///< of the unfinished chunk
    std::vector<std::vector<IndexEntry>> spine; ///< unfinished nodes of the index, leaf first
    int rank() const { return columns > 0 ? 2 : 1; }
    int64_t rowBytes() const { return std::max<int64_t>(1, columns) * bytesOf(type); }
    uint64_t chunkBytes() const { return static_cast<uint64_t>(rowBytes() * chunkRows); }
  };

  File(std::string path, int fd) : filePath(std::move(path)), fd(fd), objects(1) {}
  Status write(const void *data, uint64_t size, uint64_t at);
  Status addChunk(Object &object);
  Bytes header(const Object &object, const std::vector<uint64_t> &addresses, uint64_t index) const;
  std::vector<Bytes> spineNodes(const Object &object, uint64_t at, uint64_t &root) const;
  size_t spineBytes(const Object &object) const;
  void setAttribute(int object, Attribute attribute);

  std::string filePath;
  int fd;
  std::vector<Object> objects;
  std::vector<std::string> texts;
  uint64_t heap = 0, end = 0;
  uint64_t areas[2] = {0, 0}; ///< of the metadata
  int current = 1;
};

} // namespace bdc::runtime::h5
