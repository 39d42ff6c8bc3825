/// Where the states of checkpoints are held: memory, and a file for those that are touched least.
#pragma once

#include "runtime/checkpoint/plan.h"
#include "runtime/memory/arena.h"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace bdc::runtime::checkpoint {

/// A part of the state: arrays, rings, counters.
struct Piece {
  void *data = nullptr;
  int64_t bytes = 0;
};

/// Holds the same pieces in every slot.
class Slots {
public:
  /// `folder`: of the file, where the plan has slots on disk; empty: that of temporary files. The file has no name, so nothing
  /// is left of it whatever happens. Its room on the disk is taken here, its memory as slots are used.
  static Result<std::unique_ptr<Slots>> create(const Plan &plan, std::vector<Piece> pieces, const std::string &folder = {});
  ~Slots();
  Slots(const Slots &) = delete;
  Slots &operator=(const Slots &) = delete;

  Status store(int slot);
  Status restore(int slot);

  bool isOnDisk(int slot) const { return places[slot].onDisk; }

private:
  struct Place {
    bool onDisk = false;
    int64_t index = 0;      ///< among those on disk
    char *memory = nullptr; ///< taken at the first use
  };
  explicit Slots(std::vector<Piece> pieces);
  Status openFile(const std::string &folder, int64_t count);
  Error fileError(const char *what, int code) const;

  std::vector<Piece> pieces;
  int64_t bytes = 0; ///< of a slot
  std::vector<Place> places;
  Arena arena;
  int file = -1;
  std::string folder; ///< of the file
};

} // namespace bdc::runtime::checkpoint
