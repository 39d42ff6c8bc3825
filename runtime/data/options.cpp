#include "kernels/math.h"
#include "runtime/data/raw.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

namespace bdc::runtime {
namespace {

template <class T> struct Word {
  std::string_view word;
  T value;
};

constexpr Word<Diagonal> diagonals[] = {{"drop", Diagonal::drop}, {"keep", Diagonal::keep}};
constexpr Word<Normalise> norms[] = {{"none", Normalise::none},
                                     {"max", Normalise::max},
                                     {"max_in_strength", Normalise::max_in_strength},
                                     {"max_out_strength", Normalise::max_out_strength},
                                     {"in_strength", Normalise::in_strength}};
constexpr Word<Scale> scales[] = {{"linear", Scale::linear}, {"log1p", Scale::log1p}, {"log10", Scale::log10}};
constexpr Word<double> units[] = {{"mm", 1e3}, {"um", 1}, {"cm", 1e4}, {"m", 1e6}};

/// Options that name files.
constexpr std::pair<std::string_view, std::filesystem::path ConnectomeOptions::*> files[] = {
    {"lengths", &ConnectomeOptions::lengths}, {"labels", &ConnectomeOptions::labels}, {"centres", &ConnectomeOptions::centres}};

template <class T> Status choose(std::span<const Word<T>> words, std::string_view option, std::string_view word, T &out) {
  std::vector<std::string> known;
  for (const Word<T> &w : words) {
    if (w.word == word) {
      out = w.value;
      return {};
    }
    known.emplace_back(w.word);
  }
  return inputError(fmt::format("a connectome's `{}` cannot be `{}`", option, word), "it can be " + data::listOf(known));
}

/// Both logarithms are refused where they would turn a connection into none or change its sign.
Status scaleWeights(ConnectomeData &c, Scale scale, const std::string &where) {
  const double least = scale == Scale::log10 ? 1 : 0;
  for (size_t i = 0; i < c.weights.size(); ++i) {
    double &w = c.weights[i];
    if (w == 0)
      continue;
    if (w <= least)
      return inputError(fmt::format("{}: the weight [{}][{}] is {}: `scale = {}` needs weights above {}", where,
                                    i / static_cast<size_t>(c.size), i % static_cast<size_t>(c.size), w,
                                    scale == Scale::log10 ? "log10" : "log1p", least),
                        scale == Scale::log10 ? "the connection would vanish or change its sign; take `scale = log1p`"
                                              : "rows and columns are counted from 0");
    w = scale == Scale::log10 ? kernels::log10(w) : kernels::log1p(w);
  }
  return {};
}

/// Sums of absolute weights, by row (into a region) or by column (out of it).
std::vector<double> strengths(const ConnectomeData &c, bool out) {
  std::vector<double> sums(static_cast<size_t>(c.size), 0);
  for (int64_t i = 0; i < c.size; ++i)
    for (int64_t j = 0; j < c.size; ++j)
      sums[out ? j : i] += std::fabs(c.weights[i * c.size + j]);
  return sums;
}

double divisor(const ConnectomeData &c, Normalise norm) {
  double most = 0;
  if (norm == Normalise::max) {
    for (const double w : c.weights)
      most = std::max(most, std::fabs(w));
    return most;
  }
  for (const double sum : strengths(c, norm == Normalise::max_out_strength))
    most = std::max(most, sum);
  return most;
}

Status normalise(ConnectomeData &c, Normalise norm, const std::string &where) {
  if (norm == Normalise::none)
    return {};
  const double by = divisor(c, norm);
  if (by == 0)
    return inputError(fmt::format("{}: all weights are 0, so they cannot be normalised", where));
  if (!std::isfinite(by))
    return inputError(fmt::format("{}: the sum of weights is too large to normalise by", where));
  if (norm != Normalise::in_strength) {
    for (double &w : c.weights)
      w /= by;
    return {};
  }
  const std::vector<double> sums = strengths(c, false);
  for (int64_t i = 0; i < c.size; ++i)
    for (int64_t j = 0; j < c.size; ++j)
      if (sums[i] > 0)
        c.weights[i * c.size + j] /= sums[i];
  return {};
}

} // namespace

Status setOption(ConnectomeOptions &options, std::string_view words) {
  const size_t equals = words.find('=');
  const std::string_view option = words.substr(0, equals), word = equals == words.npos ? "" : words.substr(equals + 1);
  if (option == "diagonal")
    return choose<Diagonal>(diagonals, option, word, options.diagonal);
  if (option == "normalise")
    return choose<Normalise>(norms, option, word, options.normalise);
  if (option == "scale")
    return choose<Scale>(scales, option, word, options.scale);
  if (option == "lengths_unit")
    return choose<double>(units, option, word, options.lengthUnit);
  for (const auto &[name, file] : files)
    if (option == name) {
      options.*file = word;
      return {};
    }
  return inputError(fmt::format("a connectome has no option `{}`", option),
                    "it has diagonal, normalise, scale, lengths_unit, lengths, labels, centres");
}

std::string_view fileOf(std::string_view words) {
  const size_t equals = words.find('=');
  const std::string_view option = words.substr(0, equals);
  const bool isFile = std::any_of(std::begin(files), std::end(files), [&](const auto &each) { return each.first == option; });
  return equals != words.npos && (isFile || data::isFileOfMatrix(option)) ? words.substr(equals + 1) : std::string_view();
}

Status data::applyOptions(ConnectomeData &connectome, const ConnectomeOptions &options, const std::string &where) {
  if (options.diagonal == Diagonal::drop)
    for (int64_t i = 0; i < connectome.size; ++i)
      connectome.weights[i * connectome.size + i] = 0;
  if (options.scale != Scale::linear)
    if (Status s = scaleWeights(connectome, options.scale, where); !s)
      return s;
  return normalise(connectome, options.normalise, where);
}

Connections connectionsOf(const ConnectomeData &c) {
  Connections out;
  out.size = out.rows = c.size;
  out.offset.reserve(static_cast<size_t>(c.size) + 1);
  out.offset.push_back(0);
  const auto count = c.weights.size() - static_cast<size_t>(std::count(c.weights.begin(), c.weights.end(), 0.0));
  out.target.reserve(count);
  out.weights.reserve(count);
  if (!c.lengths.empty())
    out.lengths.reserve(count);
  for (int64_t source = 0; source < c.size; ++source) {
    for (int64_t target = 0; target < c.size; ++target) {
      const auto at = static_cast<size_t>(target * c.size + source);
      if (c.weights[at] == 0)
        continue;
      out.target.push_back(static_cast<uint32_t>(target));
      out.weights.push_back(c.weights[at]);
      if (!c.lengths.empty())
        out.lengths.push_back(c.lengths[at]);
    }
    out.offset.push_back(out.count());
  }
  return out;
}

} // namespace bdc::runtime
