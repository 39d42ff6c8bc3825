/// Connectomes and matrices as programs read them, shared by the runs of a batch.
#pragma once

#include "runtime/abi.h"
#include "runtime/data/connectome.h"
#include "runtime/descriptor/descriptor.h"
#include "runtime/simulate/options.h"

#include <map>
#include <memory>
#include <mutex>

namespace bdc::runtime {

/// One that has been read or made. It does not change.
struct DataTable {
  Connections connections; ///< its lists may be read 16 numbers beyond their end
  /// Of the targets (rows) and sources (columns); empty where there are none.
  std::vector<std::string> rowLabels, columnLabels;
  std::vector<double> centres; ///< µm, of a connectome's regions; empty where it has none
  std::vector<int64_t> origin;      ///< of a part of another table: where its connections stand there
  double leastWeight = 0, greatestWeight = 0, leastLength = 0, greatestLength = 0;

  bdc_data view() const;
  bool hasLengths() const { return greatestLength > 0; }
};

/// A table whose connections, labels and centres are known: the rest follows from them.
std::shared_ptr<const DataTable> completed(DataTable table);

/// Reads a file once, and makes what depends on parameters and seed once for each of these. For any thread.
class DataStore {
public:
  using Table = std::shared_ptr<const DataTable>;

  /// What a source is made of beside its files.
  struct Context {
    std::vector<double> arguments;   ///< the values of the source's numbers, in their order
    const DataSource *of = nullptr;  ///< the connectome to whose regions a matrix is made of distances
    const DataTable *regions = nullptr; ///< and its table
  };
  Result<Table> get(const DataSource &source, const Context &context, const Options &options);

private:
  struct Key {
    std::string name;
    uint64_t seed;
    std::vector<double> arguments;
    auto operator<=>(const Key &) const = default;
  };
  std::mutex mutex;
  std::map<std::string, Table> files;
  std::map<Key, std::weak_ptr<const DataTable>> made;
};

/// The connectome that a matrix of distances to its regions names; empty where the source is no such matrix.
std::string connectomeOf(const DataSource &source);

} // namespace bdc::runtime
