/// Spikes in HDF5 files, in SONATA's layout: groups with `timestamps` and `node_ids`, by custom in spikes/<population>.
#include "runtime/data/files.h"
#include "runtime/data/hdf5_id.h"

#include <fmt/format.h>

#include <algorithm>

namespace bdc::runtime::data {
namespace {

std::vector<std::string> linksIn(hid_t file) {
  std::vector<std::string> names;
  H5Lvisit(file, H5_INDEX_NAME, H5_ITER_NATIVE, addName, &names);
  return names;
}

/// Groups that hold both lists; "" is the root.
std::vector<std::string> populationsIn(hid_t file) {
  const std::vector<std::string> links = linksIn(file);
  std::vector<std::string> groups;
  for (const std::string &link : links) {
    const size_t slash = link.rfind('/');
    const std::string prefix = slash == link.npos ? "" : link.substr(0, slash + 1);
    if (link == prefix + "timestamps" && std::find(links.begin(), links.end(), prefix + "node_ids") != links.end())
      groups.push_back(slash == link.npos ? "" : link.substr(0, slash));
  }
  return groups;
}

Result<std::vector<double>> readList(hid_t file, const std::string &path, const std::string &entry) {
  const std::string name = fmt::format("{}: {}", path, entry);
  const Error unreadable = inputError(fmt::format("{} cannot be read", name), "the file may be damaged");
  const Id set(H5Dopen2(file, entry.c_str(), H5P_DEFAULT), H5Dclose);
  if (set < 0)
    return inputError(fmt::format("{} is no data set", name));
  const Id type(H5Dget_type(set), H5Tclose), space(H5Dget_space(set), H5Sclose);
  if (type < 0 || space < 0)
    return unreadable;
  if (H5Tget_class(type) != H5T_FLOAT && H5Tget_class(type) != H5T_INTEGER)
    return inputError(fmt::format("{} does not hold numbers", name));
  const hssize_t count = H5Sget_simple_extent_npoints(space);
  // A damaged shape could ask for any amount of memory; what a file holds is compressed by a factor of 1032 at the most.
  if (count < 0 || static_cast<hsize_t>(count) > (H5Dget_storage_size(set) + 4096) * 1032)
    return unreadable;
  std::vector<double> out(static_cast<size_t>(count));
  if (count > 0 && H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, out.data()) < 0)
    return unreadable;
  return out;
}

/// What the attribute `units` says of the times; 0 where there is none.
Result<double> unitOf(hid_t file, const std::string &path, const std::string &entry) {
  const Id set(H5Dopen2(file, entry.c_str(), H5P_DEFAULT), H5Dclose);
  if (H5Aexists(set, "units") <= 0)
    return 0.0;
  const std::string text = textOf(set, "units");
  for (const auto &[name, unit] : {std::pair{"ms", 1.0}, {"milliseconds", 1.0}, {"s", 1000.0}, {"seconds", 1000.0}})
    if (text == name)
      return unit;
  return inputError(fmt::format("{}: {} is in `{}`", path, entry, text), "times of spikes are in ms or s");
}

} // namespace

Result<SpikeLists> readHdf5Spikes(const std::string &path, const std::string &population) {
  const Quiet quiet;
  const Id file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  if (file < 0)
    return inputError(fmt::format("{} is damaged, or no HDF5 file", path));
  const std::vector<std::string> there = populationsIn(file);
  std::vector<std::string> found;
  for (const std::string &group : there)
    if (population.empty() || group == population || group == "spikes/" + population)
      found.push_back(group);
  if (there.empty())
    return inputError(fmt::format("{} has no group with `timestamps` and `node_ids`", path));
  if (found.empty())
    return inputError(fmt::format("{} has no spikes of `{}`: there is {}", path, population, listOf(there)));
  if (found.size() > 1)
    return inputError(fmt::format("{} has the spikes of several populations: {}", path, listOf(found)),
                      fmt::format("name the one that is meant: `name = \"{}\"`", found[0]));
  const std::string prefix = found[0].empty() ? "" : found[0] + "/";
  auto times = readList(file, path, prefix + "timestamps");
  if (!times)
    return times.error();
  auto elements = readList(file, path, prefix + "node_ids");
  if (!elements)
    return elements.error();
  const Result<double> unit = unitOf(file, path, prefix + "timestamps");
  if (!unit)
    return unit.error();
  return SpikeLists{found[0].empty() ? path : fmt::format("{}: {}", path, found[0]), std::move(*times), std::move(*elements),
                    *unit};
}

} // namespace bdc::runtime::data
