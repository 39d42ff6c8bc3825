#include "runtime/data/hdf5_id.h"
#include "runtime/optimise/state_file.h"

#include <fmt/format.h>

#include <optional>

namespace bdc::runtime::optimise {
namespace {

using data::Id;

struct Numbers {
  std::vector<hsize_t> shape;
  std::vector<double> values;
};

std::optional<Numbers> read(hid_t group, const std::string &name) {
  const Id set(H5Dopen2(group, name.c_str(), H5P_DEFAULT), H5Dclose);
  if (set < 0)
    return std::nullopt;
  const Id space(H5Dget_space(set), H5Sclose);
  const int rank = H5Sget_simple_extent_ndims(space);
  if (rank < 1 || rank > 2)
    return std::nullopt;
  Numbers out{std::vector<hsize_t>(static_cast<size_t>(rank)), {}};
  H5Sget_simple_extent_dims(space, out.shape.data(), nullptr);
  const hsize_t count = out.shape[0] * (rank > 1 ? out.shape[1] : 1);
  // A damaged shape could ask for any amount of memory; these data sets are not compressed.
  if (count > H5Dget_storage_size(set) / sizeof(double) + 1)
    return std::nullopt;
  out.values.resize(count);
  if (count > 0 && H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, out.values.data()) < 0)
    return std::nullopt;
  return out;
}

/// The array's place in a row of `lengths`; none where it grows.
std::optional<uint64_t> positionOf(hid_t group, const std::string &name) {
  if (H5Aexists_by_name(group, name.c_str(), "position", H5P_DEFAULT) <= 0)
    return std::nullopt;
  const Id attribute(H5Aopen_by_name(group, name.c_str(), "position", H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  uint64_t position = 0;
  return H5Aread(attribute, H5T_NATIVE_UINT64, &position) < 0 ? std::nullopt : std::optional(position);
}

herr_t addLabel(hid_t group, const char *name, const H5A_info_t *, void *labels) {
  const Id attribute(H5Aopen(group, name, H5P_DEFAULT), H5Aclose), type(H5Aget_type(attribute), H5Tclose);
  char *text = nullptr;
  if (H5Tis_variable_str(type) > 0 && H5Aread(attribute, type, &text) >= 0) {
    (*static_cast<std::map<std::string, std::string> *>(labels))[name] = text ? text : "";
    H5free_memory(text);
  }
  return 0;
}

Error damaged(const std::string &path, const std::string &name) {
  return inputError(fmt::format("the state of the fit in {} cannot be read: `{}`", path, name),
                    "the file may be damaged; begin anew");
}

} // namespace

Result<State> readState(const std::string &path, const std::string &groupName) {
  const data::Quiet quiet;
  const Id file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  if (file < 0)
    return inputError(fmt::format("{} is not there, is damaged, or is no HDF5 file", path),
                      "name the output of the fit that is to be continued");
  const Id group(H5Gopen2(file, groupName.c_str(), H5P_DEFAULT), H5Gclose);
  const std::optional<Numbers> lengths = group < 0 ? std::nullopt : read(group, "lengths");
  if (!lengths || lengths->shape.size() != 2 || lengths->shape[0] < 1)
    return inputError(fmt::format("there is no fit in {} that could be continued", path), "name the output of a fit");
  State state;
  H5Aiterate2(group, H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, addLabel, &state.labels);
  const double *last = lengths->values.data() + (lengths->shape[0] - 1) * lengths->shape[1];
  for (const std::string &name : data::namesIn(group)) {
    if (name == "lengths")
      continue;
    std::optional<Numbers> numbers = read(group, name);
    if (!numbers)
      return damaged(path, name);
    const std::optional<uint64_t> position = positionOf(group, name);
    StateArray &array = state.arrays[name];
    array.grows = !position;
    if (!position) {
      array.columns = numbers->shape.size() > 1 ? static_cast<int64_t>(numbers->shape[1]) : 0;
      array.values = std::move(numbers->values);
      continue;
    }
    const auto length = *position < lengths->shape[1] ? static_cast<size_t>(last[*position]) : SIZE_MAX;
    if (length > numbers->values.size())
      return damaged(path, name);
    array.values.assign(numbers->values.end() - static_cast<int64_t>(length), numbers->values.end());
  }
  return state;
}

} // namespace bdc::runtime::optimise
