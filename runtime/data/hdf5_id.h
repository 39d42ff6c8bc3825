/// What every reader of HDF5 files needs of the library. Used by sources that read them alone.
#pragma once

#include <hdf5.h>

#include <algorithm>
#include <string>
#include <vector>

namespace bdc::runtime::data {

/// An identifier of the HDF5 library, closed at the end.
class Id {
public:
  Id(hid_t id, herr_t (*close)(hid_t)) : id(id), close(close) {}
  ~Id() {
    if (id >= 0)
      close(id);
  }
  Id(const Id &) = delete;
  Id &operator=(const Id &) = delete;
  operator hid_t() const { return id; }

private:
  hid_t id;
  herr_t (*close)(hid_t);
};

/// The library prints its errors unless told not to; the host's own setting comes back.
class Quiet {
public:
  Quiet() {
    H5Eget_auto2(H5E_DEFAULT, &function, &data);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  }
  ~Quiet() { H5Eset_auto2(H5E_DEFAULT, function, data); }
  Quiet(const Quiet &) = delete;
  Quiet &operator=(const Quiet &) = delete;

private:
  H5E_auto2_t function = nullptr;
  void *data = nullptr;
};

inline herr_t addName(hid_t, const char *name, const H5L_info_t *, void *names) {
  static_cast<std::vector<std::string> *>(names)->emplace_back(name);
  return 0;
}

/// Of the links in a file or group.
inline std::vector<std::string> namesIn(hid_t file) {
  std::vector<std::string> names;
  H5Literate(file, H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, addName, &names);
  return names;
}

/// The text of an attribute of a data set; empty where it has none.
inline std::string textOf(hid_t set, const char *name) {
  std::string text;
  if (H5Aexists(set, name) <= 0)
    return text;
  const Id attribute(H5Aopen(set, name, H5P_DEFAULT), H5Aclose), type(H5Aget_type(attribute), H5Tclose), space(H5Aget_space(attribute), H5Sclose);
  constexpr size_t longest = 4096; // a damaged length could ask for any amount of memory
  if (H5Tget_class(type) != H5T_STRING || H5Sget_simple_extent_npoints(space) != 1 || H5Tget_size(type) > longest)
    return text;
  if (H5Tis_variable_str(type) > 0) {
    const Id memory(H5Tcopy(type), H5Tclose);
    char *read = nullptr;
    if (H5Aread(attribute, memory, &read) >= 0 && read)
      text = read;
    H5free_memory(read);
    return text;
  }
  text.resize(H5Tget_size(type));
  if (H5Aread(attribute, type, text.data()) < 0)
    text.clear();
  text.resize(std::min(text.find('\0'), text.size()));
  while (text.ends_with(' '))
    text.pop_back();
  return text;
}

} // namespace bdc::runtime::data
