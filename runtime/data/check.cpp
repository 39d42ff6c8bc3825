#include "runtime/data/raw.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>
#include <utility>

namespace bdc::runtime::data {

Error bothCouldBe(const std::string &file, std::string_view one, std::string_view other, std::string_view part) {
  return inputError(fmt::format("{}: both {} and {} could be the {}", file, one, other, part), "leave one of them");
}

Status checkUnique(const std::string &file, const std::vector<std::string> &there) {
  const auto isThere = [&](std::string_view name) { return std::find(there.begin(), there.end(), name) != there.end(); };
  for (const auto &[part, names] : {std::pair{"lengths", &lengthsNames}, {"labels", &labelsNames}, {"centres", &centresNames}})
    if (isThere((*names)[0]) && isThere((*names)[1]))
      return bothCouldBe(file, (*names)[0], (*names)[1], part);
  return {};
}

std::string listOf(const std::vector<std::string> &names) {
  constexpr size_t most = 12;
  if (names.empty())
    return "nothing";
  std::string out;
  for (size_t i = 0; i < names.size() && i < most; ++i)
    out += (i ? ", " : "") + names[i];
  return names.size() > most ? fmt::format("{}, and {} more", out, names.size() - most) : out;
}

Error notOne(const std::string &file, const char *what, const std::string &wanted, const std::vector<std::string> &found,
             const std::vector<std::string> &there) {
  if (!wanted.empty())
    return inputError(fmt::format("{} has no {} `{}`: there is {}", file, what, wanted, listOf(there)));
  if (found.empty())
    return inputError(fmt::format("{} has no {} with two dimensions: there is {}", file, what, listOf(there)));
  return inputError(fmt::format("{} has more than one {} with two dimensions: {}", file, what, listOf(found)),
                    fmt::format("name the one that is meant: `load(…, name = \"{}\")`", found[0]));
}

static std::string place(const Matrix &m, size_t at) {
  const auto columns = static_cast<size_t>(m.columns);
  return fmt::format("{}[{}][{}]", m.name, at / columns, at % columns);
}

Status checkFinite(const Matrix &m, const std::string &help) {
  for (size_t i = 0; i < m.values.size(); ++i)
    if (!std::isfinite(m.values[i]))
      return inputError(fmt::format("{} is {}", place(m, i), std::isnan(m.values[i]) ? "not a number" : "infinite"),
                        help);
  return {};
}

namespace {

constexpr const char *howCounted = "rows and columns are counted from 0; write 0 where there is no connection";

Status checkWeights(const Matrix &weights) {
  if (weights.rows != weights.columns)
    return inputError(fmt::format("{} is {} by {}: a connectome is square", weights.name, weights.rows, weights.columns),
                      "one row per target, one column per source, in the same order");
  if (weights.rows == 0)
    return inputError(fmt::format("{} is empty", weights.name));
  if (weights.rows > std::numeric_limits<uint32_t>::max())
    return inputError(fmt::format("{} has {} regions, which is too many", weights.name, weights.rows));
  return checkFinite(weights, howCounted);
}

Status checkLengths(const Matrix &lengths, const Matrix &weights) {
  if (lengths.rows != weights.rows || lengths.columns != weights.columns)
    return inputError(fmt::format("{} is {} by {}, but {} is {} by {}", lengths.name, lengths.rows, lengths.columns, weights.name,
                                  weights.rows, weights.columns));
  if (Status s = checkFinite(lengths, howCounted); !s)
    return s;
  for (size_t i = 0; i < lengths.values.size(); ++i)
    if (lengths.values[i] < 0)
      return inputError(fmt::format("{} is {}: a length cannot be negative", place(lengths, i), lengths.values[i]));
  return {};
}

Status checkCentres(const Matrix &centres, const Matrix &weights) {
  if (centres.rows != weights.rows || centres.columns != 3)
    return inputError(fmt::format("{} is {} by {}: {} regions have {} rows of x, y, z", centres.name, centres.rows,
                                  centres.columns, weights.rows, weights.rows));
  return checkFinite(centres, howCounted);
}

Status checkLabels(const Labels &labels, const Matrix &weights) {
  const auto count = static_cast<int64_t>(labels.values.size());
  if (count != weights.rows)
    return inputError(fmt::format("{}: {} labels for {} regions", labels.name, count, weights.rows));
  std::unordered_map<std::string_view, size_t> seen;
  for (size_t i = 0; i < labels.values.size(); ++i) {
    if (labels.values[i].empty())
      return inputError(fmt::format("{}: the label of region {} is empty", labels.name, i), "regions are counted from 0");
    if (const auto [found, fresh] = seen.emplace(labels.values[i], i); !fresh)
      return inputError(
          fmt::format("{}: regions {} and {} are both called `{}`", labels.name, found->second, i, labels.values[i]),
          "regions are counted from 0; each needs a label of its own");
  }
  return {};
}

/// Labels may stand in a place of their own and beside the centres; then they must be the same.
Status checkSameLabels(const Labels &labels, const Labels &others) {
  for (size_t i = 0; i < labels.values.size(); ++i)
    if (labels.values[i] != others.values[i])
      return inputError(fmt::format("region {} is called `{}` in {} and `{}` in {}", i, labels.values[i], labels.name,
                                    others.values[i], others.name),
                        "regions are counted from 0");
  return {};
}

Status checkAll(const RawConnectome &raw) {
  if (Status s = checkWeights(raw.weights); !s)
    return s;
  if (raw.lengths)
    if (Status s = checkLengths(*raw.lengths, raw.weights); !s)
      return s;
  if (raw.centres)
    if (Status s = checkCentres(*raw.centres, raw.weights); !s)
      return s;
  for (const auto *labels : {&raw.labels, &raw.centreLabels})
    if (*labels)
      if (Status s = checkLabels(**labels, raw.weights); !s)
        return s;
  return raw.labels && raw.centreLabels ? checkSameLabels(*raw.labels, *raw.centreLabels) : Status();
}

} // namespace

Result<ConnectomeData> checkConnectome(RawConnectome raw, double lengthUnit) {
  if (!(lengthUnit > 0) || !std::isfinite(lengthUnit))
    return inputError(fmt::format("{}: a unit of length of {} µm", raw.weights.name, lengthUnit));
  if (Status s = checkAll(raw); !s)
    return s.error();
  ConnectomeData out;
  out.size = raw.weights.rows;
  out.weights = std::move(raw.weights.values);
  if (raw.lengths)
    out.lengths = std::move(raw.lengths->values);
  if (raw.centres)
    out.centres = std::move(raw.centres->values);
  for (auto *lengths : {&out.lengths, &out.centres})
    for (double &length : *lengths)
      length *= lengthUnit;
  if (auto &labels = raw.labels ? raw.labels : raw.centreLabels)
    out.labels = std::move(labels->values);
  return out;
}

} // namespace bdc::runtime::data
