#include "runtime/data/files.h"
#include "runtime/data/hdf5_id.h"

#include <fmt/format.h>

#include <algorithm>

namespace bdc::runtime::data {
namespace {

struct Dataset {
  Id id, type, space;
  std::string name;
  std::vector<hsize_t> shape;
  Dataset(hid_t file, const std::string &path, const std::string &entry)
      : id(H5Dopen2(file, entry.c_str(), H5P_DEFAULT), H5Dclose),
        type(id < 0 ? -1 : H5Dget_type(id), H5Tclose),
        space(id < 0 ? -1 : H5Dget_space(id), H5Sclose),
        name(fmt::format("{}: {}", path, entry)) {
    shape.resize(space < 0 ? 0 : static_cast<size_t>(std::max(0, H5Sget_simple_extent_ndims(space))));
    if (!shape.empty())
      H5Sget_simple_extent_dims(space, shape.data(), nullptr);
  }
  bool opened() const { return id >= 0 && type >= 0 && space >= 0; }
};

template <class Names> std::optional<std::string> present(const std::vector<std::string> &there, const Names &wanted) {
  for (const std::string_view name : wanted)
    if (std::find(there.begin(), there.end(), name) != there.end())
      return std::string(name);
  return std::nullopt;
}

Error unreadable(const Dataset &set) { return inputError(fmt::format("{} cannot be read", set.name), "the file may be damaged"); }

Result<Matrix> readMatrix(const Dataset &set) {
  if (!set.opened())
    return inputError(fmt::format("{} is no data set", set.name));
  const H5T_class_t kind = H5Tget_class(set.type);
  if (kind != H5T_FLOAT && kind != H5T_INTEGER)
    return inputError(fmt::format("{} does not hold numbers", set.name));
  if (set.shape.size() != 2)
    return inputError(fmt::format("{} has {} dimensions, not 2", set.name, set.shape.size()), "a list is one row, or one column");
  Matrix out{set.name, static_cast<int64_t>(set.shape[0]), static_cast<int64_t>(set.shape[1]), {}};
  // A damaged shape could ask for any amount of memory. What a file holds is compressed by a factor of 1032 at the most
  // (deflate), or small, or not there at all and filled up.
  const hsize_t most = (H5Dget_storage_size(set.id) + 4096) * 1032;
  if (set.shape[0] != 0 && set.shape[1] > most / set.shape[0])
    return unreadable(set);
  out.values.resize(set.shape[0] * set.shape[1]);
  if (!out.values.empty() && H5Dread(set.id, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, out.values.data()) < 0)
    return unreadable(set);
  return out;
}

bool readVariable(const Dataset &set, std::vector<std::string> &out) {
  const Id memory(H5Tcopy(H5T_C_S1), H5Tclose);
  std::vector<char *> texts(set.shape[0], nullptr);
  if (H5Tset_size(memory, H5T_VARIABLE) < 0 || H5Tset_cset(memory, H5Tget_cset(set.type)) < 0 ||
      H5Dread(set.id, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, texts.data()) < 0)
    return false;
  for (const char *text : texts)
    out.emplace_back(text ? text : "");
  H5Dvlen_reclaim(memory, set.space, H5P_DEFAULT, texts.data());
  return true;
}

bool readFixed(const Dataset &set, std::vector<std::string> &out) {
  const size_t width = H5Tget_size(set.type);
  std::vector<char> bytes(width * set.shape[0]);
  if (H5Dread(set.id, set.type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()) < 0)
    return false;
  const bool padded = H5Tget_strpad(set.type) == H5T_STR_SPACEPAD;
  for (size_t at = 0; at < bytes.size(); at += width) {
    std::string text(bytes.data() + at, std::find(bytes.data() + at, bytes.data() + at + width, '\0'));
    while (padded && text.ends_with(' '))
      text.pop_back();
    out.push_back(std::move(text));
  }
  return true;
}

Result<Labels> readLabels(const Dataset &set) {
  if (!set.opened())
    return inputError(fmt::format("{} is no data set", set.name));
  if (H5Tget_class(set.type) != H5T_STRING)
    return inputError(fmt::format("{} does not hold strings", set.name));
  if (set.shape.size() != 1)
    return inputError(fmt::format("{} has {} dimensions, not 1", set.name, set.shape.size()));
  Labels out{set.name, {}};
  const bool isRead = H5Tis_variable_str(set.type) > 0 ? readVariable(set, out.values) : readFixed(set, out.values);
  if (!isRead)
    return unreadable(set);
  return out;
}

bool isMatrix(const Dataset &set) {
  if (!set.opened() || set.shape.size() != 2)
    return false;
  const H5T_class_t kind = H5Tget_class(set.type);
  return kind == H5T_FLOAT || kind == H5T_INTEGER;
}

} // namespace

Result<RawMatrix> readHdf5Matrix(const std::string &path, const std::string &name) {
  const Quiet quiet;
  const Id file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  if (file < 0)
    return inputError(fmt::format("{} is damaged, or no HDF5 file", path));
  const std::vector<std::string> there = namesIn(file);
  std::vector<std::string> found;
  for (const std::string &entry : there)
    if (name.empty() ? isMatrix(Dataset(file, path, entry)) : entry == name)
      found.push_back(entry);
  if (found.empty() && name.find('/') != name.npos && Dataset(file, path, name).opened()) // in a group
    found.push_back(name);
  if (found.size() != 1)
    return notOne(path, "data set", name, found, there);
  const Dataset set(file, path, found[0]);
  auto matrix = readMatrix(set);
  if (!matrix)
    return matrix.error();
  RawMatrix raw{std::move(*matrix), {}, {}, textOf(set.id, "units")};
  for (const auto &[labels, part] : {std::pair{rowLabelsName, &raw.rows}, {columnLabelsName, &raw.columns}})
    if (const auto entry = present(there, std::array{labels})) {
      auto read = readLabels(Dataset(file, path, *entry));
      if (!read)
        return read.error();
      *part = std::move(*read);
    }
  return raw;
}

Result<RawConnectome> readHdf5(const std::string &path) {
  const Quiet quiet;
  const Id file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  if (file < 0)
    return inputError(fmt::format("{} is damaged, or no HDF5 file", path));
  const std::vector<std::string> there = namesIn(file);
  if (Status s = checkUnique(path, there); !s)
    return s.error();
  RawConnectome raw;
  const auto weights = present(there, weightsNames);
  if (!weights)
    return inputError(fmt::format("{} has no data set `weights`: there is {}", path, listOf(there)));
  auto matrix = readMatrix(Dataset(file, path, *weights));
  if (!matrix)
    return matrix.error();
  raw.weights = std::move(*matrix);
  for (const auto &[names, part] : {std::pair{&lengthsNames, &raw.lengths}, std::pair{&centresNames, &raw.centres}})
    if (const auto name = present(there, *names)) {
      matrix = readMatrix(Dataset(file, path, *name));
      if (!matrix)
        return matrix.error();
      *part = std::move(*matrix);
    }
  if (const auto name = present(there, labelsNames)) {
    auto labels = readLabels(Dataset(file, path, *name));
    if (!labels)
      return labels.error();
    raw.labels = std::move(*labels);
  }
  return raw;
}

} // namespace bdc::runtime::data
