#include "runtime/optimise/fit_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>

namespace bdc::runtime::optimise {
namespace {

using h5::Number;

constexpr int64_t chunkBytes = 64 << 10;

int64_t chunkRows(int64_t columns) { return std::max<int64_t>(1, chunkBytes / (8 * std::max<int64_t>(1, columns))); }

std::string safeName(std::string name) {
  std::replace(name.begin(), name.end(), '/', '|');
  return name;
}

std::vector<std::string> reasons() {
  std::vector<std::string> out;
  for (int i = 0; i <= static_cast<int>(Stop::failure); ++i)
    out.emplace_back(nameOf(static_cast<Stop>(i)));
  return out;
}

} // namespace

FitWriter::FitWriter(h5::File &file, Fit &fit) : file(file), fit(fit), group(file.group(0, "fit")) {
  file.attribute(group, "method", fit.options().method.text());
  file.attribute(group, "seed", fit.options().seed);
  setFacts(Stop::none);
  const int history = file.group(group, "history");
  auto list = [&](const char *name) { return file.dataset(history, name, Number::f64, 0, chunkRows(0)); };
  loss = list("loss");
  best = list("best");
  gradientNorm = list("gradient_norm");
  time = list("time");
  file.attribute(time, "units", "s");
  for (const int set : {loss, best})
    file.attribute(set, "units", fit.options().loss.display.unit.empty() ? "1" : fit.options().loss.display.unit);
  lanes = file.dataset(history, "lanes", Number::f64, fit.batch(), chunkRows(fit.batch()));
  const int values = file.group(group, "values"), result = file.group(group, "result");
  for (const Parameter &p : fit.parameters().list()) {
    const auto size = static_cast<int64_t>(p.start.size());
    const int part = file.group(result, safeName(p.name));
    auto column = [&](const char *name) { return file.dataset(part, name, Number::f64, 0, std::max<int64_t>(1, size)); };
    parameters.push_back({file.dataset(values, safeName(p.name), Number::f64, size, chunkRows(size)), column("value"),
                          column("standard_error"), column("low"), column("high")});
    Sets &made = parameters.back();
    if (!p.places.empty())
      declareTable(part, p, made);
    for (const int set : {made.values, made.value, made.error, made.low, made.high, made.matrix})
      if (set >= 0)
        file.attribute(set, "units", p.display.unit.empty() ? "1" : p.display.unit);
  }
  state.emplace(file, file.group(group, "state"), fit.save());
}

void FitWriter::declareTable(int part, const Parameter &p, Sets &sets) {
  sets.matrix = file.dataset(part, "matrix", Number::f64, p.places.columns, chunkRows(p.places.columns));
  for (const auto &[name, set] : {std::pair{"row", &sets.rows}, std::pair{"column", &sets.columns}})
    *set = file.dataset(part, name, Number::i64, 0, std::max<int64_t>(1, static_cast<int64_t>(p.places.at.size())));
  for (const auto &[name, labels] : {std::pair{"row_labels", &p.places.rowLabels}, std::pair{"column_labels", &p.places.columnLabels}})
    if (!labels->empty())
      file.attribute(sets.matrix, name, fmt::format("{}", fmt::join(*labels, "\n")));
}

/// Where the values of tables stand, which holds for all steps.
Status FitWriter::writePlaces() {
  for (size_t i = 0; i < parameters.size(); ++i) {
    const auto &at = fit.parameters().list()[i].places.at;
    std::vector<int64_t> rows, columns;
    for (const auto &[row, column] : at) {
      rows.push_back(row);
      columns.push_back(column);
    }
    for (const auto &[set, numbers] : {std::pair{parameters[i].rows, &rows}, std::pair{parameters[i].columns, &columns}})
      if (set >= 0)
        if (Status s = file.append(set, numbers->data(), static_cast<int64_t>(numbers->size())); !s)
          return s;
  }
  return {};
}

void FitWriter::setFacts(Stop ended) {
  for (const auto &[name, value] : {std::pair{"first_loss", shown(fit.firstLoss())}, std::pair{"best_loss", shown(fit.best().loss)},
                                    std::pair{"best_step", static_cast<double>(fit.best().step)},
                                    std::pair{"steps", static_cast<double>(fit.history().steps())},
                                    std::pair{"evaluations", static_cast<double>(fit.evaluations())},
                                    std::pair{"failures", static_cast<double>(fit.failures())}})
    file.attribute(group, name, value);
  file.attribute(group, "ended", reasons(), static_cast<uint8_t>(ended));
}

Status FitWriter::writeSteps() {
  const History &h = fit.history();
  const int64_t count = h.steps() - written;
  for (const auto &[set, numbers] : {std::pair{gradientNorm, &h.gradientNorm}, std::pair{time, &h.time_s}})
    if (Status s = file.append(set, numbers->data() + written, count); !s)
      return s;
  for (const auto &[set, numbers, columns] :
       {std::tuple{loss, &h.loss, int64_t(1)}, std::tuple{best, &h.best, int64_t(1)}, std::tuple{lanes, &h.lanes.values, h.lanes.dimension}}) {
    std::vector<double> rows(numbers->begin() + written * columns, numbers->end());
    std::transform(rows.begin(), rows.end(), rows.begin(), [&](double value) { return shown(value); });
    if (Status s = file.append(set, rows.data(), count); !s)
      return s;
  }
  for (size_t i = 0; i < parameters.size(); ++i) {
    const Parameter &p = fit.parameters().list()[i];
    std::vector<double> rows;
    for (int64_t step = written; step < h.steps(); ++step)
      for (size_t e = 0; e < p.start.size(); ++e)
        rows.push_back(p.display(h.values[step][fit.parameters().offset(i) + static_cast<int64_t>(e)]));
    if (Status s = file.append(parameters[i].values, rows.data(), count); !s)
      return s;
  }
  written = h.steps();
  return {};
}

Status FitWriter::write() {
  if (!placed)
    if (Status s = writePlaces(); !s)
      return s;
  placed = true;
  if (Status s = writeSteps(); !s)
    return s;
  setFacts(Stop::none);
  return state->write(fit.save());
}

Status FitWriter::finish(const FitEnd &end, const Uncertainty *uncertainty) {
  if (Status s = write(); !s)
    return s;
  setFacts(end.reason);
  for (size_t i = 0; i < parameters.size() && fit.best().step >= 0; ++i) {
    const Parameter &p = fit.parameters().list()[i];
    const int64_t first = fit.parameters().offset(i), count = static_cast<int64_t>(p.start.size());
    auto shown = [&](int set, const std::vector<double> &from, const std::function<double(double)> &display) {
      std::vector<double> row;
      for (int64_t e = first; e < first + count; ++e)
        row.push_back(display(from[e]));
      return file.append(set, row.data(), count);
    };
    if (Status s = shown(parameters[i].value, fit.best().values, p.display); !s)
      return s;
    if (parameters[i].matrix >= 0) {
      std::vector<double> values;
      for (int64_t e = first; e < first + count; ++e)
        values.push_back(p.display(fit.best().values[e]));
      const std::vector<double> matrix = p.places.matrix(values, 0);
      if (Status s = file.append(parameters[i].matrix, matrix.data(), p.places.rows); !s)
        return s;
    }
    if (!uncertainty)
      continue;
    // A difference has no offset.
    if (Status s = shown(parameters[i].error, uncertainty->standardErrors, [&](double x) { return x * p.display.factor; }); !s)
      return s;
    for (const auto &[set, ends] :
         {std::pair{parameters[i].low, &uncertainty->low}, std::pair{parameters[i].high, &uncertainty->high}})
      if (Status s = shown(set, *ends, p.display); !s)
        return s;
  }
  return {};
}

} // namespace bdc::runtime::optimise
