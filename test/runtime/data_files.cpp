#include "data_files.h"
#include "test/runtime/shell.h"

#include <bzlib.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <hdf5.h>
#include <minizip/zip.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <random>

namespace bdc::runtime::test {

Sample randomSample(int64_t size, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> unit(-1, 1);
  Sample out;
  out.size = size;
  for (int64_t i = 0; i < size * size; ++i) {
    const double w = unit(random);
    out.weights.push_back(unit(random) < 0 ? 0 : w * w * w * 1e3);
    out.lengths.push_back(std::abs(unit(random)) * 150);
  }
  for (int64_t i = 0; i < size; ++i) {
    for (int axis = 0; axis < 3; ++axis)
      out.centres.push_back(unit(random) * 70);
    out.labels.push_back(fmt::format("{}-Größe_{}", i % 2 ? "l" : "r", i));
  }
  return out;
}

namespace {
std::filesystem::path newFolder() {
  static int count = 0;
  auto path = std::filesystem::path(testing::TempDir()) / fmt::format("bdc_data_{}_{}", getpid(), count++);
  std::filesystem::create_directories(path);
  return path;
}
} // namespace

Folder::Folder() : path(newFolder()) {}
Folder::~Folder() { std::filesystem::remove_all(path); }

std::string readText(const std::filesystem::path &path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void writeText(const std::filesystem::path &path, const std::string &text) { std::ofstream(path, std::ios::binary) << text; }

std::string matrixText(const std::vector<double> &values, int64_t columns, const std::string &separator) {
  std::string out;
  for (size_t i = 0; i < values.size(); ++i)
    out += fmt::format("{:.17g}{}", values[i], (i + 1) % static_cast<size_t>(columns) ? separator : "\n");
  return out;
}

std::string labelsText(const Sample &sample) {
  std::string out;
  for (const std::string &label : sample.labels)
    out += label + "\n";
  return out;
}

std::string centresText(const Sample &sample, const std::string &separator) {
  std::string out;
  for (size_t i = 0; i < sample.labels.size(); ++i) {
    out += sample.labels[i];
    for (size_t axis = 0; axis < 3; ++axis)
      out += fmt::format("{}{:.17g}", separator, sample.centres[i * 3 + axis]);
    out += "\n";
  }
  return out;
}

std::string bzip2(const std::string &text) {
  std::string out(text.size() + text.size() / 100 + 600, 0);
  auto size = static_cast<unsigned>(out.size());
  EXPECT_EQ(BZ_OK, BZ2_bzBuffToBuffCompress(out.data(), &size, const_cast<char *>(text.data()),
                                            static_cast<unsigned>(text.size()), 9, 0, 0));
  out.resize(size);
  return out;
}

void writeZip(const std::filesystem::path &path, const Entries &entries) {
  zipFile zip = zipOpen64(path.c_str(), APPEND_STATUS_CREATE);
  ASSERT_NE(nullptr, zip);
  bool compressed = false; // each second entry is
  for (const auto &[name, bytes] : entries) {
    zip_fileinfo info{};
    ASSERT_EQ(ZIP_OK, zipOpenNewFileInZip(zip, name.c_str(), &info, nullptr, 0, nullptr, 0, nullptr, compressed ? Z_DEFLATED : 0,
                                          Z_DEFAULT_COMPRESSION));
    zipWriteInFileInZip(zip, bytes.data(), static_cast<unsigned>(bytes.size()));
    zipCloseFileInZip(zip);
    compressed = !compressed;
  }
  zipClose(zip, nullptr);
}

namespace {
void writeNumbers(hid_t file, const std::string &name, const std::vector<double> &values, int64_t columns) {
  if (values.empty())
    return;
  const hsize_t shape[] = {values.size() / static_cast<size_t>(columns), static_cast<hsize_t>(columns)};
  const hid_t space = H5Screate_simple(2, shape, nullptr), how = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_chunk(how, 2, shape);
  H5Pset_deflate(how, 6);
  const hid_t set = H5Dcreate2(file, name.c_str(), H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, how, H5P_DEFAULT);
  EXPECT_GE(H5Dwrite(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), 0);
  H5Dclose(set);
  H5Pclose(how);
  H5Sclose(space);
}

void writeLabels(hid_t file, const std::string &name, const std::vector<std::string> &labels, Hdf5Labels kind) {
  if (labels.empty())
    return;
  const hsize_t shape[] = {labels.size()};
  const hid_t space = H5Screate_simple(1, shape, nullptr), type = H5Tcopy(H5T_C_S1);
  size_t width = 0;
  for (const std::string &label : labels)
    width = std::max(width, label.size());
  H5Tset_size(type, kind == Hdf5Labels::variable ? H5T_VARIABLE : width);
  H5Tset_cset(type, H5T_CSET_UTF8);
  if (kind != Hdf5Labels::variable)
    H5Tset_strpad(type, kind == Hdf5Labels::space_padded ? H5T_STR_SPACEPAD : H5T_STR_NULLPAD);
  std::vector<const char *> pointers;
  std::string fixed;
  for (const std::string &label : labels) {
    pointers.push_back(label.c_str());
    fixed += label + std::string(width - label.size(), kind == Hdf5Labels::space_padded ? ' ' : '\0');
  }
  const hid_t set = H5Dcreate2(file, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  const void *data = kind == Hdf5Labels::variable ? static_cast<const void *>(pointers.data()) : fixed.data();
  EXPECT_GE(H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data), 0);
  H5Dclose(set);
  H5Tclose(type);
  H5Sclose(space);
}
} // namespace

void writeHdf5(const std::filesystem::path &path, const Sample &sample, const Hdf5Names &names, Hdf5Labels labels) {
  const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  ASSERT_GE(file, 0);
  writeNumbers(file, names.weights, sample.weights, sample.size);
  writeNumbers(file, names.lengths, sample.lengths, sample.size);
  writeNumbers(file, names.centres, sample.centres, 3);
  writeLabels(file, names.labels, sample.labels, labels);
  H5Fclose(file);
}

std::string npy(const std::string &descr, bool fortran, const std::string &shape, const std::string &bytes) {
  const std::string header =
      fmt::format("{{'descr': {}, 'fortran_order': {}, 'shape': {}, }}", descr, fortran ? "True" : "False", shape);
  std::string out = "\x93NUMPY";
  out += {'\1', '\0', static_cast<char>(header.size() % 256), static_cast<char>(header.size() / 256)};
  return out + header + bytes;
}

std::string bytesOf(const std::vector<double> &values) {
  return {reinterpret_cast<const char *>(values.data()), values.size() * sizeof(double)};
}

std::string python(const std::string &script, const std::filesystem::path &argument) {
  const std::string command =
      fmt::format("/usr/bin/python3 -c '\nimport h5py, sys, numpy as np\n{}' '{}' 2>&1", script, argument.string());
  return test::outputOf(command);
}

} // namespace bdc::runtime::test
