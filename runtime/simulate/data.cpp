/// Connectomes and matrices: read or made once the parameters are known, before sizes are.
#include "runtime/simulate/body.h"

#include <algorithm>

namespace bdc::runtime {

Status Simulation::Body::loadData() {
  const std::vector<DataSource> &sources = program->descriptor.data;
  data.resize(sources.size());
  dataViews.resize(sources.size());
  for (size_t i = 0; i < sources.size(); ++i) {
    if (sources[i].part.table >= 0)
      continue; // made later
    DataStore::Context context;
    for (const auto &[name, scalar] : sources[i].arguments)
      context.arguments.push_back(scalars[scalar]);
    if (const std::string of = connectomeOf(sources[i]); !of.empty())
      for (size_t k = 0; k < i; ++k)
        if (sources[k].name == of) {
          context.of = &sources[k];
          context.regions = data[k].get();
        }
    Result<DataStore::Table> table = store->get(sources[i], context, options);
    if (!table)
      return table.error();
    data[i] = std::move(*table);
    if (Status s = takeGivenWeights(i); !s)
      return s;
    publish(i);
  }
  ctx.data = dataViews.data();
  if (Status s = chooseRegions(); !s)
    return s;
  return placeLabels();
}

/// Hands a table to the program: the scalars that it sets, and its lists.
void Simulation::Body::publish(size_t i) {
  const DataSource::Facts &facts = program->descriptor.data[i].facts;
  const DataTable &table = *data[i];
  setScalar(facts.size, static_cast<double>(table.connections.size));
  if (facts.rows >= 0)
    setScalar(facts.rows, static_cast<double>(table.connections.rows));
  if (facts.connections >= 0) // a space has at least one element
    setScalar(facts.connections, static_cast<double>(std::max<int64_t>(1, table.connections.count())));
  setScalar(facts.leastWeight, table.leastWeight);
  setScalar(facts.greatestWeight, table.greatestWeight);
  setScalar(facts.leastLength, table.leastLength);
  setScalar(facts.greatestLength, table.greatestLength);
  dataViews[i] = table.view();
}

} // namespace bdc::runtime
