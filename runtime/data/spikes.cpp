#include "runtime/data/spikes.h"

#include "runtime/data/fields.h"
#include "runtime/data/files.h"
#include "runtime/data/npy.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace bdc::runtime {
namespace data {
namespace {

constexpr std::string_view timeNames[] = {"timestamps", "time", "time_ms", "times", "t"};
constexpr std::string_view elementNames[] = {"node_ids", "element", "elements", "sender", "senders", "neuron", "i"};
constexpr std::string_view populationNames[] = {"population"};

template <class Names> size_t columnCalled(const std::vector<std::string> &columns, const Names &names) {
  return static_cast<size_t>(std::find_first_of(columns.begin(), columns.end(), std::begin(names), std::end(names)) -
                             columns.begin());
}

/// What the first line names.
struct Columns {
  std::vector<std::string> names;
  size_t time = 0, element = 0, population = 0; ///< as many as there are names: absent

  explicit Columns(const std::vector<std::string_view> &fields) {
    for (std::string_view field : fields)
      names.emplace_back(withoutQuotes(field));
    time = columnCalled(names, timeNames);
    element = columnCalled(names, elementNames);
    population = columnCalled(names, populationNames);
  }
  bool areKnown() const { return time < names.size() && element < names.size(); }
};

/// Lines of spikes; the first names the columns.
Result<SpikeLists> parseSpikes(std::string_view text, const std::string &name) {
  SpikeLists out{.name = name};
  Lines lines(text);
  if (!lines.next())
    return inputError(fmt::format("{} is empty", name), "where there are no spikes, the first line still names the columns");
  const char separator = separatorOf(lines.line);
  const Columns columns(split(lines.line, separator));
  if (!columns.areKnown())
    return inputError(fmt::format("{}: line {} does not name the columns of times and elements", name, lines.number),
                      "the first line is `timestamps node_ids`, `time,element`, or the like");
  std::string population;
  while (lines.next()) {
    const std::vector<std::string_view> fields = split(lines.line, separator);
    if (fields.size() != columns.names.size())
      return inputError(
          fmt::format("{}: line {} has {} fields, the first has {}", name, lines.number, fields.size(), columns.names.size()));
    for (const auto &[column, to] : {std::pair{columns.time, &out.times}, {columns.element, &out.elements}}) {
      double value = 0;
      if (!isNumber(fields[column], value))
        return noNumber(name, lines, fields[column]);
      to->push_back(value);
    }
    if (columns.population == columns.names.size())
      continue;
    if (out.times.size() > 1 && fields[columns.population] != population)
      return inputError(fmt::format("{}: line {} is of `{}`, the lines before it of `{}`", name, lines.number,
                                    fields[columns.population], population),
                        "a text holds the spikes of one population");
    population = fields[columns.population];
  }
  return out;
}

Result<std::vector<double>> readList(const ZipFile &zip, const std::string &name) {
  const std::string entry = name + ".npy", shown = fmt::format("{}: {}", zip.path(), name);
  if (std::find(zip.names().begin(), zip.names().end(), entry) == zip.names().end())
    return inputError(fmt::format("{} has no array `{}`", zip.path(), name),
                      "spikes are two arrays, `timestamps` and `node_ids`");
  const auto bytes = zip.read(entry);
  if (!bytes)
    return bytes.error();
  auto array = parseNumpy(*bytes, shown);
  if (!array)
    return array.error();
  if (array->kind == 'S' || array->kind == 'U')
    return inputError(fmt::format("{} does not hold numbers", shown));
  return std::move(array->numbers);
}

Result<SpikeLists> readNpzSpikes(const std::string &path) {
  const auto zip = ZipFile::open(path);
  if (!zip)
    return zip.error();
  auto times = readList(**zip, "timestamps");
  if (!times)
    return times.error();
  auto elements = readList(**zip, "node_ids");
  if (!elements)
    return elements.error();
  return SpikeLists{.name = path, .times = std::move(*times), .elements = std::move(*elements)};
}

Result<SpikeLists> readSpikes(const std::filesystem::path &path, const std::string &population) {
  std::error_code failure;
  if (!std::filesystem::is_regular_file(path, failure))
    return inputError(std::filesystem::exists(path, failure) ? fmt::format("{} is no file", path.string())
                                                             : fmt::format("there is no file {}", path.string()));
  const auto begin = readFile(path, 8);
  if (!begin)
    return begin.error();
  if (*begin == "\x89HDF\r\n\x1a\n")
    return readHdf5Spikes(path.string(), population);
  if (!population.empty())
    return inputError(fmt::format("{} holds the spikes of one population, without a name", path.string()), "leave `name` out");
  if (begin->starts_with("PK\3\4") || begin->starts_with("PK\5\6"))
    return readNpzSpikes(path.string());
  if (begin->find('\0') != begin->npos || begin->starts_with("\x93NUMPY"))
    return inputError(fmt::format("{} is of no known format", path.string()), "spikes are in a text, a .npz or HDF5");
  const auto text = readTextOf(path);
  return text ? parseSpikes(*text, path.string()) : text.error();
}

} // namespace
} // namespace data

Result<SpikeData> loadSpikes(const std::filesystem::path &file, const SpikeOptions &options) {
  const Result<data::SpikeLists> lists = data::readSpikes(options.folder / file, options.name);
  if (!lists)
    return lists.error();
  if (lists->times.size() != lists->elements.size())
    return inputError(fmt::format("{} holds {} times and {} elements", lists->name, lists->times.size(), lists->elements.size()));
  SpikeData out{lists->name, {}, {}};
  for (size_t i = 0; i < lists->times.size(); ++i) {
    const double time = lists->times[i], element = lists->elements[i];
    if (!std::isfinite(time))
      return inputError(fmt::format("{}: the time of spike {} is {}", out.name, i, time));
    if (!(element >= 0 && element <= std::numeric_limits<uint32_t>::max() && element == std::floor(element)))
      return inputError(fmt::format("{}: the element of spike {} is {:.10g}, no number of an element", out.name, i, element));
    out.times_ms.push_back(time * (lists->unit_ms > 0 ? lists->unit_ms : options.unit_ms));
    out.elements.push_back(static_cast<uint32_t>(element));
  }
  return out;
}

} // namespace bdc::runtime
