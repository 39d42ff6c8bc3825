/// Which regions spaces stand for, elements by their labels, and parts of tables.
#include "runtime/simulate/body.h"
#include "runtime/suggest.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

namespace bdc::runtime {
namespace {

/// "area" of "area.regions".
std::string ownerOf(const Regions &regions) {
  const size_t dot = regions.name.rfind('.');
  return regions.name.substr(0, dot);
}

std::optional<int64_t> numberIn(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

/// The label that may be meant, or the first of them all.
std::string suggestion(const std::string &label, const std::vector<std::string> &labels) {
  if (const std::string near = suggestionFor(label, {labels.begin(), labels.end()}); !near.empty())
    return near;
  std::string text = "there are ";
  for (size_t i = 0; i < labels.size() && i < 8; ++i)
    text += (i ? ", " : "") + labels[i];
  return labels.size() > 8 ? fmt::format("{}, and {} more", text, labels.size() - 8) : text;
}

} // namespace

Status Simulation::Body::chooseRegions() {
  const Descriptor &d = program->descriptor;
  chosen.assign(d.regions.size(), {});
  for (size_t i = 0; i < d.regions.size(); ++i) {
    if (Status s = chooseRegions(d.regions[i], chosen[i]); !s)
      return s;
    setScalar(d.regions[i].size, static_cast<double>(chosen[i].size()));
  }
  return {};
}

Status Simulation::Body::chooseRegions(const Regions &regions, std::vector<uint32_t> &out) const {
  const std::string owner = ownerOf(regions), &name = program->descriptor.data[regions.data].name;
  const int64_t size = data[regions.data]->connections.size;
  const std::vector<std::string> &known = data[regions.data]->columnLabels;
  std::vector<char> isPicked(static_cast<size_t>(size), regions.picks.empty());
  auto pick = [&](int64_t number, const std::string &what) -> Status {
    if (isPicked[number])
      return inputError(fmt::format("{}: the region {} of {} is named twice", owner, what, name));
    isPicked[number] = 1;
    if (!regions.except)
      out.push_back(static_cast<uint32_t>(number)); // in the order in which they are named
    return {};
  };
  auto fromStart = [&](int64_t number) { return number < 0 ? number + size : number; };
  const std::string all = fmt::format("{} has {} regions, 0 to {}", name, size, size - 1);
  for (const std::string &text : regions.picks) {
    const size_t equals = text.find('=');
    const std::string kind = text.substr(0, equals), what = text.substr(equals + 1);
    if (kind == "label") {
      const auto at = std::find(known.begin(), known.end(), what);
      if (known.empty())
        return inputError(fmt::format("{}: the regions of {} have no labels, and `{}` is one", owner, name, what),
                          "numbers choose them too; load(…, labels = \"labels.txt\") gives them labels");
      if (at == known.end())
        return inputError(fmt::format("{}: {} has no region `{}`", owner, name, what), suggestion(what, known));
      if (Status s = pick(at - known.begin(), what); !s)
        return s;
    } else if (kind == "number") {
      const std::optional<int64_t> number = numberIn(what);
      if (!number || fromStart(*number) < 0 || fromStart(*number) >= size)
        return inputError(fmt::format("{}: there is no region {}: {}", owner, what, all));
      if (Status s = pick(fromStart(*number), what); !s)
        return s;
    } else {
      const size_t first = what.find(':'), second = what.find(':', first + 1);
      auto part = [&](size_t from, size_t to, int64_t otherwise) {
        const std::optional<int64_t> number = numberIn(std::string_view(what).substr(from, to - from));
        return number ? fromStart(*number) : otherwise;
      };
      const int64_t begin = part(0, first, 0), end = part(first + 1, second, size);
      const std::optional<int64_t> stride = numberIn(std::string_view(what).substr(second + 1));
      if (begin < 0 || end > size)
        return inputError(fmt::format("{}: the slice {} does not lie within {}: {}", owner, what, name, all));
      if (stride && *stride < 1)
        return inputError(fmt::format("{}: the step of the slice {} is not at least 1", owner, what));
      for (int64_t number = begin; number < end; number += stride.value_or(1))
        if (Status s = pick(number, std::to_string(number)); !s)
          return s;
    }
  }
  for (int64_t number = 0; number < size && (regions.except || regions.picks.empty()); ++number)
    if (isPicked[number] != static_cast<char>(regions.except))
      out.push_back(static_cast<uint32_t>(number));
  if (out.empty())
    return inputError(fmt::format("{}: no region of {} is left", owner, name), all);
  return {};
}

/// The numbers of elements that the model names by labels.
Status Simulation::Body::placeLabels() {
  const Descriptor &d = program->descriptor;
  for (const Label &label : d.labels) {
    const bool isRegion = label.regions >= 0;
    const int table = isRegion ? d.regions[label.regions].data : label.data;
    const std::string &name = d.data[table].name, owner = isRegion ? ownerOf(d.regions[label.regions]) : name;
    const std::vector<std::string> &known = data[table]->rowLabels;
    if (known.empty())
      return inputError(fmt::format("{} has no labels, and `{}` is one of {}", name, label.label, owner), "numbers name elements too");
    const auto at = std::find(known.begin(), known.end(), label.label);
    if (at == known.end())
      return inputError(fmt::format("{} has no {} `{}`", name, data[table]->connections.isMatrix ? "row" : "region", label.label), suggestion(label.label, known));
    int64_t position = at - known.begin();
    if (isRegion) {
      const std::vector<uint32_t> &of = chosen[label.regions];
      const auto here = std::find(of.begin(), of.end(), static_cast<uint32_t>(position));
      if (here == of.end())
        return inputError(fmt::format("{} has no region `{}`: it is not among those that it has of {}", owner, label.label, name));
      position = here - of.begin();
    }
    setScalar(label.scalar, static_cast<double>(position));
  }
  return {};
}

bool Simulation::Body::hasParts() const {
  const std::vector<DataSource> &all = program->descriptor.data;
  return std::any_of(all.begin(), all.end(), [](const DataSource &source) { return source.part.table >= 0; });
}

Status Simulation::Body::makeParts() {
  emptySlice = {};
  const std::vector<DataSource> &sources = program->descriptor.data;
  for (size_t i = 0; i < sources.size(); ++i)
    if (sources[i].part.table >= 0) {
      if (Status s = makePart(sources[i], i); !s)
        return s;
      if (Status s = takeGivenWeights(i); !s)
        return s;
      publish(i);
    }
  ctx.data = dataViews.data();
  return {};
}

/// Sets those outside of the slice to -1.
Status Simulation::Body::take(const Select &slice, const std::string &name, std::vector<int64_t> &elements) const {
  if (slice.first < 0 && slice.last < 0)
    return {};
  auto number = [&](int scalar, int64_t otherwise) -> int64_t {
    return scalar < 0 ? otherwise : std::llround(std::clamp(scalars[scalar], -9e15, 9e15));
  };
  const auto size = static_cast<int64_t>(elements.size());
  const int64_t first = number(slice.first, 0), last = std::min(size, number(slice.last, size)), stride = std::max<int64_t>(1, number(slice.stride, 1));
  for (int64_t i = 0; i < size; ++i)
    if (i < first || i >= last || (i - first) % stride != 0)
      elements[i] = -1;
  if (first < 0 || first >= last)
    return inputError(fmt::format("{}: the slice takes none of the {} elements", name, size));
  return {};
}

/// The connections between some columns and some rows of a table, both numbered anew.
Status Simulation::Body::makePart(const DataSource &source, size_t position) {
  const DataSource::Part &part = source.part;
  const DataTable &table = *data[part.table];
  const Connections &whole = table.connections;
  const Descriptor &d = program->descriptor;
  const std::string name = source.name.substr(0, source.name.rfind('.'));
  /// The numbers in the table of the part's columns or rows, in order.
  auto numbers = [&](int regions, int64_t size) {
    std::vector<int64_t> out(static_cast<size_t>(size));
    std::iota(out.begin(), out.end(), 0);
    if (regions >= 0)
      out.assign(chosen[regions].begin(), chosen[regions].end());
    return out;
  };
  int columnRegions = part.columns;
  if (whole.isMatrix && columnRegions >= 0) {
    const int64_t regions = data[d.regions[columnRegions].data]->connections.size, nodes = static_cast<int64_t>(chosen[columnRegions].size());
    if (whole.size == nodes)
      columnRegions = -1;
    else if (whole.size != regions)
      return inputError(fmt::format("{}: {} has {} columns, and there are {} nodes, of {} regions: it has a column for each node, or for each region",
                                    name, d.data[part.table].name, whole.size, nodes, regions));
  }
  std::vector<int64_t> columns = numbers(columnRegions, whole.size), rows = numbers(part.rows, whole.rows);
  DataTable made;
  for (const auto &[of, all, into] : {std::tuple{&columns, &table.columnLabels, &made.columnLabels}, {&rows, &table.rowLabels, &made.rowLabels}})
    if (!all->empty())
      for (const int64_t number : *of)
        into->push_back((*all)[number]);
  for (const auto &[slice, of] : {std::pair{&part.columnSlice, &columns}, {&part.rowSlice, &rows}})
    if (Status s = take(*slice, name, *of); !s && emptySlice)
      emptySlice = s;
  std::vector<int64_t> place(static_cast<size_t>(whole.rows), -1);
  for (size_t i = 0; i < rows.size(); ++i)
    if (rows[i] >= 0)
      place[rows[i]] = static_cast<int64_t>(i);
  Connections &out = made.connections;
  out.size = static_cast<int64_t>(columns.size());
  out.rows = static_cast<int64_t>(rows.size());
  out.isMatrix = whole.isMatrix;
  out.offset.push_back(0);
  std::vector<std::pair<int64_t, int64_t>> taken; // row and connection; rows may be in another order than the table's
  for (const int64_t column : columns) {
    taken.clear();
    for (int64_t c = column < 0 ? 0 : whole.offset[column]; column >= 0 && c < whole.offset[column + 1]; ++c)
      if (place[whole.target[c]] >= 0)
        taken.emplace_back(place[whole.target[c]], c);
    std::sort(taken.begin(), taken.end());
    for (const auto &[row, c] : taken) {
      out.target.push_back(static_cast<uint32_t>(row));
      out.weights.push_back(whole.weights[c]);
      made.origin.push_back(c);
      if (source.readsLengths)
        out.lengths.push_back(whole.lengths[c]);
    }
    out.offset.push_back(out.count());
  }
  data[position] = completed(std::move(made));
  return {};
}

/// Where the columns of a matrix are called as regions are, they stand in the order of the nodes.
Status Simulation::Body::checkColumns() const {
  const Descriptor &d = program->descriptor;
  for (const Graph &g : d.graphs) {
    const int regions = d.spaces[g.source].regions;
    if (g.data < 0 || regions < 0 || !data[g.data]->connections.isMatrix)
      continue;
    const std::vector<std::string> &columns = data[g.data]->columnLabels, &known = data[d.regions[regions].data]->rowLabels;
    if (known.empty() || columns.size() != chosen[regions].size())
      continue;
    for (size_t i = 0; i < columns.size(); ++i)
      if (const std::string &wanted = known[chosen[regions][i]]; columns[i] != wanted && std::find(known.begin(), known.end(), columns[i]) != known.end())
        return inputError(fmt::format("{}: column {} of the matrix is called {}, and node {} of {} is {}", g.name, i, columns[i], i,
                                      ownerOf(d.regions[regions]), wanted),
                          "columns stand in the order of the nodes");
  }
  return {};
}

} // namespace bdc::runtime
