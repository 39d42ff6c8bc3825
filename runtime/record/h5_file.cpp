#include "runtime/record/h5_file.h"

#include "runtime/record/write.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace bdc::runtime::h5 {
namespace {

/// Levels of a chunk index: 64^4 chunks.
constexpr size_t maxLevels = 4;

Error writeError(const std::string &path, int code) {
  std::string help;
  if (code == ENOSPC || code == EDQUOT)
    help = "free some space, or write elsewhere with -o; what was written so far can be read";
  else if (code == EFBIG)
    help = "a file cannot be larger here; what was written so far can be read";
  else if (code == EACCES || code == EROFS || code == ENOENT || code == ENOTDIR)
    help = "choose another place with -o";
  return {ErrorKind::output, fmt::format("cannot write {}: {}", path, strerror(code)), std::move(help)};
}

/// Two runs that write one file would leave neither. The lock is another than the one by which HDF5 keeps readers away, and goes with the file
/// descriptor; where a file system has none, nobody is kept away.
bool isWrittenByAnother(int fd) {
  struct flock whole = {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  return fcntl(fd, F_OFD_SETLK, &whole) != 0 && (errno == EAGAIN || errno == EACCES);
}

} // namespace

Result<std::unique_ptr<File>> File::create(const std::string &path) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (fd < 0)
    return writeError(path, errno);
  std::unique_ptr<File> file(new File(path, fd));
  struct stat kind;
  if (fstat(fd, &kind) != 0 || !S_ISREG(kind.st_mode))
    return file;
  if (isWrittenByAnother(fd))
    return Error{ErrorKind::output, fmt::format("{} is being written by another run", path), "wait for it, or choose another file with -o"};
  if (ftruncate(fd, 0) != 0)
    return writeError(path, errno);
  return file;
}

File::~File() { close(fd); }

int File::newObject(int parent, const std::string &name) {
  objects.emplace_back();
  objects.back().name = name;
  objects[parent].children.push_back(static_cast<int>(objects.size()) - 1);
  return static_cast<int>(objects.size()) - 1;
}

int File::group(int parent, const std::string &name) {
  const std::scoped_lock lock(mutex);
  return newObject(parent, name);
}

int File::dataset(int parent, const std::string &name, Number type, int64_t columns, int64_t chunkRows) {
  const std::scoped_lock lock(mutex);
  const int made = newObject(parent, name);
  Object &object = objects[made];
  object.isDataset = true;
  object.type = type;
  object.columns = columns;
  object.chunkRows = chunkRows;
  return made;
}

void File::setAttribute(int object, Attribute attribute) {
  const std::scoped_lock lock(mutex);
  for (Attribute &old : objects[object].attributes)
    if (old.name == attribute.name) {
      old = std::move(attribute);
      return;
    }
  objects[object].attributes.push_back(std::move(attribute));
}

void File::attribute(int object, const std::string &name, const std::string &text) {
  setAttribute(object, {name, datatypeText(), {}, remember(text)});
}

int File::remember(const std::string &text) {
  const std::scoped_lock lock(mutex);
  const auto [known, isNew] = textNumber.try_emplace(text, static_cast<int>(texts.size()));
  if (isNew) {
    texts.push_back({0, 0, text.size()});
    newTexts.push_back(text);
  }
  return known->second;
}

void File::attribute(int object, const std::string &name, double value) {
  Bytes bytes;
  bytes.put(value);
  setAttribute(object, {name, datatype(Number::f64), std::move(bytes)});
}

void File::attribute(int object, const std::string &name, uint64_t value) {
  Bytes bytes;
  bytes.put(value);
  setAttribute(object, {name, datatype(Number::u64), std::move(bytes)});
}

void File::attribute(int object, const std::string &name, const std::vector<std::string> &names, uint8_t value) {
  Bytes bytes;
  bytes.put(value);
  setAttribute(object, {name, datatypeEnum(names), std::move(bytes)});
}

Status File::write(const void *data, uint64_t size, uint64_t at) {
  if (const int code = writeAt(fd, data, size, at))
    return writeError(filePath, code);
  return {};
}

/// The file must be as long as it says: its last chunk may be unfinished.
Status File::lengthen() {
  if (const HeldFileSignal held; ftruncate(fd, static_cast<off_t>(end)) != 0)
    return writeError(filePath, errno);
  return {};
}

/// Enters the chunk that begins at the object's present row. A node that is full is written for good, beside the data, and
/// entered in the level above.
Status File::addChunk(Object &object) {
  object.chunkAddress = align(end, 8);
  end = object.chunkAddress + object.chunkBytes();
  const uint64_t stop = object.rows + static_cast<uint64_t>(object.chunkRows);
  IndexEntry entry{object.rows, object.chunkAddress};
  for (size_t level = 0; level < maxLevels; ++level) {
    if (level == object.spine.size())
      object.spine.emplace_back();
    std::vector<IndexEntry> &node = object.spine[level];
    node.push_back(entry);
    if (node.size() < entriesPerNode)
      return {};
    const Bytes full = indexNode(static_cast<int>(level), object.rank(), node, stop, static_cast<uint32_t>(object.chunkBytes()));
    entry = {node.front().row, align(end, 8)};
    end = entry.address + full.size();
    node.clear();
    if (Status s = write(full.begin(), full.size(), entry.address); !s)
      return s;
  }
  return Error{ErrorKind::output, fmt::format("{}: `{}` has more data than a file can index", filePath, object.name),
               "record less often, or fewer elements"};
}

Status File::append(std::initializer_list<Rows> parts) {
  const std::scoped_lock lock(mutex);
  for (const Rows &part : parts)
    if (Status s = appendRows(objects[part.dataset], part.values, part.count); !s)
      return s;
  return {};
}

Status File::appendRows(Object &object, const void *rows, int64_t count) {
  const char *from = static_cast<const char *>(rows);
  while (count > 0) {
    const int64_t inside = static_cast<int64_t>(object.rows) % object.chunkRows;
    if (inside == 0)
      if (Status s = addChunk(object); !s)
        return s;
    const int64_t now = std::min(count, object.chunkRows - inside);
    const auto bytes = static_cast<uint64_t>(now * object.rowBytes());
    if (Status s = write(from, bytes, object.chunkAddress + static_cast<uint64_t>(inside * object.rowBytes())); !s)
      return s;
    object.rows += static_cast<uint64_t>(now);
    from += bytes;
    count -= now;
  }
  return {};
}

Status File::replace(int dataset, int64_t row, const void *values) {
  const std::scoped_lock lock(mutex);
  const Object &object = objects[dataset];
  const auto bytes = static_cast<uint64_t>(object.rowBytes());
  return write(values, bytes, object.chunkAddress + static_cast<uint64_t>(row) * bytes);
}

} // namespace bdc::runtime::h5
