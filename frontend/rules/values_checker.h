// The state of checking the numbers of one program; see values.h.
#pragma once

#include "frontend/diagnostics/diagnostic.h"
#include "frontend/rules/numbers.h"

#include <set>

namespace bdc::rules {

using diag::Kind;

class ValueChecker {
public:
  ValueChecker(const Program &program, const std::vector<SetValue> &set, diag::Engine &engine)
      : program(program),
        numbers(program, set),
        engine(engine),
        dt(numbers.step()) {}
  void run();

private:
  // reports: values.cpp
  diag::Diagnostic &report(Kind kind, const Expr *blamed, Range range, std::string message);
  diag::Diagnostic &reportScalar(Kind kind, int scalar, std::string message);
  bool isFirst(Kind kind, Range range);
  std::string shown(double coherent, const Expr *like) const;
  std::string scalarText(int scalar) const;
  std::string stepText() const { return scalarText(program.experiment.step); }
  std::string nearTimes(double time, const Expr *like) const;

  // the run: values.cpp
  bool sharesEmptySize(int scalar) const;
  void scalars();
  void times();
  bool wholeSteps(double time, const Expr *expr, int scalar, const std::string &what);
  void roundedTime(double time, const Expr *expr, int scalar, Range range, const std::string &what, bool up = false);
  void drives(const Drive &drive);
  void window(const Drive &drive, std::optional<double> from, std::optional<double> to);
  void recorded(const Quantity &what, const Expr *every, Range range);
  void request(const Request &request);

  // populations and projections: values_network.cpp
  void size(const Population &population);
  std::optional<double> sizeOf(int scalar) const;
  std::optional<int64_t> elements(const Slice &slice, int scalar, const std::string &name, Range range);
  std::optional<int64_t> elements(const Slice &slice, int population, Range range) {
    return elements(slice, program.populations[population].size, program.populations[population].name, range);
  }
  std::optional<int64_t> elements(const Quantity &quantity, Range range) {
    return elements(quantity.slice, program.sizeOf(quantity), program.nameOf(quantity), range);
  }
  bool wholeIndices(const Slice &slice);
  void draws(const Expr *expr, const std::string &what);
  void draw(const Expr &node);
  void project(const Projection &projection);
  void connect(const Projection &projection, int64_t sources, int64_t targets);
  void degree(const Projection &projection, int64_t most);
  void delay(const Projection &projection);
  bool forAllEdges(const Expr *expr, bool (*predicate)(double)) const;
  void weights(const Expr *expr, const std::string &what);
  void window(const Coupling &coupling);
  void couple(const Coupling &coupling);
  void observe(const Observer &observer);
  void uses(const ModelUse &use, const std::string &name);
  void hold(const Population &population, const Action &action);
  void finite(const Population &population, const Variable &variable);
  void pasts(const Model &model, const ModelUse &use);
  static int scalarOf(const Expr &value, const ModelUse &use);
  // values_shared.cpp
  void shared(const Quantity &what, Range range);
  bool isSame(const Expr *left, const Expr *right) const;
  bool isSame(const ModelUse &left, const ModelUse &right) const;
  // values_quotients.cpp
  void quotients(const ModelUse &use);
  void quotient(const Expr &division, const ModelUse &use);

  const Program &program;
  Numbers numbers;
  diag::Engine &engine;
  double dt;                   ///< 0 where no time can be judged by it
  diag::Diagnostic repeated{}; ///< takes what is said a second time
  std::vector<std::pair<Kind, Range>> seen;
  std::set<int> told; ///< projections whose state is shared, which is said once
};

/// To the rounding error of arithmetic on decimal inputs, as the run sees it.
bool isWhole(double value);

} // namespace bdc::rules
