/// A growing HDF5 file that is complete at every moment.
///
/// New data go to new places. `commit` writes all metadata (object headers, and the unfinished nodes of the chunk indices) into
/// the one of two areas that the file does not refer to, and then the 48 bytes of the superblock, which switch to it. So a
/// process may be killed at any point, or the disk be full: the file opens with any HDF5 library from 1.8 on and holds
/// everything up to the last commit. libhdf5 itself cannot promise that: it changes metadata in place, in many writes.
///
/// Several threads may write, each to its own objects. What will not change any more can be sealed: then a commit costs what is still
/// open, however much has been written before.
#pragma once

#include "runtime/error.h"
#include "runtime/record/h5_encode.h"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace bdc::runtime::h5 {

/// The enumeration that h5py reads as a bool.
inline const std::vector<std::string> truth{"FALSE", "TRUE"};

/// Objects are numbered; 0 is the root group. What is declared, appended or changed is in the file with the next commit.
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
  /// A value out of an enumeration. Declared again, an attribute gets another value.
  void attribute(int object, const std::string &name, const std::vector<std::string> &names, uint8_t value);

  /// The first commit.
  Status start() { return commit(); }
  /// The next rows of a data set, or of several that belong together: no commit comes between.
  struct Rows {
    int dataset;
    const void *values;
    int64_t count;
  };
  Status append(std::initializer_list<Rows> parts);
  Status append(int dataset, const void *rows, int64_t count) { return append({{dataset, rows, count}}); }
  /// Other numbers in the place of one row of a data set that is a single chunk. They are in the file at once.
  Status replace(int dataset, int64_t row, const void *values);
  /// A text that attributes will have. Those that are new at a commit or a seal share pages.
  int remember(const std::string &text);
  Status commit();
  /// An object and all that is below it are complete: their metadata are written for good.
  Status seal(int object);

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
    uint64_t address = 0;                       ///< of its header, as written last
    bool sealed = false;
    int rank() const { return columns > 0 ? 2 : 1; }
    int64_t rowBytes() const { return std::max<int64_t>(1, columns) * bytesOf(type); }
    uint64_t chunkBytes() const { return static_cast<uint64_t>(rowBytes() * chunkRows); }
  };

  /// A text of the heap; one that is there already is used again.
  struct Text {
    uint64_t heap = 0; ///< 0: not written yet
    uint32_t index = 0;
    size_t length = 0;
  };
  struct Area {
    uint64_t at = 0, capacity = 0;
  };

  File(std::string path, int fd) : filePath(std::move(path)), fd(fd), objects(1) {}
  Status write(const void *data, uint64_t size, uint64_t at);
  Status appendRows(Object &object, const void *rows, int64_t count);
  int newObject(int parent, const std::string &name);
  void setAttribute(int object, Attribute attribute);
  Status addChunk(Object &object);
  Status lengthen();

  // h5_metadata.cpp
  Status writeTexts();
  Status writeMetadata(const std::vector<int> &which, uint64_t at);
  uint64_t metadataBytes(const std::vector<int> &which) const;
  Bytes header(const Object &object, uint64_t index) const;
  std::vector<Bytes> spineNodes(const Object &object, uint64_t at, uint64_t &root) const;
  void collect(int object, std::vector<int> &into) const;

  std::mutex mutex;
  std::string filePath;
  int fd;
  std::vector<Object> objects;
  std::vector<Text> texts;
  std::map<std::string, int> textNumber;
  std::vector<std::string> newTexts;
  uint64_t end = 4096; ///< the superblock has the first page
  Area areas[2];       ///< of the metadata
  int current = 1;
};

} // namespace bdc::runtime::h5
