/// Values of elements that come from the host: params, and what states begin with.
#include "runtime/simulate/body.h"
#include "runtime/suggest.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace bdc::runtime {

Result<int> Simulation::Body::findGivable(std::string_view name) const {
  const Descriptor &d = program->descriptor;
  std::vector<std::string_view> names;
  for (size_t i = 0; i < d.arrays.size(); ++i) {
    if (d.arrays[i].canBeGiven() && d.arrays[i].name == name)
      return static_cast<int>(i);
    if (d.arrays[i].canBeGiven())
      names.push_back(d.arrays[i].name);
  }
  for (const Scalar &scalar : d.scalars)
    if (scalar.name == name)
      return inputError(fmt::format("`{}` is one number for all elements", name), "set it as one; or give it a value per element in the model");
  for (const Array &array : d.arrays)
    if (array.name == name)
      return inputError(fmt::format("the values of `{}` cannot be given", name), suggestionFor(name, names));
  return inputError(fmt::format("there is no state or parameter of elements `{}`", name), suggestionFor(name, names));
}

Status Simulation::Body::setElements(int array, std::span<const double> values) {
  const Array &a = program->descriptor.arrays[array];
  for (size_t i = 0; i < values.size(); ++i)
    if (!std::isfinite(values[i]))
      return inputError(fmt::format("`{}[{}]` cannot be {}", a.name, i, values[i]));
  if (values.empty())
    given.erase(array);
  else
    given[array].assign(values.begin(), values.end());
  if (a.given >= 0)
    setScalar(a.given, values.empty() ? 0 : 1);
  derived = false;
  givenAnew = true;
  return {};
}

/// Once sizes are known. The weights of a table are as many as it has connections.
Status Simulation::Body::checkGiven() const {
  const Descriptor &d = program->descriptor;
  for (const auto &[array, values] : given) {
    const Array &a = d.arrays[array];
    const int64_t size = sizes.spaces[a.space];
    const bool isOfTable = std::ranges::any_of(d.data, [&](const DataSource &source) { return source.weights == array; });
    if (!isOfTable && static_cast<int64_t>(values.size()) != size)
      return inputError(fmt::format("{} values were given for `{}`, which has {} element{}", values.size(), a.name, size, size == 1 ? "" : "s"),
                        "give one for each element");
  }
  return {};
}

/// Rows as the program reads them.
Status Simulation::Body::placeGiven() {
  const Descriptor &d = program->descriptor;
  givenRows.assign(d.arrays.size(), nullptr);
  if (Status s = placeWeights(); !s)
    return s;
  for (const auto &[array, values] : given) {
    if (givenRows[array])
      continue;
    const Array &a = d.arrays[array];
    const int64_t size = sizes.spaces[a.space];
    void *row = arena.take(sizes.stride[array] * sizeOf(a.type));
    if (!row)
      return Error{ErrorKind::memory, "the system has no memory left for the given values", "fewer elements"};
    for (int64_t e = 0; e < size; ++e)
      putNumber(row, a.type, e, values[e]);
    givenRows[array] = row;
  }
  ctx.given = givenRows.data();
  givenAnew = false;
  return {};
}

std::vector<double> Simulation::Body::row(int array) const {
  const Array &a = program->descriptor.arrays[array];
  std::vector<double> values(static_cast<size_t>(sizes.spaces[a.space]));
  for (size_t e = 0; e < values.size(); ++e)
    values[e] = numberAt(arrays[array], a.type, static_cast<int64_t>(e));
  return values;
}

Status Simulation::setElements(std::string_view name, std::span<const double> values) {
  const Result<int> array = body->findGivable(name);
  return array ? body->setElements(*array, values) : Status(array.error());
}

std::span<const double> Simulation::givenElements(std::string_view name) const {
  const Result<int> array = body->findGivable(name);
  const auto found = array ? body->given.find(*array) : body->given.end();
  return found == body->given.end() ? std::span<const double>() : std::span<const double>(found->second);
}

Result<std::vector<double>> Simulation::startElements(std::string_view name) {
  const Result<int> array = body->findGivable(name);
  if (!array)
    return array.error();
  if (const Result<MemoryPlan> plan = body->initialise(); !plan)
    return plan.error();
  return body->row(*array);
}

} // namespace bdc::runtime
