/// Holds the derivatives of a functional against each other and against differences.
#pragma once

#include "runtime/objective/functions.h"

#include <random>
#include <string>
#include <vector>

namespace bdc::runtime::objective {

/// An operand with its numbers: samples, a table, or indicators of spikes [step][element].
struct Input {
  Operand operand;
  std::vector<double> values;
};

Input series(int64_t rows, int64_t columns, std::vector<double> values, double interval_ms = 2);
Input spikes(int64_t steps, int64_t elements, std::vector<double> indicators, double dt_ms = 0.5);
Input table(int64_t rows, int64_t columns, std::vector<double> values);
Input constant(Input input);

/// Normal numbers of the given mean and standard deviation.
std::vector<double> normal(int64_t count, double mean = 0, double deviation = 1, uint64_t seed = 1);

struct Case {
  std::string function;
  std::vector<Input> inputs;
  Options options = {};
};

/// Batches have these sizes, over and over.
struct Cuts {
  std::vector<int64_t> forwards = {7}, backwards = {5};
};

template <class T> struct Outcome {
  Matrix<T> table;
  std::vector<std::vector<T>> adjoints; ///< per input; empty for constants
};

/// Hears, evaluates, and pulls the weights back. `values`: per input.
template <class T>
Outcome<T> runCase(const Case &c, const std::vector<std::vector<T>> &values, const std::vector<T> &weights,
                   const Cuts &cuts = {});
Outcome<double> runCase(const Case &c, const std::vector<double> &weights = {}, const Cuts &cuts = {});

/// The table of the case.
Matrix<double> evaluate(const Case &c);
double scalar(const Case &c);
/// The message where there is no value, or no such functional.
std::string errorOf(const Case &c);

/// <weights, tangent of the table> = <pulled back weights, direction> to 1e-12; both as central differences to 1e-6; the same of
/// Hessian times direction; other cuts give the same bits. `step`: of differences, as a part of each input's standard deviation.
void expectDerivatives(const Case &c, double step = 1e-5);

} // namespace bdc::runtime::objective
