/// Data of files as operands.
#include "runtime/objective/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace bdc::runtime::objective {

Data dataOf(MatrixData table, std::string text, const Display &unit, double interval_ms) {
  Data out;
  out.operand = {.kind = Operand::Kind::table,
                 .text = std::move(text),
                 .rows = table.rows,
                 .columns = table.columns,
                 .interval_ms = interval_ms,
                 .display = unit,
                 .names = std::move(table.columnLabels),
                 .isConstant = true};
  out.values = std::move(table.values);
  for (double &value : out.values)
    value = (value - unit.offset) / unit.factor;
  return out;
}

Result<Train> trainOf(const SpikeData &spikes, std::string text, const Operand &like, int64_t discard,
                      std::span<const uint32_t> ids) {
  Train out{like, {}, {}};
  out.operand.text = std::move(text);
  out.operand.isConstant = true;
  std::vector<std::pair<int64_t, uint32_t>> found;
  for (size_t i = 0; i < spikes.times_ms.size(); ++i) {
    const double time = spikes.times_ms[i], steps = std::round(time / like.interval_ms) - 1 - static_cast<double>(discard);
    if (!(time >= 0) || steps >= static_cast<double>(like.rows))
      return inputError(fmt::format("{}: spike {} is at {:.10g} ms, and the run ends at {:.10g} ms", spikes.name, i, time,
                                    static_cast<double>(discard + like.rows) * like.interval_ms));
    uint32_t element = spikes.elements[i];
    if (ids.empty() && element >= like.columns)
      return inputError(
          fmt::format("{}: spike {} is of element {}, and `{}` has {}", spikes.name, i, element, like.text, like.columns));
    if (!ids.empty()) {
      const auto at = std::lower_bound(ids.begin(), ids.end(), element);
      if (at == ids.end() || *at != element)
        continue;
      element = static_cast<uint32_t>(at - ids.begin());
    }
    if (steps >= 0)
      found.emplace_back(static_cast<int64_t>(steps), element);
  }
  std::sort(found.begin(), found.end());
  for (const auto &[step, element] : found) {
    out.times.push_back(step);
    out.sources.push_back(element);
  }
  return out;
}

} // namespace bdc::runtime::objective
