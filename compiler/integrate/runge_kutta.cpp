// Explicit Runge–Kutta methods, each a table, and the list of all methods.
#include "compiler/integrate/methods.h"

using namespace mlir;

namespace bdc::compiler {

namespace {

/// x + dt·Σ weights·k with k[i] = f(t + parts[i]·dt, x + parts[i]·dt·k[i−1]): stages that use the one before alone.
struct Tableau {
  SmallVector<double, 4> parts, weights;
};

/// x + dt·factor·rate, or x where the factor is zero. dt·factor is a constant of the run.
Value moved(Stages &stages, Value state, Value rate, double factor) {
  if (factor == 0)
    return state;
  bd::ScalarBuilder &build = stages.build;
  return build.add(state, stages.scaled(rate, build.mul(build.constant(factor), stages.stepSize())));
}

SmallVector<Value> rungeKutta(Stages &stages, const Tableau &tableau) {
  SmallVector<Value> next(stages.states), rates;
  for (auto [part, weight] : llvm::zip_equal(tableau.parts, tableau.weights)) {
    SmallVector<Value> at(stages.states);
    for (auto [value, rate] : llvm::zip(at, rates))
      value = moved(stages, value, rate, part);
    rates = stages.derivatives(at, part);
    for (auto [value, rate] : llvm::zip_equal(next, rates))
      value = moved(stages, value, rate, weight);
  }
  return next;
}

FailureOr<SmallVector<Value>> euler(Stages &stages) { return rungeKutta(stages, {{0}, {1}}); }
FailureOr<SmallVector<Value>> midpoint(Stages &stages) { return rungeKutta(stages, {{0, 0.5}, {0, 1}}); }
FailureOr<SmallVector<Value>> heun(Stages &stages) { return rungeKutta(stages, {{0, 1}, {0.5, 0.5}}); }
FailureOr<SmallVector<Value>> rk4(Stages &stages) {
  return rungeKutta(stages, {{0, 0.5, 0.5, 1}, {1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6}});
}

struct Named {
  StringRef name;
  Method method;
  bool stochastic;
};
const Named methods[] = {
    {"exponential_euler", exponentialEuler, true}, {"euler", euler, false}, {"midpoint", midpoint, false}, {"heun", heun, true},
    {"rk4", rk4, false}, {"euler_maruyama", euler, true}, {"milstein", milstein, true},
};

const Named *find(StringRef name) {
  auto found = llvm::find_if(methods, [&](const Named &named) { return named.name == name; });
  return found == std::end(methods) ? nullptr : found;
}

} // namespace

Method findMethod(StringRef name) { return find(name) ? find(name)->method : nullptr; }
bool isStochastic(StringRef name) { return find(name) && find(name)->stochastic; }

SmallVector<StringRef> methodNames(bool stochastic) {
  SmallVector<StringRef> names;
  for (const Named &named : methods)
    if (named.stochastic || !stochastic)
      names.push_back(named.name);
  return names;
}

} // namespace bdc::compiler
