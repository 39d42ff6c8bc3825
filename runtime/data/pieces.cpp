#include "runtime/data/pieces.h"

#include "runtime/data/text.h"

#include <bzlib.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace bdc::runtime::data {
namespace {

struct Part {
  std::string_view part;
  std::vector<std::string_view> names;
};

const std::vector<Part> &parts() {
  const auto list = [](const auto &names) { return std::vector<std::string_view>(names.begin(), names.end()); };
  static const std::vector<Part> all{{"weights", list(weightsNames)},
                                     {"lengths", list(lengthsNames)},
                                     {"labels", list(labelsNames)},
                                     {"centres", list(centresNames)}};
  return all;
}

bool cutEnd(std::string_view &text, std::string_view end) {
  if (!text.ends_with(end))
    return false;
  text.remove_suffix(end.size());
  return true;
}

/// The prefix, if the stem is `name` alone or after an underscore or hyphen.
std::optional<std::string_view> prefixOf(std::string_view stem, std::string_view name) {
  if (stem == name)
    return "";
  if (!cutEnd(stem, name) || stem.size() < 2 || (stem.back() != '_' && stem.back() != '-'))
    return std::nullopt;
  return stem.substr(0, stem.size() - 1);
}

using Group = std::map<std::string, std::string>; // part to name

/// All groups that have weights. Two names for one part of a group are an error.
Result<std::map<std::string, Group>> groupsOf(const Pieces &pieces) {
  std::map<std::string, Group> groups;
  for (const std::string &name : pieces.names) {
    const auto piece = pieceName(name);
    if (!piece || piece->part.empty())
      continue;
    const auto [at, fresh] = groups[piece->group].emplace(piece->part, name);
    if (!fresh)
      return bothCouldBe(pieces.where, at->second, name, piece->part);
  }
  std::erase_if(groups, [](const auto &group) { return !group.second.contains("weights"); });
  return groups;
}

Result<Group> chooseGroup(const Pieces &pieces, const std::optional<std::string> &group) {
  auto groups = groupsOf(pieces);
  if (!groups)
    return groups.error();
  if (group) {
    if (const auto found = groups->find(*group); found != groups->end())
      return found->second;
  } else if (groups->size() == 1) {
    return groups->begin()->second;
  }
  if (groups->empty() || group) {
    std::vector<std::string> names = pieces.names;
    std::sort(names.begin(), names.end());
    return inputError(fmt::format("{} has no weights: there is {}", pieces.where, listOf(names)),
                      "the weights are called weights.txt or NAME_weights.csv");
  }
  std::vector<std::string> weights;
  for (const auto &[name, found] : *groups)
    weights.push_back(found.at("weights"));
  return inputError(fmt::format("{} has more than one connectome: {}", pieces.where, listOf(weights)),
                    "where they are files, load one of these");
}

} // namespace

std::optional<PieceName> pieceName(std::string_view name) {
  const size_t slash = name.rfind('/');
  const std::string_view folder = slash == name.npos ? "" : name.substr(0, slash + 1);
  std::string_view stem = name.substr(folder.size());
  // Archives made on a Mac have a shadow of each file.
  if (stem.starts_with('.') || folder.starts_with("__MACOSX/"))
    return std::nullopt;
  cutEnd(stem, ".bz2");
  if (!cutEnd(stem, ".txt") && !cutEnd(stem, ".csv") && !cutEnd(stem, ".tsv") && !cutEnd(stem, ".dat"))
    return std::nullopt;
  for (const Part &part : parts())
    for (const std::string_view candidate : part.names)
      if (const auto prefix = prefixOf(stem, candidate))
        return PieceName{fmt::format("{}{}", folder, *prefix), std::string(part.part)};
  return PieceName{fmt::format("{}{}", folder, stem), ""};
}

Result<RawConnectome> readPieces(const Pieces &pieces, const std::optional<std::string> &group) {
  const auto chosen = chooseGroup(pieces, group);
  if (!chosen)
    return chosen.error();
  RawConnectome raw;
  for (const auto &[part, name] : *chosen) {
    const std::string shown = pieces.where.ends_with('/') ? pieces.where + name : fmt::format("{}: {}", pieces.where, name);
    auto text = pieces.read(name);
    if (text && name.ends_with(".bz2"))
      text = decompressBzip2(*text, shown);
    if (!text)
      return text.error();
    if (part == "labels") {
      raw.labels = parseLabels(*text, shown);
    } else if (part == "centres") {
      auto centres = parseCentres(*text, shown);
      if (!centres)
        return centres.error();
      raw.centres = std::move(centres->centres);
      raw.centreLabels = std::move(centres->labels);
    } else {
      auto matrix = parseMatrix(*text, shown);
      if (!matrix)
        return matrix.error();
      if (part == "weights")
        raw.weights = std::move(*matrix);
      else
        raw.lengths = std::move(*matrix);
    }
  }
  return raw;
}

/// Several streams may follow each other, as programs write them that compress in parallel.
Result<std::string> decompressBzip2(const std::string &bytes, const std::string &name) {
  std::string out;
  char buffer[1 << 14];
  size_t at = 0;
  do {
    bz_stream stream{};
    if (BZ2_bzDecompressInit(&stream, 0, 0) != BZ_OK)
      return internalError(fmt::format("{}: bzip2 does not start", name));
    int state = BZ_OK;
    while (state == BZ_OK) {
      if (stream.avail_in == 0) {
        stream.next_in = const_cast<char *>(bytes.data()) + at; // the library does not write to it
        stream.avail_in = static_cast<unsigned>(std::min<size_t>(bytes.size() - at, 1 << 30));
        at += stream.avail_in;
      }
      stream.next_out = buffer;
      stream.avail_out = sizeof buffer;
      state = BZ2_bzDecompress(&stream);
      const size_t made = sizeof buffer - stream.avail_out;
      out.append(buffer, made);
      if (state == BZ_OK && made == 0 && stream.avail_in == 0 && at == bytes.size())
        break; // the end is missing
    }
    at -= stream.avail_in;
    BZ2_bzDecompressEnd(&stream);
    if (state != BZ_STREAM_END)
      return inputError(fmt::format("{} is damaged, or no bzip2 file", name));
  } while (at < bytes.size());
  return out;
}

} // namespace bdc::runtime::data
