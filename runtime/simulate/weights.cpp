/// The weights of a table's connections one by one, row by row: what the host gives of them, and derivatives by them.
#include "runtime/simulate/body.h"

#include <fmt/format.h>

#include <algorithm>

namespace bdc::runtime {
namespace {

/// Which connection of the lists, which go by source, stands first, second, … where the table is read row by row.
std::vector<int64_t> rowByRow(const Connections &c) {
  std::vector<int64_t> next(static_cast<size_t>(c.rows) + 1, 0), order(static_cast<size_t>(c.count()));
  for (const uint32_t target : c.target)
    ++next[target + 1];
  for (int64_t row = 0; row < c.rows; ++row)
    next[row + 1] += next[row];
  for (int64_t k = 0; k < c.count(); ++k)
    order[next[c.target[k]]++] = k;
  return order;
}

/// The connection of a source to a target.
int64_t connectionOf(const Connections &c, int64_t source, uint32_t target) {
  const auto begin = c.target.begin() + c.offset[source], end = c.target.begin() + c.offset[source + 1];
  return std::lower_bound(begin, end, target) - c.target.begin();
}

} // namespace

/// A table of this run's own, where the host has given weights; with weights of 0 where it gives none of a table beside another.
Status Simulation::Body::takeGivenWeights(size_t position) {
  const DataSource &source = program->descriptor.data[position];
  const auto found = given.find(source.weights);
  if (source.weights >= 0 && data[position]->connections.count() == 0)
    return inputError(fmt::format("{} has no connections, and their weights are fitted", source.name), "entries of the table that are not 0 are connections");
  const bool isBeside = source.weights >= 0 && source.part.table >= 0;
  if (found == given.end() && !isBeside)
    return {};
  DataTable own = *data[position];
  Connections &c = own.connections;
  const auto count = static_cast<size_t>(c.count());
  const std::vector<double> values = found == given.end() ? std::vector<double>(count) : found->second;
  if (values.size() != count)
    return inputError(fmt::format("{} values were given for `{}`, which has {} connection{}", values.size(), program->descriptor.arrays[found->first].name,
                                  count, count == 1 ? "" : "s"),
                      "give one for each entry of the table that is not 0, row by row");
  c.weights.resize(count); // without what vectors read beyond the end
  c.lengths.resize(count);
  const std::vector<int64_t> order = rowByRow(c);
  for (size_t i = 0; i < count; ++i)
    c.weights[order[i]] = values[i];
  data[position] = completed(std::move(own));
  return {};
}

/// Rows with the weights that the tables have, given or not.
Status Simulation::Body::placeWeights() {
  const Descriptor &d = program->descriptor;
  for (size_t i = 0; i < d.data.size(); ++i) {
    const int array = d.data[i].weights;
    if (array < 0)
      continue;
    auto *row = arena.array<double>(sizes.stride[array]);
    if (!row)
      return Error{ErrorKind::memory, fmt::format("the system has no memory left for the weights of {}", d.data[i].name), "fewer regions"};
    const Connections &c = data[i]->connections;
    givenRows[array] = row;
    for (const int64_t connection : rowByRow(c))
      *row++ = c.weights[connection];
  }
  return {};
}

Result<Places> Simulation::places(std::string_view name) {
  const Descriptor &d = body->program->descriptor;
  const Result<int> array = body->findGivable(name);
  if (!array)
    return array.error();
  const int table = d.weightsOf(*array);
  if (table < 0)
    return Places();
  if (Status s = body->derive(); !s)
    return s.error();
  const Connections &c = body->data[table]->connections;
  Places out{c.rows, c.size, {}, body->data[table]->rowLabels, body->data[table]->columnLabels};
  std::vector<int64_t> sources(static_cast<size_t>(c.count()));
  for (int64_t source = 0; source < c.size; ++source)
    std::fill(sources.begin() + c.offset[source], sources.begin() + c.offset[source + 1], source);
  for (const int64_t connection : rowByRow(c))
    out.at.emplace_back(c.target[connection], sources[connection]);
  return out;
}

/// What all sums that read a table have collected on their edges, added up for each of its connections.
std::vector<double> Simulation::Body::weightGradient(const GradientParameter &parameter) const {
  const Descriptor &d = program->descriptor;
  const Connections &whole = data[d.weightsOf(parameter.array)]->connections;
  std::vector<double> byConnection(static_cast<size_t>(whole.count()), 0.0);
  for (const GradientParameter::Part &part : parameter.parts) {
    const bdc_rows &edges = graphs[part.edges].out;
    const auto *numbers = static_cast<const double *>(arrays[part.array]);
    for (int64_t source = 0; source < graphs[part.edges].sources; ++source)
      for (int64_t edge = edges.offset[source]; edge < edges.offset[source + 1]; ++edge) {
        int from = d.graphs[part.edges].data;
        int64_t connection = connectionOf(data[from]->connections, source, edges.other[edge]);
        for (; d.data[from].part.table >= 0; from = d.data[from].part.table)
          connection = data[from]->origin[connection];
        const double factor = part.factors < 0 ? 1 : numberAt(graphs[part.factors].out.weight, d.graphs[part.factors].weightType, edge);
        byConnection[connection] += numbers[edge] * factor;
      }
  }
  std::vector<double> values;
  for (const int64_t connection : rowByRow(whole))
    values.push_back(byConnection[connection]);
  return values;
}

} // namespace bdc::runtime
