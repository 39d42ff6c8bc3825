/// The state of a fit in an HDF5 file, and from there.
///
///   <group>/<array>   of those that grow, all rows; of the others one copy behind the other, one for each write
///   <group>/lengths   [write][array]: how long those copies are
///   attributes of the group: what must be the same to continue
#pragma once

#include "runtime/optimise/state.h"
#include "runtime/record/h5_file.h"

namespace bdc::runtime::optimise {

class StateWriter {
public:
  /// Declares the places of every array, before the file is started. Later states have the same names.
  StateWriter(h5::File &file, int group, const State &shape);

  /// Appends what is new. It counts from the file's next commit on.
  Status write(const State &state);

private:
  struct Place {
    int dataset;
    int64_t columns;
    bool grows;
    int64_t written = 0; ///< rows
  };
  h5::File &file;
  std::map<std::string, Place> places;
  int lengths;
};

/// The state of the last write. Errors: no such file, or none in it.
Result<State> readState(const std::string &path, const std::string &group = "/fit/state");

} // namespace bdc::runtime::optimise
