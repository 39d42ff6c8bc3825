#include "runtime/simulate/data_store.h"

#include "kernels/philox.h"
#include "runtime/data/matrix.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace bdc::runtime {
namespace {

std::pair<double, double> endsOf(const std::vector<double> &values) {
  if (values.empty())
    return {};
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return {*low, *high};
}

/// Vectorised code may read 16 numbers beyond the end.
template <class T> void pad(std::vector<T> &values, size_t size) { values.resize(size + 16, T()); }

constexpr std::string_view regionsWord = "regions=";

Result<ConnectomeData> make(const DataSource &source, const std::vector<double> &arguments, const Options &options,
                            const ConnectomeOptions &words) {
  SyntheticConnectome made;
  made.key = kernels::key(options.seed, kernels::nameHash(source.name));
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string &name = source.arguments[i].first;
    const double value = arguments[i];
    if (name == "regions")
      made.regions = std::llround(value);
    else if (name == "radius")
      made.radii = {value, value, value};
    else if (name == "decay")
      made.decay = value;
    else if (name == "density")
      made.probability = value;
  }
  return makeConnectome(made, words);
}

Result<DataStore::Table> connectome(const DataSource &source, const std::vector<double> &arguments, const Options &options) {
  ConnectomeOptions words;
  words.folder = options.folder;
  for (const std::string &word : source.words)
    if (Status s = setOption(words, word); !s)
      return s.error();
  Result<ConnectomeData> matrices =
      source.file.empty() ? make(source, arguments, options, words) : loadConnectome(source.file, words);
  if (!matrices)
    return matrices.error();
  if (source.readsLengths && matrices->lengths.empty())
    return inputError(fmt::format("{} has no lengths, and {}.lengths is used", source.file, source.name),
                      "name a file that has them: load(…, lengths = \"lengths.csv\")");
  DataTable table;
  table.connections = connectionsOf(*matrices);
  table.rowLabels = table.columnLabels = std::move(matrices->labels);
  table.centres = std::move(matrices->centres);
  return completed(std::move(table));
}

Result<DataStore::Table> matrix(const DataSource &source, const DataStore::Context &context, const Options &options) {
  MatrixOptions words;
  words.folder = options.folder;
  std::string contacts;
  for (const std::string &word : source.words) {
    if (word.starts_with(contactsWord))
      contacts = word.substr(contactsWord.size());
    else if (word.starts_with(regionsWord))
      continue;
    else if (Status s = setOption(words, word); !s)
      return s.error();
  }
  const std::string &file = contacts.empty() ? source.file : contacts;
  Result<MatrixData> read = MatrixData();
  if (contacts.empty())
    read = loadMatrix(file, words);
  else if (!context.regions)
    return internalError(fmt::format("{}: there is no connectome before it", source.name));
  else if (context.regions->centres.empty())
    return inputError(fmt::format("{} has no centres of its regions, and {} are their distances", context.of->file, source.name),
                      "name a file that has them: load(…, centres = \"centres.txt\")");
  else
    read = distanceMatrix(file, context.regions->centres, context.regions->columnLabels, words);
  if (!read)
    return read.error();
  DataTable table;
  table.connections = connectionsOf(*read, !contacts.empty());
  table.rowLabels = std::move(read->rowLabels);
  table.columnLabels = std::move(read->columnLabels);
  return completed(std::move(table));
}

Result<DataStore::Table> load(const DataSource &source, const DataStore::Context &context, const Options &options) {
  return source.facts.rows >= 0 ? matrix(source, context, options) : connectome(source, context.arguments, options);
}

} // namespace

std::string connectomeOf(const DataSource &source) {
  for (const std::string &word : source.words)
    if (word.starts_with(regionsWord))
      return word.substr(regionsWord.size());
  return "";
}

bdc_data DataTable::view() const {
  const Connections &c = connections;
  return {c.size, c.count(), c.offset.data(), c.target.data(), c.weights.data(), c.lengths.data()};
}

std::shared_ptr<const DataTable> completed(DataTable table) {
  Connections &c = table.connections;
  std::tie(table.leastWeight, table.greatestWeight) = endsOf(c.weights);
  std::tie(table.leastLength, table.greatestLength) = endsOf(c.lengths);
  const auto count = static_cast<size_t>(c.count());
  c.target.shrink_to_fit();
  pad(c.weights, count);
  pad(c.lengths, count);
  return std::make_shared<const DataTable>(std::move(table));
}

Result<DataStore::Table> DataStore::get(const DataSource &source, const Context &context, const Options &options) {
  const std::scoped_lock lock(mutex);
  if (context.regions) // changes where its connectome does, and is small
    return load(source, context, options);
  if (!source.file.empty()) {
    Table &known = files[source.name];
    if (known)
      return known;
    Result<Table> read = load(source, context, options);
    if (read)
      known = *read;
    return read;
  }
  std::erase_if(made, [](const auto &each) { return each.second.expired(); });
  std::weak_ptr<const DataTable> &known = made[{source.name, options.seed, context.arguments}];
  if (Table alive = known.lock())
    return alive;
  Result<Table> fresh = load(source, context, options);
  if (fresh)
    known = *fresh;
  return fresh;
}

} // namespace bdc::runtime
