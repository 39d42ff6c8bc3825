/// Readers of the binary formats. Used within this folder alone.
#pragma once

#include "runtime/data/raw.h"
#include "runtime/data/zip.h"

namespace bdc::runtime::data {

/// Data sets at the root of an HDF5 file.
Result<RawConnectome> readHdf5(const std::string &path);

/// The arrays that numpy.savez writes.
Result<RawConnectome> readNpz(const ZipFile &zip);

/// A folder's parts, or those of `group` alone (see pieces.h).
Result<RawConnectome> readFolder(const std::filesystem::path &folder, const std::optional<std::string> &group);

/// TVB's archives: weights.txt, tract_lengths.txt, centres.txt.
Result<RawConnectome> readTextZip(const ZipFile &zip);

} // namespace bdc::runtime::data
