#include "runtime/record/h5_file.h"

#include "runtime/record/write.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace bdc::runtime::h5 {
namespace {

constexpr uint64_t page = 4096;
/// Levels of a chunk index: 64^4 chunks.
constexpr size_t maxLevels = 4;

uint64_t align(uint64_t at, uint64_t to) { return (at + to - 1) / to * to; }

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

} // namespace

Result<std::unique_ptr<File>> File::create(const std::string &path) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0)
    return writeError(path, errno);
  return std::unique_ptr<File>(new File(path, fd));
}

File::~File() { close(fd); }

int File::group(int parent, const std::string &name) {
  objects.emplace_back();
  objects.back().name = name;
  objects[parent].children.push_back(static_cast<int>(objects.size()) - 1);
  return static_cast<int>(objects.size()) - 1;
}

int File::dataset(int parent, const std::string &name, Number type, int64_t columns, int64_t chunkRows) {
  const int made = group(parent, name);
  Object &object = objects[made];
  object.isDataset = true;
  object.type = type;
  object.columns = columns;
  object.chunkRows = chunkRows;
  return made;
}

void File::setAttribute(int object, Attribute attribute) {
  for (Attribute &old : objects[object].attributes)
    if (old.name == attribute.name) {
      old = std::move(attribute);
      return;
    }
  objects[object].attributes.push_back(std::move(attribute));
}

void File::attribute(int object, const std::string &name, const std::string &text) {
  texts.push_back(text);
  setAttribute(object, {name, datatypeText(), {}, static_cast<int>(texts.size()) - 1});
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

Status File::start() {
  heap = page;
  const Bytes heapBytes = globalHeap(texts);
  if (Status s = write(heapBytes.begin(), heapBytes.size(), heap); !s)
    return s;
  // An area holds all headers, whose sizes do not change from now on, and the unfinished index nodes.
  uint64_t area = 0;
  const std::vector<uint64_t> nowhere(objects.size(), 0);
  for (const Object &object : objects)
    area += align(header(object, nowhere, undefined).size(), 8) + spineBytes(object);
  area = align(area, page);
  areas[0] = heap + heapBytes.size();
  areas[1] = areas[0] + area;
  end = areas[1] + area;
  return commit();
}

size_t File::spineBytes(const Object &object) const {
  return object.isDataset ? maxLevels * align(nodeBytes(object.rank()), 8) : 0;
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

Status File::append(int dataset, const void *rows, int64_t count) {
  Object &object = objects[dataset];
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

/// The unfinished nodes, as they will lie at `at`, one place per level; a level without one stays empty. Each lists the
/// unfinished node below it as its last.
std::vector<Bytes> File::spineNodes(const Object &object, uint64_t at, uint64_t &root) const {
  std::vector<Bytes> nodes;
  IndexEntry below{0, undefined};
  const uint64_t stride = align(nodeBytes(object.rank()), 8);
  const uint64_t stop = align(object.rows, static_cast<uint64_t>(object.chunkRows));
  for (size_t level = 0; level < object.spine.size(); ++level) {
    std::vector<IndexEntry> entries = object.spine[level];
    if (below.address != undefined)
      entries.push_back(below);
    nodes.emplace_back();
    if (entries.empty())
      continue;
    nodes.back() = indexNode(static_cast<int>(level), object.rank(), entries, stop, static_cast<uint32_t>(object.chunkBytes()));
    below = {entries.front().row, at + level * stride};
  }
  root = below.address;
  return nodes;
}

Bytes File::header(const Object &object, const std::vector<uint64_t> &addresses, uint64_t index) const {
  Header out;
  if (object.isDataset) {
    std::vector<uint64_t> size{object.rows};
    std::vector<uint32_t> chunk{static_cast<uint32_t>(object.chunkRows)};
    if (object.columns > 0) {
      size.push_back(static_cast<uint64_t>(object.columns));
      chunk.push_back(static_cast<uint32_t>(object.columns));
    }
    out.add(MessageType::dataspace, growingSpace(size));
    out.add(MessageType::datatype, datatype(object.type));
    out.add(MessageType::fillValue, fillValueMessage());
    out.add(MessageType::layout, layoutMessage(index, chunk, bytesOf(object.type)));
  } else {
    out.add(MessageType::linkInfo, linkInfoMessage());
    out.add(MessageType::groupInfo, groupInfoMessage());
    for (int child : object.children)
      out.add(MessageType::link, linkMessage(objects[child].name, addresses[child]));
  }
  out.add(MessageType::attributeInfo, attributeInfoMessage());
  for (const Attribute &a : object.attributes) {
    const bool isText = a.text >= 0;
    out.add(MessageType::attribute,
            attributeMessage(a.name, a.type,
                             isText ? textValue(heap, static_cast<uint32_t>(a.text) + 1, texts[a.text].size()) : a.value));
  }
  return out.finish();
}

Status File::commit() {
  const int next = 1 - current;
  const std::vector<uint64_t> nowhere(objects.size(), 0);
  std::vector<uint64_t> addresses, spines;
  uint64_t at = areas[next];
  for (const Object &object : objects) {
    addresses.push_back(at);
    at += align(header(object, nowhere, undefined).size(), 8);
    spines.push_back(at);
    at += spineBytes(object);
  }
  for (size_t i = 0; i < objects.size(); ++i) {
    uint64_t root = undefined;
    const std::vector<Bytes> nodes = spineNodes(objects[i], spines[i], root);
    for (size_t level = 0; level < nodes.size(); ++level) {
      const uint64_t place = spines[i] + level * align(nodeBytes(objects[i].rank()), 8);
      if (Status s = write(nodes[level].begin(), nodes[level].size(), place); !s)
        return s;
    }
    const Bytes bytes = header(objects[i], addresses, root);
    if (Status s = write(bytes.begin(), bytes.size(), addresses[i]); !s)
      return s;
  }
  // The file must be as long as it says: the last chunk may be unfinished.
  if (const HeldFileSignal held; ftruncate(fd, static_cast<off_t>(end)) != 0)
    return writeError(filePath, errno);
  const Bytes block = superblock(end, addresses[0]);
  if (Status s = write(block.begin(), block.size(), 0); !s)
    return s;
  current = next;
  return {};
}

} // namespace bdc::runtime::h5
