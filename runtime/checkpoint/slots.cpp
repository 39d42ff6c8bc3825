#include "runtime/checkpoint/slots.h"

#include "runtime/checkpoint/schedule.h"
#include "runtime/memory/plan.h"
#include "runtime/record/write.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <numeric>

namespace bdc::runtime::checkpoint {
namespace {

/// The slots that are touched least; of equals the outer ones, which are held longest.
std::vector<int64_t> seldomUsed(const Plan &plan) {
  std::vector<int64_t> order(static_cast<size_t>(plan.slots));
  std::iota(order.begin(), order.end(), 0);
  if (plan.onDisk > 0) {
    const std::vector<int64_t> uses = slotUses(plan.units, plan.slots);
    std::sort(order.begin(), order.end(), [&](int64_t a, int64_t b) { return std::pair(uses[a], a) < std::pair(uses[b], b); });
  }
  order.resize(static_cast<size_t>(plan.onDisk));
  return order;
}

int readAt(int file, void *data, int64_t size, int64_t at) {
  char *to = static_cast<char *>(data);
  while (size > 0) {
    const ssize_t got = pread(file, to, static_cast<size_t>(std::min<int64_t>(size, 1 << 30)), at);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return got < 0 ? errno : EIO;
    to += got;
    at += got;
    size -= got;
  }
  return 0;
}

/// A file without a name; where the file system has none, one whose name is gone at once.
int anonymousFile(const std::string &folder) {
  const int file = open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file >= 0)
    return file;
  std::string name = folder + "/bdc_checkpoints_XXXXXX";
  const int named = mkostemp(name.data(), O_CLOEXEC);
  if (named >= 0)
    unlink(name.c_str());
  return named;
}

} // namespace

Slots::Slots(std::vector<Piece> given) : pieces(std::move(given)) {
  for (const Piece &piece : pieces)
    bytes += piece.bytes;
}

Slots::~Slots() {
  if (file >= 0)
    close(file);
}

Result<std::unique_ptr<Slots>> Slots::create(const Plan &plan, std::vector<Piece> pieces, const std::string &folder) {
  std::unique_ptr<Slots> slots(new Slots(std::move(pieces)));
  slots->places.resize(static_cast<size_t>(plan.slots));
  int64_t count = 0;
  for (const int64_t slot : seldomUsed(plan))
    slots->places[slot] = {true, count++, nullptr};
  if (count > 0)
    if (Status s = slots->openFile(folder, count); !s)
      return s.error();
  return slots;
}

Error Slots::fileError(const char *what, int code) const {
  const bool isFull = code == ENOSPC || code == EDQUOT || code == EFBIG;
  return {ErrorKind::output, fmt::format("cannot {} checkpoints in {}: {}", what, folder, strerror(code)),
          isFull ? fmt::format("free some space, name another folder, or keep fewer checkpoints on disk: each takes {}",
                               bytesText(bytes))
                 : "name another folder, or keep the checkpoints in memory"};
}

Status Slots::openFile(const std::string &wanted, int64_t count) {
  std::error_code ignored;
  folder = wanted.empty() ? std::filesystem::temp_directory_path(ignored).string() : wanted;
  file = anonymousFile(folder);
  if (file < 0)
    return fileError("keep", errno);
  // The room is taken now: a disk that is too small should not end a run of hours.
  const HeldFileSignal held;
  if (const int code = posix_fallocate(file, 0, std::max<int64_t>(1, count * bytes)))
    return fileError("keep", code);
  return {};
}

Status Slots::store(int slot) {
  Place &place = places[slot];
  if (place.onDisk) {
    int64_t at = place.index * bytes;
    for (const Piece &piece : pieces) {
      if (const int code = writeAt(file, piece.data, static_cast<uint64_t>(piece.bytes), static_cast<uint64_t>(at)))
        return fileError("write", code);
      at += piece.bytes;
    }
    return {};
  }
  if (!place.memory && !(place.memory = static_cast<char *>(arena.take(bytes))))
    return Error{ErrorKind::memory, fmt::format("no memory for a checkpoint of {}", bytesText(bytes)),
                 "use fewer checkpoints, or let some lie on disk"};
  char *to = place.memory;
  for (const Piece &piece : pieces) {
    std::memcpy(to, piece.data, static_cast<size_t>(piece.bytes));
    to += piece.bytes;
  }
  return {};
}

Status Slots::restore(int slot) {
  const Place &place = places[slot];
  int64_t at = place.onDisk ? place.index * bytes : 0;
  for (const Piece &piece : pieces) {
    if (!place.onDisk)
      std::memcpy(piece.data, place.memory + at, static_cast<size_t>(piece.bytes));
    else if (const int code = readAt(file, piece.data, piece.bytes, at))
      return fileError("read", code);
    at += piece.bytes;
  }
  return {};
}

} // namespace bdc::runtime::checkpoint
