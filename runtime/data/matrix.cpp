#include "runtime/data/matrix.h"

#include "dialects/units/unit.h"
#include "runtime/data/files.h"
#include "runtime/data/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace bdc::runtime {
namespace data {
namespace {

constexpr const char *formats = "a matrix is a text (.csv, .txt, .tsv, .dat), NumPy's .npy or .npz, or HDF5";

Result<RawMatrix> readMatrixFile(const std::filesystem::path &path, const std::string &name) {
  std::error_code failure;
  if (!std::filesystem::is_regular_file(path, failure))
    return inputError(std::filesystem::exists(path, failure) ? fmt::format("{} is no file", path.string())
                                                             : fmt::format("there is no file {}", path.string()));
  const auto begin = readFile(path, 8);
  if (!begin)
    return begin.error();
  if (*begin == "\x89HDF\r\n\x1a\n")
    return readHdf5Matrix(path.string(), name);
  if (begin->starts_with("PK\3\4") || begin->starts_with("PK\5\6")) {
    const auto zip = ZipFile::open(path.string());
    if (!zip)
      return zip.error();
    return readNpzMatrix(**zip, name);
  }
  if (!name.empty())
    return inputError(fmt::format("{} holds one matrix, without a name", path.string()), "leave `name` out");
  if (begin->starts_with("\x93NUMPY"))
    return readNpyMatrix(path);
  const std::string ending = path.extension() == ".bz2" ? path.stem().extension().string() : path.extension().string();
  constexpr const char *texts[] = {".csv", ".txt", ".tsv", ".dat"};
  if (std::find(std::begin(texts), std::end(texts), ending) == std::end(texts))
    return inputError(fmt::format("{} is of no known format", path.string()), formats);
  const auto text = readTextOf(path);
  if (!text)
    return text.error();
  return parseLabelledMatrix(*text, path.string());
}

Status readLabelFile(const std::filesystem::path &folder, const std::filesystem::path &file, std::optional<Labels> &labels) {
  if (file.empty())
    return {};
  const auto text = readTextOf(folder / file);
  if (!text)
    return text.error();
  labels = parseLabels(*text, (folder / file).string());
  return {};
}

/// One label for each row or column, all different.
Status checkLabels(const Labels &labels, int64_t count, const char *what) {
  if (static_cast<int64_t>(labels.values.size()) != count)
    return inputError(fmt::format("{}: {} labels for {} {}s", labels.name, labels.values.size(), count, what));
  for (size_t i = 0; i < labels.values.size(); ++i) {
    if (labels.values[i].empty())
      return inputError(fmt::format("{}: the label of {} {} is empty", labels.name, what, i), fmt::format("{}s are counted from 0", what));
    for (size_t j = 0; j < i; ++j)
      if (labels.values[j] == labels.values[i])
        return inputError(fmt::format("{}: {}s {} and {} are both called `{}`", labels.name, what, j, i, labels.values[i]),
                          fmt::format("{}s are counted from 0; each needs a label of its own", what));
  }
  return {};
}

Status check(const RawMatrix &raw) {
  const Matrix &m = raw.values;
  if (m.rows == 0 || m.columns == 0)
    return inputError(fmt::format("{} is empty", m.name));
  if (std::max(m.rows, m.columns) > std::numeric_limits<int32_t>::max())
    return inputError(fmt::format("{} is {} by {}, which is too many", m.name, m.rows, m.columns));
  if (Status s = checkFinite(m, "rows and columns are counted from 0"); !s)
    return s;
  if (raw.rows)
    if (Status s = checkLabels(*raw.rows, m.rows, "row"); !s)
      return s;
  return raw.columns ? checkLabels(*raw.columns, m.columns, "column") : Status();
}

/// Takes a row, or the mean of all rows, from every row: signals against another reference.
Status refer(MatrixData &m, const std::string &reference, const std::string &name) {
  if (reference.empty() || reference == "none")
    return {};
  std::vector<double> less(static_cast<size_t>(m.columns), 0);
  if (reference == "average") {
    for (int64_t i = 0; i < m.rows; ++i)
      for (int64_t j = 0; j < m.columns; ++j)
        less[j] += m.values[i * m.columns + j] / static_cast<double>(m.rows);
  } else {
    const auto at = std::find(m.rowLabels.begin(), m.rowLabels.end(), reference);
    if (at == m.rowLabels.end())
      return inputError(fmt::format("{}: no row is called `{}`, which is to be the reference", name, reference),
                        m.rowLabels.empty() ? "its rows have no labels; `rows = \"labels.txt\"` gives them some" : "there are " + listOf(m.rowLabels));
    const int64_t row = at - m.rowLabels.begin();
    std::copy_n(m.values.begin() + row * m.columns, m.columns, less.begin());
  }
  for (int64_t i = 0; i < m.rows; ++i)
    for (int64_t j = 0; j < m.columns; ++j)
      m.values[i * m.columns + j] -= less[j];
  return {};
}

/// Options that name files.
constexpr std::pair<std::string_view, std::filesystem::path MatrixOptions::*> files[] = {{"rows", &MatrixOptions::rows},
                                                                                        {"columns", &MatrixOptions::columns}};

} // namespace

bool isFileOfMatrix(std::string_view option) {
  return option == contactsWord.substr(0, contactsWord.size() - 1) ||
         std::any_of(std::begin(files), std::end(files), [&](const auto &each) { return each.first == option; });
}

} // namespace data

Status setOption(MatrixOptions &options, std::string_view words) {
  const size_t equals = words.find('=');
  const std::string_view option = words.substr(0, equals), word = equals == words.npos ? "" : words.substr(equals + 1);
  if (option == "lengths_unit") {
    ConnectomeOptions unit;
    const Status s = setOption(unit, words);
    options.lengthUnit = unit.lengthUnit;
    return s;
  }
  for (const auto &[name, text] : {std::pair{"name", &options.name}, {"reference", &options.reference}})
    if (option == name) {
      *text = word;
      return {};
    }
  for (const auto &[name, file] : data::files)
    if (option == name) {
      options.*file = word;
      return {};
    }
  return inputError(fmt::format("a matrix has no option `{}`", option), "it has name, reference, rows, columns, lengths_unit");
}

bool isSameUnit(std::string_view ofFile, std::string_view readIn) {
  const units::Parsed one = units::parse(ofFile), other = units::parse(readIn);
  return !one || !other || (one->dimension == other->dimension && one->offset == other->offset && one->toCoherent(1) == other->toCoherent(1));
}

Result<MatrixData> loadMatrix(const std::filesystem::path &file, const MatrixOptions &options) {
  auto raw = data::readMatrixFile(options.folder / file, options.name);
  if (!raw)
    return raw.error();
  for (const auto &[from, to] : {std::pair{&options.rows, &raw->rows}, {&options.columns, &raw->columns}})
    if (Status s = data::readLabelFile(options.folder, *from, *to); !s)
      return s.error();
  if (Status s = data::check(*raw); !s)
    return s.error();
  MatrixData out{raw->values.rows, raw->values.columns, std::move(raw->values.values), {}, {}};
  if (raw->rows)
    out.rowLabels = std::move(raw->rows->values);
  if (raw->columns)
    out.columnLabels = std::move(raw->columns->values);
  out.unit = std::move(raw->unit);
  if (Status s = data::refer(out, options.reference, raw->values.name); !s)
    return s.error();
  return out;
}

Result<MatrixData> distanceMatrix(const std::filesystem::path &contacts, const std::vector<double> &points,
                                  const std::vector<std::string> &pointLabels, const MatrixOptions &options) {
  const std::filesystem::path path = options.folder / contacts;
  const auto text = data::readTextOf(path);
  if (!text)
    return text.error();
  auto places = data::parseCentres(*text, path.string());
  if (!places)
    return places.error();
  data::RawMatrix raw{std::move(places->centres), std::move(places->labels), {}};
  if (Status s = data::readLabelFile(options.folder, options.rows, raw.rows); !s)
    return s.error();
  if (Status s = data::check(raw); !s)
    return s.error();
  MatrixData out{raw.values.rows, static_cast<int64_t>(points.size() / 3), {}, {}, pointLabels};
  for (int64_t i = 0; i < out.rows; ++i)
    for (int64_t j = 0; j < out.columns; ++j) {
      double square = 0;
      for (int64_t axis = 0; axis < 3; ++axis) {
        const double way = raw.values.values[3 * i + axis] * options.lengthUnit - points[3 * j + axis];
        square += way * way;
      }
      out.values.push_back(std::sqrt(square));
    }
  if (raw.rows)
    out.rowLabels = std::move(raw.rows->values);
  return out;
}

Connections connectionsOf(const MatrixData &m, bool areLengths) {
  Connections out;
  out.size = m.columns;
  out.rows = m.rows;
  out.isMatrix = true;
  out.offset.push_back(0);
  for (int64_t j = 0; j < m.columns; ++j) {
    for (int64_t i = 0; i < m.rows; ++i) {
      const double value = m.values[i * m.columns + j];
      if (value == 0 && !areLengths)
        continue;
      out.target.push_back(static_cast<uint32_t>(i));
      out.weights.push_back(areLengths ? 1 : value);
      if (areLengths)
        out.lengths.push_back(value);
    }
    out.offset.push_back(out.count());
  }
  return out;
}

} // namespace bdc::runtime
