/// What every reader of HDF5 files needs of the library. Used by sources that read them alone.
#pragma once

#include <hdf5.h>

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

} // namespace bdc::runtime::data
