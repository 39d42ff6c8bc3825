/// Headers, texts and the unfinished nodes of indices: how they get into the file, and how it switches to them.
#include "runtime/record/h5_file.h"

#include <algorithm>
#include <cstring>

namespace bdc::runtime::h5 {
namespace {

constexpr uint64_t page = 4096;
/// A heap counts its texts with 16 bits.
constexpr size_t textsPerHeap = 1 << 15;

} // namespace

/// Those that are new, into heaps of their own.
Status File::writeTexts() {
  for (size_t first = 0; first < newTexts.size(); first += textsPerHeap) {
    const size_t last = std::min(newTexts.size(), first + textsPerHeap), from = texts.size() - newTexts.size();
    const Bytes heap = globalHeap({newTexts.begin() + static_cast<int64_t>(first), newTexts.begin() + static_cast<int64_t>(last)});
    const uint64_t at = align(end, page);
    if (Status s = write(heap.begin(), heap.size(), at); !s)
      return s;
    end = at + heap.size();
    for (size_t i = first; i < last; ++i) {
      texts[from + i].heap = at;
      texts[from + i].index = static_cast<uint32_t>(i - first) + 1;
    }
  }
  newTexts.clear();
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

Bytes File::header(const Object &object, uint64_t index) const {
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
      out.add(MessageType::link, linkMessage(objects[child].name, objects[child].address));
  }
  out.add(MessageType::attributeInfo, attributeInfoMessage());
  for (const Attribute &a : object.attributes) {
    const Text text = a.text >= 0 ? texts[a.text] : Text();
    out.add(MessageType::attribute, attributeMessage(a.name, a.type, a.text >= 0 ? textValue(text.heap, text.index, text.length) : a.value));
  }
  return out.finish();
}

/// Of headers, each with the unfinished nodes behind it.
uint64_t File::metadataBytes(const std::vector<int> &which) const {
  uint64_t size = 0;
  for (int i : which)
    size += align(header(objects[i], undefined).size(), 8) + objects[i].spine.size() * align(nodeBytes(objects[i].rank()), 8);
  return size;
}

/// Writes the metadata of some objects one behind the other. The others that these refer to are sealed.
Status File::writeMetadata(const std::vector<int> &which, uint64_t at) {
  std::vector<char> bytes;
  for (int i : which) {
    objects[i].address = at + bytes.size();
    bytes.resize(bytes.size() + metadataBytes({i}));
  }
  auto put = [&](const Bytes &what, uint64_t where) { std::memcpy(bytes.data() + (where - at), what.begin(), what.size()); };
  for (int i : which) {
    const Object &object = objects[i];
    const uint64_t nodesAt = object.address + align(header(object, undefined).size(), 8), stride = align(nodeBytes(object.rank()), 8);
    uint64_t root = undefined;
    const std::vector<Bytes> nodes = spineNodes(object, nodesAt, root);
    for (size_t level = 0; level < nodes.size(); ++level)
      put(nodes[level], nodesAt + level * stride);
    put(header(object, root), object.address);
  }
  return write(bytes.data(), bytes.size(), at);
}

Status File::commit() {
  const std::scoped_lock lock(mutex);
  if (Status s = writeTexts(); !s)
    return s;
  std::vector<int> open;
  for (size_t i = 0; i < objects.size(); ++i)
    if (!objects[i].sealed)
      open.push_back(static_cast<int>(i));
  const uint64_t size = metadataBytes(open);
  const int next = 1 - current;
  if (size > areas[next].capacity) { // twice what is needed, so that the areas left behind stay small beside the last
    areas[next] = {align(end, page), align(2 * size, page)};
    end = areas[next].at + areas[next].capacity;
  }
  if (Status s = writeMetadata(open, areas[next].at); !s)
    return s;
  if (Status s = lengthen(); !s)
    return s;
  const Bytes block = superblock(end, objects[0].address);
  if (Status s = write(block.begin(), block.size(), 0); !s)
    return s;
  current = next;
  return {};
}

void File::collect(int object, std::vector<int> &into) const {
  if (objects[object].sealed)
    return;
  into.push_back(object);
  for (int child : objects[object].children)
    collect(child, into);
}

Status File::seal(int object) {
  const std::scoped_lock lock(mutex);
  if (Status s = writeTexts(); !s)
    return s;
  std::vector<int> which;
  collect(object, which);
  const uint64_t at = align(end, 8);
  end = at + metadataBytes(which);
  if (Status s = writeMetadata(which, at); !s)
    return s;
  for (int i : which) {
    objects[i].sealed = true;
    objects[i].children.clear();
    objects[i].attributes.clear();
    objects[i].spine.clear();
  }
  return {};
}

} // namespace bdc::runtime::h5
