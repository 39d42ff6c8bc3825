/// The HDF5 file of a batch.
///
///   /sweep/parameters/<name>   [lane], in the unit of its attribute `units`; `seed` is there always
///   /sweep/state               [lane]; 0 unfinished, 1 finished, 2 failed
///   /sweep/summaries/<name>    [lane], attributes units, text; NaN until the lane is finished
///   /lanes/<number>/…          what a run alone has below its root (output_file.h); attributes label, seed, complete
///   /lanes/<number>/parameters attributes: the values, by their names
///   attributes of the root     as of a run alone, lanes, and complete: all lanes have come to their end
#pragma once

#include "runtime/batch/results.h"
#include "runtime/record/output_file.h"
#include "runtime/simulate/simulation.h"

#include <mutex>

namespace bdc::runtime {

class BatchFile {
public:
  /// `summaries`: their names and units. Everything that is known before the first lane runs is in the file at once.
  static Result<std::unique_ptr<BatchFile>> create(const std::string &path, const RunLabel &label, const BatchResults &results,
                                                   const std::vector<SummaryValue> &summaries);

  /// For any thread. A place for the lane's own recordings; what it came to, which is in the file when its recordings are.
  LanePlace place(const LaneResult &result, size_t lane);
  void write(const LaneResult &result, size_t lane);

  Status commit();
  /// Says that all lanes came to their end, and commits.
  Status complete();

private:
  explicit BatchFile(std::shared_ptr<h5::File> file) : file(std::move(file)) {}
  Status open(const RunLabel &label, const BatchResults &results, const std::vector<SummaryValue> &names);
  Result<int> addColumn(int group, std::string name, h5::Number type, const std::string &unit, const void *values, size_t count);

  std::shared_ptr<h5::File> file;
  std::vector<BatchParameter> parameters;
  int lanes = -1, state = -1;
  int digits = 1; ///< of a lane's number
  std::vector<int> summaries;
  std::set<std::pair<int, std::string>> names; ///< of columns

  struct Ended {
    int64_t lane;
    LaneState state;
    std::vector<double> summaries;
  };
  std::mutex mutex;
  std::vector<Ended> ended; ///< since the last commit
};

} // namespace bdc::runtime
