#include "runtime/data/files.h"
#include "runtime/data/npy.h"

#include <fmt/format.h>

#include <algorithm>

namespace bdc::runtime::data {
namespace {

template <class Names> std::optional<std::string> present(const ZipFile &zip, const Names &wanted) {
  for (const std::string_view name : wanted)
    if (const auto entry = fmt::format("{}.npy", name);
        std::find(zip.names().begin(), zip.names().end(), entry) != zip.names().end())
      return entry;
  return std::nullopt;
}

std::string shownName(const ZipFile &zip, const std::string &entry) {
  return fmt::format("{}: {}", zip.path(), entry.substr(0, entry.size() - 4));
}

Result<NumpyArray> readArray(const ZipFile &zip, const std::string &entry) {
  const auto bytes = zip.read(entry);
  if (!bytes)
    return bytes.error();
  return parseNumpy(*bytes, shownName(zip, entry));
}

Result<Matrix> readMatrix(const ZipFile &zip, const std::string &entry) {
  auto array = readArray(zip, entry);
  if (!array)
    return array.error();
  const std::string name = shownName(zip, entry);
  if (array->kind == 'S' || array->kind == 'U')
    return inputError(fmt::format("{} does not hold numbers", name));
  if (array->shape.size() != 2)
    return inputError(fmt::format("{} has {} dimensions, not 2", name, array->shape.size()));
  return Matrix{name, array->shape[0], array->shape[1], std::move(array->numbers)};
}

Result<Labels> readLabels(const ZipFile &zip, const std::string &entry) {
  auto array = readArray(zip, entry);
  if (!array)
    return array.error();
  const std::string name = shownName(zip, entry);
  if (array->kind != 'S' && array->kind != 'U')
    return inputError(fmt::format("{} does not hold strings", name));
  if (array->shape.size() != 1)
    return inputError(fmt::format("{} has {} dimensions, not 1", name, array->shape.size()));
  return Labels{name, std::move(array->texts)};
}

} // namespace

Result<RawConnectome> readNpz(const ZipFile &zip) {
  const auto weights = present(zip, weightsNames);
  if (!weights) {
    std::vector<std::string> there;
    for (const std::string &name : zip.names())
      there.push_back(name.ends_with(".npy") ? name.substr(0, name.size() - 4) : name);
    return inputError(fmt::format("{} has no array `weights`: there is {}", zip.path(), listOf(there)));
  }
  RawConnectome raw;
  auto matrix = readMatrix(zip, *weights);
  if (!matrix)
    return matrix.error();
  raw.weights = std::move(*matrix);
  for (const auto &[names, part] : {std::pair{&lengthsNames, &raw.lengths}, std::pair{&centresNames, &raw.centres}})
    if (const auto entry = present(zip, *names)) {
      matrix = readMatrix(zip, *entry);
      if (!matrix)
        return matrix.error();
      *part = std::move(*matrix);
    }
  if (const auto entry = present(zip, labelsNames)) {
    auto labels = readLabels(zip, *entry);
    if (!labels)
      return labels.error();
    raw.labels = std::move(*labels);
  }
  return raw;
}

} // namespace bdc::runtime::data
