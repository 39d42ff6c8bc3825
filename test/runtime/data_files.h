/// Writes small connectomes in every format that can be loaded.
#pragma once

#include "runtime/data/connectome.h"

#include <string>
#include <utility>
#include <vector>

namespace bdc::runtime::test {

/// What a file holds: lengths and centres in mm. Empty parts are not written.
struct Sample {
  int64_t size = 0;
  std::vector<double> weights, lengths, centres;
  std::vector<std::string> labels;
};

/// Random weights (about half of them 0, some negative), lengths, centres, and labels with letters beyond ASCII.
Sample randomSample(int64_t size, uint64_t seed);

/// A folder that is removed at the end.
class Folder {
public:
  Folder();
  ~Folder();
  Folder(const Folder &) = delete;
  Folder &operator=(const Folder &) = delete;
  std::filesystem::path operator/(const std::string &name) const { return path / name; }
  const std::filesystem::path path;
};

std::string readText(const std::filesystem::path &path);
void writeText(const std::filesystem::path &path, const std::string &text);
/// Numbers with all their digits, `separator` between those of a line.
std::string matrixText(const std::vector<double> &values, int64_t columns, const std::string &separator);
/// TVB's centres.txt.
std::string centresText(const Sample &sample, const std::string &separator = "\t");
std::string labelsText(const Sample &sample);
std::string bzip2(const std::string &text);

using Entries = std::vector<std::pair<std::string, std::string>>; ///< name and bytes
void writeZip(const std::filesystem::path &path, const Entries &entries);

struct Hdf5Names {
  std::string weights = "weights", lengths = "tract_lengths", labels = "region_labels", centres = "centres";
};
enum class Hdf5Labels { variable, fixed, space_padded };
void writeHdf5(const std::filesystem::path &path, const Sample &sample, const Hdf5Names &names = {},
               Hdf5Labels labels = Hdf5Labels::variable);

/// An .npy file with a header of version 1 around the bytes.
std::string npy(const std::string &descr, bool fortran, const std::string &shape, const std::string &bytes);
std::string bytesOf(const std::vector<double> &values);

/// Runs a script with NumPy, h5py and the arguments in sys.argv[1:]; what it printed.
std::string python(const std::string &script, const std::filesystem::path &argument);

} // namespace bdc::runtime::test
