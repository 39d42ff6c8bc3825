/// Connectomes: read or made once the parameters are known, before sizes are.
#include "kernels/philox.h"
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

Status Simulation::Body::load(const DataSource &source, size_t position) {
  ConnectomeOptions words;
  words.folder = options.folder;
  for (const std::string &word : source.words)
    if (Status s = setOption(words, word); !s)
      return s;
  Result<ConnectomeData> matrices = ConnectomeData();
  if (!source.file.empty()) {
    std::error_code unknown;
    if (std::filesystem::equivalent(words.folder / source.file, options.output, unknown))
      return inputError(fmt::format("{} would be written over the connectome that it is made of", options.output), "choose another name with -o");
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
  labels[position] = std::move(matrices->labels);
  return {};
}

Status Simulation::Body::loadData() {
  const std::vector<DataSource> &sources = program->descriptor.data;
  const bool first = data.empty();
  data.resize(sources.size());
  dataViews.resize(sources.size());
  labels.resize(sources.size());
  for (size_t i = 0; i < sources.size(); ++i) {
    if (!first && !sources[i].file.empty())
      continue; // a file does not depend on parameters
    if (Status s = load(sources[i], i); !s) {
      data.clear(); // the next try reads everything again
      return s;
    }
    Connections &c = data[i];
    const DataSource::Facts &facts = sources[i].facts;
    const Ends weights = endsOf(c.weights), lengths = endsOf(c.lengths);
    auto set = [&](int scalar, double value) {
      scalars[scalar] = value;
      isSet[scalar] = 1;
    };
    set(facts.size, static_cast<double>(c.size));
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
  ctx.data = dataViews.data();
  return {};
}

} // namespace bdc::runtime
