#include "frontend/rules/lanes.h"

#include "frontend/rules/settable.h"
#include "frontend/rules/values.h"
#include "frontend/rules/values_checker.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fmt/format.h>
#include <map>

namespace bdc::rules {

using diag::Kind;
using Form = SweptParameter::Form;

namespace {

/// The nearest decimal number of 15 digits: one that survives being written down and read.
double decimal(double value) { return std::strtod(fmt::format("{:.15g}", value).c_str(), nullptr); }

/// Turns the sweeps of an experiment into numbers.
class LaneMaker {
public:
  LaneMaker(const Program &program, const std::vector<SetValue> &set, uint64_t seed, diag::Engine &engine)
      : program(program), numbers(program, set), set(set), seed(seed), engine(engine) {}

  std::optional<Lanes> run(const Sampler &sampler, int64_t seeds) {
    result.lanes.push_back({{}, seed});
    const size_t errorsBefore = engine.errorCount();
    for (size_t i = 0; i < program.experiment.sweeps.size(); ++i) {
      const Sweep &sweep = program.experiment.sweeps[i];
      for (const SweptParameter &each : sweep.parameters)
        declare(each);
      if (sweep.sampling == Sweep::Sampling::Grid)
        for (const SweptParameter &each : sweep.parameters)
          combine(values(each), 1, sweep.range);
      else if (std::optional<int64_t> points = count(sweep.count, sweep.range))
        combine(box(sweep, sampler(sweep.sampling, *points, int(sweep.parameters.size()), int(i), seed)), sweep.parameters.size(), sweep.range);
    }
    if (seeds > 0)
      multiply(seeds);
    return engine.errorCount() == errorsBefore ? std::optional(std::move(result)) : std::nullopt;
  }

private:
  void declare(const SweptParameter &swept) {
    result.add(program, swept.scalar < 0 ? "seed" : program.scalars[swept.scalar].path, swept.range, engine);
    LaneParameter &parameter = result.parameters.back();
    parameter.logarithmic = swept.form == Form::Logarithmic;
    for (const SetValue &given : set)
      if (given.scalar == swept.scalar)
        engine.report(Kind::NotSettable, given.range, fmt::format("`{}` cannot be set: the experiment sweeps it", parameter.name))
            .also(swept.range, "swept here")
            .withHelp("`--lane` runs one of the lanes alone");
  }

  /// Every lane with so many seeds.
  void multiply(int64_t seeds) {
    if (const SweptParameter *swept = program.experiment.findSwept(-1)) {
      engine.report(Kind::NotSettable, swept->range, "the experiment sweeps the seed already");
      return;
    }
    result.add(program, "seed", {}, engine);
    std::vector<double> values;
    for (int64_t i = 0; i < seeds; ++i)
      values.push_back(double(i));
    combine(values, 1, {});
  }

  /// A number in the parameter's unit; nothing where it is in error.
  std::optional<double> valueOf(const Expr *expr, const SweptParameter &swept) {
    for (const Sweep &sweep : program.experiment.sweeps)
      for (const SweptParameter &other : sweep.parameters)
        if (other.scalar >= 0 && numbers.reads(expr, other.scalar)) {
          engine.report(Kind::NotConstant, expr->range, fmt::format("this depends on `{}`, which is swept", program.scalars[other.scalar].path))
              .also(other.range, "swept here");
          return std::nullopt;
        }
    const std::optional<double> coherent = numbers.of(expr);
    if (!coherent || !std::isfinite(*coherent)) {
      engine.report(Kind::InvalidValue, expr->range, "a value of a sweep must be a finite number");
      return std::nullopt;
    }
    const std::optional<units::Unit> &unit = unitOf(swept);
    return decimal(unit ? unit->fromCoherent(*coherent) : *coherent);
  }

  const std::optional<units::Unit> &unitOf(const SweptParameter &swept) const {
    return std::find_if(result.parameters.begin(), result.parameters.end(), [&](const LaneParameter &p) { return p.scalar == swept.scalar; })->unit;
  }

  std::optional<int64_t> count(const Expr *expr, Range range) {
    const std::optional<double> value = numbers.of(expr);
    if (value && isWhole(*value) && *value >= 1 && *value <= double(mostLanes))
      return std::llround(*value);
    if (value && *value > double(mostLanes))
      tooMany(range);
    else
      engine.report(Kind::InvalidValue, expr->range, fmt::format("a sweep has a whole number of values, at least one, and this is {:.10g}", value.value_or(0)));
    return std::nullopt;
  }

  void tooMany(Range range) {
    engine.report(Kind::InvalidValue, range, fmt::format("a sweep has at most {} lanes", mostLanes));
  }

  /// Of a parameter that is swept over values one by one; empty where they are in error.
  std::vector<double> values(const SweptParameter &swept) {
    std::vector<double> out;
    if (swept.form == Form::Seeds) {
      const std::optional<int64_t> many = count(swept.values[0], swept.range);
      for (int64_t i = 0; i < many.value_or(0); ++i)
        out.push_back(double(i));
      return out;
    }
    if (swept.form == Form::List)
      for (const Expr *expr : swept.values)
        if (const std::optional<double> value = valueOf(expr, swept))
          out.push_back(*value);
    if (swept.form == Form::Linear || swept.form == Form::Logarithmic)
      out = row(swept);
    for (double value : out)
      if (swept.scalar < 0 && !isSeed(value, swept))
        return {};
    return out;
  }

  std::vector<double> row(const SweptParameter &swept) {
    const std::optional<double> first = valueOf(swept.values[0], swept), last = valueOf(swept.values[1], swept);
    const std::optional<int64_t> many = count(swept.values[2], swept.range);
    const bool logarithmic = swept.form == Form::Logarithmic;
    if (!first || !last || !many)
      return {};
    if (logarithmic && !(*first * *last > 0)) {
      engine.report(Kind::InvalidValue, swept.range, "logarithmic values lie between two numbers of one sign, neither of them 0")
          .withHelp("`linspace`; or another end");
      return {};
    }
    std::vector<double> out;
    for (int64_t i = 0; i < *many; ++i) {
      const double part = i == 0 ? 0 : double(i) / double(*many - 1);
      const double between = logarithmic ? *first * std::pow(*last / *first, part) : *first + (*last - *first) * part;
      out.push_back(i > 0 && i == *many - 1 ? *last : decimal(between));
    }
    return out;
  }

  /// The points of a cube, moved into the box of the ranges.
  std::vector<double> box(const Sweep &sweep, std::vector<double> points) {
    const size_t dimensions = sweep.parameters.size();
    for (size_t d = 0; d < dimensions; ++d) {
      const SweptParameter &swept = sweep.parameters[d];
      const std::optional<double> low = valueOf(swept.values[0], swept), high = valueOf(swept.values[1], swept);
      if (!low || !high)
        return {};
      if (*high < *low) {
        engine.report(Kind::InvalidValue, swept.range, fmt::format("the range ends at {:.10g} and begins at {:.10g}", *high, *low));
        return {};
      }
      const bool whole = program.scalars[swept.scalar].whole; // each of the numbers with the same probability
      for (size_t at = d; at < points.size(); at += dimensions) {
        const double part = points[at];
        points[at] = whole ? std::min(*high, std::floor(*low + (*high - *low + 1) * part)) : decimal(*low + (*high - *low) * part);
      }
    }
    return points;
  }

  bool isSeed(double value, const SweptParameter &swept) {
    constexpr double most = 9007199254740992.0; // 2^53: exact
    const bool fine = value >= 0 && value <= most && value == std::round(value);
    if (!fine)
      engine.report(Kind::InvalidValue, swept.range, fmt::format("a seed is a whole number from 0 to 2^53, and this is {:.10g}", value));
    return fine;
  }

  /// Every lane so far with every row of values of the next parameters.
  void combine(const std::vector<double> &rows, size_t columns, Range range) {
    const size_t many = rows.size() / columns;
    if (result.lanes.size() * many > size_t(mostLanes)) {
      tooMany(range);
      return;
    }
    std::vector<Lane> lanes;
    lanes.reserve(result.lanes.size() * many);
    for (const Lane &lane : result.lanes)
      for (size_t row = 0; row < many; ++row) {
        Lane next = lane;
        for (size_t i = 0; i < columns; ++i)
          extend(next, rows[row * columns + i]);
        lanes.push_back(std::move(next));
      }
    result.lanes = std::move(lanes);
  }

  void extend(Lane &lane, double value) {
    if (const int scalar = result.parameters[lane.values.size()].scalar; scalar < 0) {
      const SweptParameter *swept = program.experiment.findSwept(scalar);
      lane.seed = !swept || swept->form == Form::Seeds ? seed + uint64_t(value) : uint64_t(value);
      value = double(lane.seed);
    }
    lane.values.push_back(value);
  }

  const Program &program;
  Numbers numbers;
  const std::vector<SetValue> &set;
  uint64_t seed;
  diag::Engine &engine;
  Lanes result;
};

} // namespace

void Lanes::add(const Program &program, std::string_view name, diag::Range range, diag::Engine &engine) {
  LaneParameter parameter;
  parameter.name = name;
  parameter.range = range;
  if (name != "seed") {
    parameter.scalar = settable(program, name, toSweep, range, engine);
    if (parameter.scalar < 0)
      return;
    const Scalar &scalar = program.scalars[parameter.scalar];
    parameter.name = scalar.path;
    if (!scalar.unit.empty() && scalar.unit != "1")
      if (units::Parsed unit = units::parse(scalar.unit))
        parameter.unit = *unit;
  }
  parameters.push_back(std::move(parameter));
}

std::string LaneParameter::unitText() const { return unit ? unit->text : ""; }

std::vector<SetValue> Lanes::sets(size_t lane) const {
  std::vector<SetValue> out;
  for (size_t i = 0; i < parameters.size(); ++i)
    if (const LaneParameter &p = parameters[i]; p.scalar >= 0)
      out.push_back({p.scalar, p.unit ? p.unit->toCoherent(lanes[lane].values[i]) : lanes[lane].values[i], p.range});
  return out;
}

std::string Lanes::label(size_t lane) const {
  std::string out;
  for (size_t i = 0; i < parameters.size(); ++i) {
    const LaneParameter &p = parameters[i];
    out += p.scalar < 0 ? fmt::format("{}seed {}", i ? ", " : "", lanes[lane].seed)
                        : fmt::format("{}{} = {:.6g}{}{}", i ? ", " : "", p.name, lanes[lane].values[i], p.unit ? " " : "", p.unitText());
  }
  return out;
}

std::vector<double> cornersOfCube(Sweep::Sampling, int64_t, int dimensions, int, uint64_t) {
  std::vector<double> points;
  for (int corner = 0; corner < 1 << std::min(dimensions, 8); ++corner)
    for (int d = 0; d < dimensions; ++d)
      points.push_back(corner >> std::min(d, 8) & 1);
  return points;
}

std::optional<Lanes> lanesOf(const Program &program, const std::vector<SetValue> &set, uint64_t seed, int64_t seeds, const Sampler &sampler,
                             diag::Engine &engine) {
  return LaneMaker(program, set, seed, engine).run(sampler, seeds);
}

/// What is wrong with the numbers of one lane.
static std::vector<diag::Diagnostic> diagnosticsOf(const Program &program, const std::vector<SetValue> &values) {
  diag::Engine engine;
  for (const SetValue &value : values)
    if (std::string objection = objectionTo(program.scalars[value.scalar], value.value); !objection.empty())
      engine.report(Kind::InvalidValue, value.range, std::move(objection));
  if (!engine.hasErrors())
    checkValues(program, values, engine);
  return engine.sorted();
}

void checkLanes(const Program &program, const std::vector<SetValue> &set, const Lanes &lanes, diag::Engine &engine) {
  struct Found {
    diag::Diagnostic diagnostic;
    size_t lane, lanes = 1;
  };
  std::vector<Found> found;
  std::map<std::vector<double>, std::vector<diag::Diagnostic>> known; // seeds change nothing that is checked
  for (size_t lane = 0; lane < lanes.lanes.size(); ++lane) {
    std::vector<SetValue> values = set;
    std::vector<double> key;
    for (const SetValue &value : lanes.sets(lane)) {
      values.push_back(value);
      key.push_back(value.value);
    }
    const auto [place, isNew] = known.try_emplace(std::move(key));
    if (isNew)
      place->second = diagnosticsOf(program, values);
    for (const diag::Diagnostic &diagnostic : place->second) {
      auto same = std::find_if(found.begin(), found.end(), [&](const Found &f) {
        return f.diagnostic.kind == diagnostic.kind && f.diagnostic.range == diagnostic.range;
      });
      if (same == found.end())
        found.push_back({diagnostic, lane});
      else
        ++same->lanes;
    }
  }
  const size_t count = lanes.lanes.size();
  for (const Found &each : found) {
    diag::Diagnostic &diagnostic = engine.report(each.diagnostic.kind, each.diagnostic.range, each.diagnostic.message);
    diagnostic = each.diagnostic;
    if (each.lanes == count && diagnostic.severity == diag::Severity::Warning)
      continue; // no matter of the lane
    std::string note = "where " + lanes.label(each.lane);
    diagnostic.withNote(each.lanes > 1 ? fmt::format("{}; and in {} more of {} lanes", note, each.lanes - 1, count) : note);
  }
}

} // namespace bdc::rules
