/// A connectome in several texts: files of a folder, or entries of an archive. Used within this folder alone.
#pragma once

#include "runtime/data/raw.h"

#include <functional>

namespace bdc::runtime::data {

/// Things with names that can be read. `where` begins messages.
struct Pieces {
  std::string where;
  std::vector<std::string> names;
  std::function<Result<std::string>(const std::string &name)> read;
};

/// What a file is called beyond its part: "data/sub1_weights.csv" is the weights of "data/sub1".
struct PieceName {
  std::string group; ///< folder and prefix
  std::string part;  ///< "weights", "lengths", "labels", "centres"; empty: none of them
};

/// Nothing where the name is not that of a text.
std::optional<PieceName> pieceName(std::string_view name);

/// Reads the one connectome among the pieces, or the one of that group.
Result<RawConnectome> readPieces(const Pieces &pieces, const std::optional<std::string> &group);

/// The text of a .bz2 file.
Result<std::string> decompressBzip2(const std::string &bytes, const std::string &name);

} // namespace bdc::runtime::data
