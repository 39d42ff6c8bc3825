/// Connectomes: read or made once the parameters are known, before sizes are.
#include "kernels/philox.h"
#include "runtime/data/matrix.h"
#include "runtime/simulate/body.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace bdc::runtime {
namespace {

struct Ends {
  double least = 0, greatest = 0;
};

Ends endsOf(const std::vector<double> &values) {
  if (values.empty())
    return {};
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return {*low, *high};
}

/// Vectorised code may read 16 numbers beyond the end.
template <class T> void pad(std::vector<T> &values, size_t size) { values.resize(size + 16, T()); }

} // namespace

Status Simulation::Body::mayBeOverwritten(const std::filesystem::path &file) const {
  std::error_code unknown;
  if (!std::filesystem::equivalent(std::filesystem::path(options.folder) / file, options.output, unknown))
    return {};
  return inputError(fmt::format("{} would be written over the data that it is made of", options.output), "choose another name with -o");
}

Status Simulation::Body::load(const DataSource &source, size_t position) {
  if (source.facts.rows >= 0)
    return loadMatrixInto(source, position);
  ConnectomeOptions words;
  words.folder = options.folder;
  for (const std::string &word : source.words)
    if (Status s = setOption(words, word); !s)
      return s;
  Result<ConnectomeData> matrices = ConnectomeData();
  if (!source.file.empty()) {
    if (Status s = mayBeOverwritten(source.file); !s)
      return s;
    matrices = loadConnectome(source.file, words);
  } else {
    SyntheticConnectome made;
    made.key = kernels::key(options.seed, kernels::nameHash(source.name));
    for (const auto &[name, scalar] : source.arguments) {
      const double value = scalars[scalar];
      if (name == "regions")
        made.regions = std::llround(value);
      else if (name == "radius")
        made.radii = {value, value, value};
      else if (name == "decay")
        made.decay = value;
      else if (name == "density")
        made.probability = value;
    }
    matrices = makeConnectome(made, words);
  }
  if (!matrices)
    return matrices.error();
  if (source.readsLengths && matrices->lengths.empty())
    return inputError(fmt::format("{} has no lengths, and {}.lengths is used", source.file, source.name),
                      "name a file that has them: load(…, lengths = \"lengths.csv\")");
  data[position] = connectionsOf(*matrices);
  labels[position] = {matrices->labels, matrices->labels};
  centres[position] = std::move(matrices->centres);
  return {};
}

Status Simulation::Body::loadMatrixInto(const DataSource &source, size_t position) {
  MatrixOptions words;
  words.folder = options.folder;
  std::string contacts, regions;
  for (const std::string &word : source.words) {
    if (word.starts_with("contacts="))
      contacts = word.substr(9);
    else if (word.starts_with("regions="))
      regions = word.substr(8);
    else if (Status s = setOption(words, word); !s)
      return s;
  }
  const std::string &file = contacts.empty() ? source.file : contacts;
  if (Status s = mayBeOverwritten(file); !s)
    return s;
  Result<MatrixData> matrix = MatrixData();
  if (contacts.empty()) {
    matrix = loadMatrix(file, words);
  } else {
    const std::vector<DataSource> &sources = program->descriptor.data;
    const auto of = std::find_if(sources.begin(), sources.begin() + position, [&](const DataSource &other) { return other.name == regions; });
    if (of == sources.begin() + position)
      return internalError(fmt::format("{}: there is no connectome {} before it", source.name, regions));
    const size_t at = of - sources.begin();
    if (centres[at].empty())
      return inputError(fmt::format("{} has no centres of its regions, and {} are their distances", of->file, source.name),
                        "name a file that has them: load(…, centres = \"centres.txt\")");
    matrix = distanceMatrix(file, centres[at], labels[at].columns, words);
  }
  if (!matrix)
    return matrix.error();
  data[position] = connectionsOf(*matrix, !contacts.empty());
  labels[position] = {std::move(matrix->rowLabels), std::move(matrix->columnLabels)};
  return {};
}

Status Simulation::Body::loadData() {
  const std::vector<DataSource> &sources = program->descriptor.data;
  const bool first = data.empty();
  data.resize(sources.size());
  dataViews.resize(sources.size());
  labels.resize(sources.size());
  centres.resize(sources.size());
  for (size_t i = 0; i < sources.size(); ++i) {
    if (sources[i].part.table >= 0)
      continue; // made later
    if (!first && sources[i].generator != "synthetic")
      continue; // a file does not depend on parameters
    if (Status s = load(sources[i], i); !s) {
      data.clear(); // the next try reads everything again
      return s;
    }
    publish(i);
  }
  ctx.data = dataViews.data();
  if (Status s = chooseRegions(); !s)
    return s;
  return placeLabels();
}

/// Hands a table to the program: the scalars that it sets, and its lists.
void Simulation::Body::publish(size_t i) {
  Connections &c = data[i];
  const DataSource::Facts &facts = program->descriptor.data[i].facts;
  const Ends weights = endsOf(c.weights), lengths = endsOf(c.lengths);
  auto set = [&](int scalar, double value) {
    scalars[scalar] = value;
    isSet[scalar] = 1;
  };
  set(facts.size, static_cast<double>(c.size));
  if (facts.rows >= 0)
    set(facts.rows, static_cast<double>(c.rows));
  set(facts.leastWeight, weights.least);
  set(facts.greatestWeight, weights.greatest);
  set(facts.leastLength, lengths.least);
  set(facts.greatestLength, lengths.greatest);
  const auto count = static_cast<size_t>(c.count());
  c.target.shrink_to_fit();
  pad(c.weights, count);
  pad(c.lengths, count);
  dataViews[i] = {c.size, c.count(), c.offset.data(), c.target.data(), c.weights.data(), c.lengths.data()};
}

} // namespace bdc::runtime
