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

/// An array by itself as a matrix.
Result<Matrix> matrixOf(NumpyArray array, const std::string &name) {
  if (array.kind == 'S' || array.kind == 'U')
    return inputError(fmt::format("{} does not hold numbers", name));
  if (array.shape.size() != 2)
    return inputError(fmt::format("{} has {} dimensions, not 2", name, array.shape.size()), "a list is one row, or one column");
  return Matrix{name, array.shape[0], array.shape[1], std::move(array.numbers)};
}

Result<Matrix> readMatrix(const ZipFile &zip, const std::string &entry) {
  auto array = readArray(zip, entry);
  if (!array)
    return array.error();
  return matrixOf(std::move(*array), shownName(zip, entry));
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

std::vector<std::string> arraysIn(const ZipFile &zip) {
  std::vector<std::string> there;
  for (const std::string &name : zip.names())
    there.push_back(name.ends_with(".npy") ? name.substr(0, name.size() - 4) : name);
  return there;
}

} // namespace

Result<RawMatrix> readNpyMatrix(const std::filesystem::path &path) {
  const auto bytes = readFile(path);
  if (!bytes)
    return bytes.error();
  auto array = parseNumpy(*bytes, path.string());
  if (!array)
    return array.error();
  auto matrix = matrixOf(std::move(*array), path.string());
  if (!matrix)
    return matrix.error();
  return RawMatrix{std::move(*matrix), {}, {}};
}

Result<RawMatrix> readNpzMatrix(const ZipFile &zip, const std::string &name) {
  std::vector<std::string> found;
  for (const std::string &entry : zip.names()) {
    if (!entry.ends_with(".npy"))
      continue;
    const std::string array = entry.substr(0, entry.size() - 4);
    if (name.empty()) {
      const auto read = readArray(zip, entry);
      if (!read)
        return read.error();
      if (read->shape.size() == 2 && read->kind != 'S' && read->kind != 'U')
        found.push_back(array);
    } else if (array == name) {
      found.push_back(array);
    }
  }
  if (found.size() != 1)
    return notOne(fmt::format("{}", zip.path()), "array", name, found, arraysIn(zip));
  auto matrix = readMatrix(zip, found[0] + ".npy");
  if (!matrix)
    return matrix.error();
  RawMatrix raw{std::move(*matrix), {}, {}};
  for (const auto &[labels, part] : {std::pair{rowLabelsName, &raw.rows}, {columnLabelsName, &raw.columns}})
    if (const auto entry = present(zip, std::array{labels})) {
      auto read = readLabels(zip, *entry);
      if (!read)
        return read.error();
      *part = std::move(*read);
    }
  return raw;
}

Result<RawConnectome> readNpz(const ZipFile &zip) {
  if (Status s = checkUnique(zip.path(), arraysIn(zip)); !s)
    return s.error();
  const auto weights = present(zip, weightsNames);
  if (!weights)
    return inputError(fmt::format("{} has no array `weights`: there is {}", zip.path(), listOf(arraysIn(zip))));
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
