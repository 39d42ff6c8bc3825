#include "runtime/batch/batch_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>

namespace bdc::runtime {

using h5::truth;

Result<std::unique_ptr<BatchFile>> BatchFile::create(const std::string &path, const RunLabel &label, const BatchResults &results,
                                                     const std::vector<SummaryValue> &summaries) {
  Result<std::unique_ptr<h5::File>> opened = h5::File::create(path);
  if (!opened)
    return opened.error();
  std::unique_ptr<BatchFile> made(new BatchFile(std::move(*opened)));
  if (Status s = made->open(label, results, summaries); !s)
    return s.error();
  return made;
}

Status BatchFile::open(const RunLabel &label, const BatchResults &results, const std::vector<SummaryValue> &names) {
  parameters = results.parameters;
  OutputFile::describe(*file, label);
  const size_t count = results.lanes.size();
  digits = static_cast<int>(fmt::format("{}", count - 1).size());
  file->attribute(0, "seed", label.seed);
  file->attribute(0, "lanes", static_cast<uint64_t>(count));
  file->attribute(0, "complete", truth, 0);
  const int sweep = file->group(0, "sweep"), values = file->group(sweep, "parameters"), numbers = file->group(sweep, "summaries");
  lanes = file->group(0, "lanes");
  for (size_t p = 0; p < parameters.size(); ++p) {
    std::vector<double> column;
    for (const LaneResult &lane : results.lanes)
      column.push_back(lane.lane.values[p]);
    if (!parameters[p].isSeed)
      if (Result<int> made = addColumn(values, parameters[p].name, h5::Number::f64, parameters[p].unit, column.data(), count); !made)
        return made.error();
  }
  std::vector<uint64_t> seeds;
  for (const LaneResult &lane : results.lanes)
    seeds.push_back(lane.lane.seed);
  if (Result<int> made = addColumn(values, "seed", h5::Number::u64, "", seeds.data(), count); !made)
    return made.error();
  const std::vector<uint8_t> none(count, static_cast<uint8_t>(LaneState::unfinished));
  Result<int> made = addColumn(sweep, "state", h5::Number::u8, "", none.data(), count);
  if (!made)
    return made.error();
  state = *made;
  file->attribute(state, "meaning", std::string("0 unfinished, 1 finished, 2 failed"));
  const std::vector<double> missing(count, std::numeric_limits<double>::quiet_NaN());
  for (const SummaryValue &summary : names) {
    made = addColumn(numbers, summary.name, h5::Number::f64, summary.unit, missing.data(), count);
    if (!made)
      return made.error();
    summaries.push_back(*made);
  }
  for (const LaneResult &lane : results.lanes)
    file->remember(lane.lane.label); // together, or each lane would take a page for its own
  return file->commit();
}

/// One number for each lane, in one chunk.
Result<int> BatchFile::addColumn(int group, std::string name, h5::Number type, const std::string &unit, const void *values, size_t count) {
  const std::string text = name;
  std::replace(name.begin(), name.end(), '/', '|'); // a slash would make a group of its own
  while (!names.insert({group, name}).second)
    name += "'";
  const auto rows = static_cast<int64_t>(count);
  const int made = file->dataset(group, name, type, 0, rows);
  file->attribute(made, "text", text);
  file->attribute(made, "units", unit.empty() ? "1" : unit);
  if (Status s = file->append(made, values, rows); !s)
    return s.error();
  return made;
}

LanePlace BatchFile::place(const LaneResult &result, size_t lane) {
  const std::string name = fmt::format("{:0{}}", lane, digits);
  const int group = file->group(lanes, name);
  file->attribute(group, "label", result.lane.label);
  file->attribute(group, "complete", truth, 0); // which stays where the lane is interrupted before its first step
  const int values = file->group(group, "parameters"); // away from attributes that have meanings of their own
  for (size_t p = 0; p < parameters.size(); ++p)
    if (!parameters[p].isSeed)
      file->attribute(values, parameters[p].name, result.lane.values[p]);
  return {file, group, "/lanes/" + name};
}

void BatchFile::write(const LaneResult &result, size_t lane) {
  Ended now{static_cast<int64_t>(lane), result.state, {}};
  for (const SummaryValue &summary : result.summaries)
    now.summaries.push_back(summary.value);
  const std::scoped_lock lock(mutex);
  ended.push_back(std::move(now));
}

/// Rows are replaced in place, recordings are seen from a commit on: a run that is killed in between must not have lanes that are
/// called finished and are not there.
Status BatchFile::commit() {
  std::vector<Ended> seen;
  {
    const std::scoped_lock lock(mutex);
    seen.swap(ended);
  }
  if (Status s = file->commit(); !s)
    return s;
  for (const Ended &lane : seen) {
    for (size_t i = 0; i < std::min(summaries.size(), lane.summaries.size()); ++i)
      if (Status s = file->replace(summaries[i], lane.lane, &lane.summaries[i]); !s)
        return s;
    const auto code = static_cast<uint8_t>(lane.state);
    if (Status s = file->replace(state, lane.lane, &code); !s)
      return s;
  }
  return {};
}

Status BatchFile::complete() {
  if (Status s = commit(); !s)
    return s;
  file->attribute(0, "complete", truth, 1);
  return file->commit();
}

} // namespace bdc::runtime
