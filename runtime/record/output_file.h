/// The HDF5 file of a run.
///
///   /spikes/<population>/timestamps (ms, f64), node_ids (u64); attribute sorting = by_time   (the SONATA layout)
///   /traces/<name>/data [time][element] (attribute units), time (ms), ids
///   /sensitivities/<name>/<parameter>/  as in a trace; the units are those of the trace per unit of the parameter
///   /summaries/<name>/<table> (attribute units), ids; attributes: text, function, definition, value, unit, labels, and facts such
///       as window_ms. Summaries that are but a number are not in the file.
///   attributes of the root: hash, experiment, network, seed, dt (ms), version, precision, command, complete
///
/// In the file of a batch (batch_file.h) each lane has a group that is made like a root.
#pragma once

#include "runtime/record/h5_file.h"
#include "runtime/record/stream.h"
#include "runtime/summarise/detail.h"

#include <map>
#include <set>

namespace bdc::runtime {

/// What the file says about the run.
struct RunLabel {
  std::string hash, experiment, network, version, precision, command;
  uint64_t seed = 0;
  double dt_ms = 0;
  int64_t steps = 0; ///< planned
};

class OutputFile {
public:
  static Result<std::shared_ptr<OutputFile>> create(const std::string &path, const RunLabel &label);
  /// A run within a file that belongs to somebody else, who commits: its objects are below a group of that path.
  OutputFile(std::shared_ptr<h5::File> file, int group, std::string groupPath, const RunLabel &label);

  /// What all runs of a file share: attributes of its root.
  static void describe(h5::File &file, const RunLabel &label);

  /// Places for a stream; the listener writes into this file. Before `start`. `labels`: of its elements, or none.
  std::shared_ptr<Listener> add(const Stream &stream, const std::string &population, const std::vector<std::string> &labels = {});
  /// Places for how a stream changes with a parameter, of a run that goes on beside this one. After `start`.
  Result<std::shared_ptr<Listener>> addSensitivity(const Stream &stream, const std::string &population, const std::vector<std::string> &labels,
                                                   const std::string &parameter);
  /// Places for the tables of a summary; `write` fills them. Before `start`.
  struct SummaryLabel {
    std::string text, function, unit;
    std::vector<uint32_t> ids;       ///< of the elements
    std::vector<std::string> labels; ///< may be empty
  };
  int addSummary(const SummaryLabel &label, const Detail &shape);
  Status writeSummary(int summary, double value, const Detail &detail);
  /// Its path in the file.
  const std::string &summaryGroup(int summary) const { return tables[summary].path; }
  Status start();

  /// Makes everything so far readable, whatever happens next.
  Status commit() { return isOwner() ? file->commit() : Status(); }
  /// Says that the run came to its end, and commits.
  Status complete();
  /// Nothing more will be written.
  Status close() { return isOwner() ? file->commit() : file->seal(root); }

private:
  bool isOwner() const { return root == 0; }
  static std::string plainName(std::string name);
  std::string freshName(const std::string &parent, std::string name);
  std::shared_ptr<Listener> addTrace(int group, const Stream &stream, const std::string &population, const std::vector<std::string> &labels);
  Status writeIds();

  std::shared_ptr<h5::File> file;
  int root = 0;
  std::string rootPath;
  RunLabel label;
  int spikes = -1, traces = -1, summaries = -1, sensitivities = -1;
  std::map<std::string, int> followed; ///< groups of sensitivities, by the name of what changes
  struct Tables {
    std::string path;
    int group;
    std::vector<int> datasets; ///< in the detail's order
  };
  std::vector<Tables> tables;
  std::set<std::string> names;
  std::vector<std::pair<int, std::vector<uint64_t>>> ids; ///< data sets that are complete at once
};

} // namespace bdc::runtime
