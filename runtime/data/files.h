/// Readers of the binary formats. Used within this folder alone.
#pragma once

#include "runtime/data/raw.h"
#include "runtime/data/zip.h"

#include <filesystem>

namespace bdc::runtime::data {

/// Data sets at the root of an HDF5 file.
Result<RawConnectome> readHdf5(const std::string &path);

/// The arrays that numpy.savez writes.
Result<RawConnectome> readNpz(const ZipFile &zip);

/// A folder's parts, or those of `group` alone (see pieces.h).
Result<RawConnectome> readFolder(const std::filesystem::path &folder, const std::optional<std::string> &group);

/// TVB's archives: weights.txt, tract_lengths.txt, centres.txt.
Result<RawConnectome> readTextZip(const ZipFile &zip);

/// Of the population, or of the only one there is.
Result<SpikeLists> readHdf5Spikes(const std::string &path, const std::string &population);

/// The bytes of a file, or the first `most`.
Result<std::string> readFile(const std::filesystem::path &path, size_t most = std::string::npos);
/// Of a text file that may be compressed.
Result<std::string> readTextOf(const std::filesystem::path &path);

/// The data set or array of a name, or, without one, the only one with two dimensions.
Result<RawMatrix> readHdf5Matrix(const std::string &path, const std::string &name);
Result<RawMatrix> readNpzMatrix(const ZipFile &zip, const std::string &name);
Result<RawMatrix> readNpyMatrix(const std::filesystem::path &path);

} // namespace bdc::runtime::data
