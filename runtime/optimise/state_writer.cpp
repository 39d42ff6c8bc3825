#include "runtime/optimise/state_file.h"

#include <algorithm>

namespace bdc::runtime::optimise {
namespace {

constexpr int64_t chunkBytes = 64 << 10;

} // namespace

StateWriter::StateWriter(h5::File &file, int group, const State &shape) : file(file) {
  for (const auto &[name, text] : shape.labels)
    file.attribute(group, name, text);
  uint64_t position = 0;
  for (const auto &[name, array] : shape.arrays) {
    const int64_t rowBytes = std::max<int64_t>(1, array.columns) * static_cast<int64_t>(sizeof(double));
    const int64_t rows = array.grows ? std::max<int64_t>(1, chunkBytes / rowBytes)
                                     : std::max<int64_t>(1, static_cast<int64_t>(array.values.size()));
    const int dataset = file.dataset(group, name, h5::Number::f64, array.grows ? array.columns : 0, rows);
    if (!array.grows)
      file.attribute(dataset, "position", position++);
    places[name] = {dataset, array.columns, array.grows};
  }
  lengths = file.dataset(group, "lengths", h5::Number::u64, static_cast<int64_t>(std::max<uint64_t>(1, position)), 64);
}

Status StateWriter::write(const State &state) {
  std::vector<uint64_t> sizes;
  for (auto &[name, place] : places) {
    const std::vector<double> &values = state.arrays.at(name).values;
    const int64_t columns = place.grows ? std::max<int64_t>(1, place.columns) : 1;
    const int64_t rows = static_cast<int64_t>(values.size()) / columns, first = place.grows ? place.written : 0;
    if (Status s = file.append(place.dataset, values.data() + first * columns, rows - first); !s)
      return s;
    place.written = rows;
    if (!place.grows)
      sizes.push_back(values.size());
  }
  sizes.resize(std::max<size_t>(1, sizes.size()));
  return file.append(lengths, sizes.data(), 1);
}

} // namespace bdc::runtime::optimise
