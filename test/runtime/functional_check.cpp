#include "functional_check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <numeric>

namespace bdc::runtime::objective {
namespace {

using Values = std::vector<std::vector<double>>;

Values valuesOf(const Case &c) {
  Values out;
  for (const Input &input : c.inputs)
    out.push_back(input.values);
  return out;
}

Setup setupOf(const Case &c) {
  Setup setup;
  for (const Input &input : c.inputs)
    setup.operands.push_back(input.operand);
  setup.options = c.options;
  return setup;
}

template <class T> struct Made {
  std::unique_ptr<Functional<T>> functional;
  Operand result;
};

template <class T> Result<Made<T>> make(const Case &c) {
  const Setup setup = setupOf(c);
  const Result<const Function *> function = findFunction(c.function, setup.operands);
  if (!function)
    return function.error();
  Result<Operand> result = resultOf(**function, setup, c.function);
  if (!result)
    return result.error();
  return Made<T>{(*function)->template make<T>(setup), *result};
}

/// Calls use(first, count) for pieces of the given sizes.
template <class Use> void cut(int64_t rows, const std::vector<int64_t> &sizes, Use &&use) {
  int64_t first = 0;
  for (size_t b = 0; first < rows; ++b) {
    const int64_t count = std::min(sizes[b % sizes.size()], rows - first);
    use(first, count);
    first += count;
  }
}

template <class T> struct Run {
  const Case &c;
  const std::vector<std::vector<T>> &values;
  Made<T> made;
  std::vector<Matrix<T>> tables;
  std::vector<const Matrix<T> *> known, all;

  Run(const Case &c, const std::vector<std::vector<T>> &values, Made<T> given)
      : c(c),
        values(values),
        made(std::move(given)),
        tables(values.size()),
        known(values.size()),
        all(values.size()) {
    for (size_t i = 0; i < values.size(); ++i) {
      const Operand &o = c.inputs[i].operand;
      if (o.kind != Operand::Kind::table)
        continue;
      tables[i] = Matrix<T>(o.rows, o.columns);
      tables[i].values = values[i];
      all[i] = &tables[i];
      known[i] = o.isConstant ? all[i] : nullptr;
    }
  }

  Result<Matrix<T>> forwards(const std::vector<int64_t> &cuts) {
    made.functional->begin(known);
    each(cuts, [&](size_t i, const auto &batch, int64_t) { made.functional->hear(static_cast<int>(i), batch); });
    return made.functional->evaluate(all);
  }

  /// use(input, batch, position of its first number), forwards.
  template <class Use> void each(const std::vector<int64_t> &cuts, Use &&use) {
    for (size_t i = 0; i < values.size(); ++i) {
      const Operand &o = c.inputs[i].operand;
      cut(o.rows, cuts, [&](int64_t first, int64_t count) {
        const T *at = values[i].data() + first * o.columns;
        if (o.kind == Operand::Kind::series)
          use(i, Samples<T>{first, count, o.columns, at}, first * o.columns);
        else if (o.kind == Operand::Kind::spikes)
          use(i, Spikes<T>{first, count, o.columns, {}, {}, at}, first * o.columns);
      });
    }
  }

  std::vector<std::vector<T>> backwards(const std::vector<T> &weights, const std::vector<int64_t> &cuts) {
    std::vector<std::vector<T>> out(values.size());
    std::vector<Matrix<T>> adjoints(values.size());
    std::vector<Matrix<T> *> asked(values.size(), nullptr);
    for (size_t i = 0; i < values.size(); ++i) {
      const Operand &o = c.inputs[i].operand;
      if (o.isConstant)
        continue;
      adjoints[i] = Matrix<T>(o.rows, o.columns);
      if (o.kind == Operand::Kind::table)
        asked[i] = &adjoints[i];
    }
    Matrix<T> adjoint(made.result.rows, made.result.columns);
    adjoint.values = weights;
    made.functional->pullback(adjoint, all, asked);
    std::vector<std::function<void()>> calls;
    each(cuts, [&](size_t i, const auto &batch, int64_t at) {
      if (!c.inputs[i].operand.isConstant)
        calls.push_back(
            [&, i, batch, at] { made.functional->adjoint(static_cast<int>(i), batch, adjoints[i].values.data() + at); });
    });
    for (size_t k = calls.size(); k-- > 0;)
      calls[k]();
    for (size_t i = 0; i < values.size(); ++i)
      out[i] = std::move(adjoints[i].values);
    return out;
  }
};

double deviationOf(const std::vector<double> &values) {
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  double squares = 0;
  for (double x : values)
    squares += (x - mean) * (x - mean);
  return squares > 0 ? std::sqrt(squares / static_cast<double>(values.size())) : 1;
}

Values moved(const Values &from, const Values &direction, double by) {
  Values out = from;
  for (size_t i = 0; i < out.size(); ++i)
    for (size_t k = 0; k < out[i].size(); ++k)
      out[i][k] += by * direction[i][k];
  return out;
}

std::vector<std::vector<Dual>> along(const Values &values, const Values &direction) {
  std::vector<std::vector<Dual>> out(values.size());
  for (size_t i = 0; i < values.size(); ++i)
    for (size_t k = 0; k < values[i].size(); ++k)
      out[i].emplace_back(values[i][k], direction[i][k]);
  return out;
}

/// A sum of products, and of their sizes.
struct Product {
  double sum = 0, size = 0;
  void add(double a, double b) {
    sum += a * b;
    size += std::abs(a * b);
  }
};

Product product(const Values &a, const Values &b) {
  Product out;
  for (size_t i = 0; i < a.size(); ++i)
    for (size_t k = 0; k < a[i].size(); ++k)
      out.add(a[i][k], b[i][k]);
  return out;
}

template <class Pick> Values picked(const std::vector<std::vector<Dual>> &from, Pick &&pick) {
  Values out(from.size());
  for (size_t i = 0; i < from.size(); ++i)
    for (const Dual &x : from[i])
      out[i].push_back(pick(x));
  return out;
}

template <class T> void expectSameBits(const std::vector<T> &a, const std::vector<T> &b, const std::string &what) {
  ASSERT_EQ(a.size(), b.size()) << what;
  if (!a.empty())
    EXPECT_EQ(0, std::memcmp(a.data(), b.data(), a.size() * sizeof(T))) << what;
}

void expectCutsShowNowhere(const Case &c, const std::vector<double> &weights) {
  const Outcome<double> whole = runCase(c, weights, {{1 << 20}, {1 << 20}});
  for (const Cuts &cuts : {Cuts{{1}, {1}}, {{31, 2, 64}, {3, 17}}, {{4}, {50, 1}}}) {
    const Outcome<double> other = runCase(c, weights, cuts);
    expectSameBits(whole.table.values, other.table.values, c.function + ": the table depends on the cut");
    for (size_t i = 0; i < whole.adjoints.size(); ++i)
      expectSameBits(whole.adjoints[i], other.adjoints[i], c.function + ": adjoints depend on the cut");
  }
}

/// What was heard before `begin` is forgotten.
void expectNothingIsLeft(const Case &c, const std::vector<double> &weights) {
  Values values = valuesOf(c);
  const Outcome<double> fresh = runCase(c, weights);
  Result<Made<double>> made = make<double>(c);
  Values others = values;
  for (size_t i = 0; i < others.size(); ++i)
    if (!c.inputs[i].operand.isConstant)
      std::reverse(others[i].begin(), others[i].end());
  Run<double> before(c, others, std::move(*made));
  (void)before.forwards({9});
  (void)before.backwards(weights, {4});
  Run<double> run(c, values, std::move(before.made));
  const Result<Matrix<double>> table = run.forwards({7});
  ASSERT_TRUE(table);
  expectSameBits(table->values, fresh.table.values, c.function + ": something is left of the run before");
  const Values adjoints = run.backwards(weights, {5});
  for (size_t i = 0; i < adjoints.size(); ++i)
    expectSameBits(adjoints[i], fresh.adjoints[i], c.function + ": something is left of the run before");
}

} // namespace

Input series(int64_t rows, int64_t columns, std::vector<double> values, double interval_ms) {
  return {{.kind = Operand::Kind::series, .text = "x", .rows = rows, .columns = columns, .interval_ms = interval_ms},
          std::move(values)};
}

Input spikes(int64_t steps, int64_t elements, std::vector<double> indicators, double dt_ms) {
  return {{.kind = Operand::Kind::spikes, .text = "E.spikes", .rows = steps, .columns = elements, .interval_ms = dt_ms},
          std::move(indicators)};
}

Input table(int64_t rows, int64_t columns, std::vector<double> values) {
  return {{.kind = Operand::Kind::table, .text = "target", .rows = rows, .columns = columns}, std::move(values)};
}

Input constant(Input input) {
  input.operand.isConstant = true;
  return input;
}

std::vector<double> normal(int64_t count, double mean, double deviation, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> distribution(mean, deviation);
  std::vector<double> out(static_cast<size_t>(count));
  for (double &x : out)
    x = distribution(random);
  return out;
}

template <class T>
Outcome<T> runCase(const Case &c, const std::vector<std::vector<T>> &values, const std::vector<T> &weights, const Cuts &cuts) {
  Result<Made<T>> made = make<T>(c);
  if (!made) {
    ADD_FAILURE() << made.error().message;
    return {};
  }
  Run<T> run(c, values, std::move(*made));
  Result<Matrix<T>> table = run.forwards(cuts.forwards);
  if (!table) {
    ADD_FAILURE() << table.error().message;
    return {};
  }
  EXPECT_EQ(table->rows, run.made.result.rows);
  EXPECT_EQ(table->columns, run.made.result.columns);
  Outcome<T> out{std::move(*table), {}};
  if (!weights.empty())
    out.adjoints = run.backwards(weights, cuts.backwards);
  return out;
}
template Outcome<Dual> runCase(const Case &, const std::vector<std::vector<Dual>> &, const std::vector<Dual> &, const Cuts &);

Outcome<double> runCase(const Case &c, const std::vector<double> &weights, const Cuts &cuts) {
  return runCase<double>(c, valuesOf(c), weights, cuts);
}

Matrix<double> evaluate(const Case &c) { return runCase(c).table; }

double scalar(const Case &c) {
  const Matrix<double> out = evaluate(c);
  EXPECT_EQ(out.values.size(), 1u);
  return out.values.empty() ? std::nan("") : out.values[0];
}

std::string errorOf(const Case &c) {
  Result<Made<double>> made = make<double>(c);
  if (!made)
    return made.error().message;
  const Values values = valuesOf(c);
  Run<double> run(c, values, std::move(*made));
  const Result<Matrix<double>> table = run.forwards({7});
  if (table)
    return "there is a value";
  EXPECT_NE(table.error().kind, ErrorKind::internal);
  return table.error().message;
}

void expectDerivatives(const Case &c, double step) {
  const Values values = valuesOf(c);
  const Matrix<double> table = evaluate(c);
  const std::vector<double> weights = normal(table.size(), 0.3, 1, 11);
  expectCutsShowNowhere(c, weights);
  expectNothingIsLeft(c, weights);
  Values direction;
  for (size_t i = 0; i < values.size(); ++i) {
    const auto count = static_cast<int64_t>(values[i].size());
    direction.push_back(c.inputs[i].operand.isConstant ? std::vector<double>(values[i].size(), 0.0)
                                                       : normal(count, 0, deviationOf(values[i]), 21 + i));
  }

  const Outcome<double> reverse = runCase(c, weights);
  const std::vector<Dual> dualWeights(weights.begin(), weights.end());
  const Outcome<Dual> both = runCase<Dual>(c, along(values, direction), dualWeights);
  const Product pulled = product(reverse.adjoints, direction);
  Product pushed;
  for (size_t k = 0; k < weights.size(); ++k)
    pushed.add(weights[k], both.table.values[k].tangent);
  EXPECT_NEAR(pulled.sum, pushed.sum, 1e-12 * (pulled.size + pushed.size)) << c.function << ": the dot-product identity";
  EXPECT_GT(pulled.size, 0) << c.function << ": nothing comes back";

  const Outcome<double> ahead = runCase<double>(c, moved(values, direction, step), weights);
  const Outcome<double> behind = runCase<double>(c, moved(values, direction, -step), weights);
  Product difference;
  for (size_t k = 0; k < weights.size(); ++k)
    difference.add(weights[k], (ahead.table.values[k] - behind.table.values[k]) / (2 * step));
  EXPECT_NEAR(difference.sum, pulled.sum, 1e-6 * std::max(std::abs(pulled.sum), 1e-3 * pulled.size))
      << c.function << ": central differences";

  // The reverse pass with duals: its values are those of the reverse pass, its tangents Hessian times direction.
  const Values asDual = picked(both.adjoints, [](Dual x) { return x.value; });
  const Values curved = picked(both.adjoints, [](Dual x) { return x.tangent; });
  double largest = 0, largestValue = 0;
  for (size_t i = 0; i < curved.size(); ++i)
    for (size_t k = 0; k < curved[i].size(); ++k) {
      largest = std::max(largest, std::abs(curved[i][k]));
      largestValue = std::max(largestValue, std::abs(reverse.adjoints[i][k]));
    }
  for (size_t i = 0; i < curved.size(); ++i)
    for (size_t k = 0; k < curved[i].size(); ++k) {
      EXPECT_NEAR(asDual[i][k], reverse.adjoints[i][k], 1e-13 * largestValue);
      const double slope = (ahead.adjoints[i][k] - behind.adjoints[i][k]) / (2 * step);
      EXPECT_NEAR(curved[i][k], slope, 1e-6 * largest + 1e-9 * largestValue)
          << c.function << ": Hessian times direction, input " << i << " number " << k;
    }
}

} // namespace bdc::runtime::objective
