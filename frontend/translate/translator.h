/// What the parts of the translation share. Private to this folder.
#ifndef BDC_FRONTEND_TRANSLATE_TRANSLATOR_H
#define BDC_FRONTEND_TRANSLATE_TRANSLATOR_H

#include "dialects/bd/Bd.h"
#include "frontend/rules/program.h"
#include "mlir/IR/Builders.h"

namespace bdc::translate {

using namespace mlir;
using rules::Expr;

/// Translates one program. A region is filled by a function that hands back what it yields.
class Translator {
public:
  Translator(const rules::Program &program, const diag::Sources &sources, MLIRContext &context, bool withSensitivities)
      : program(program), sources(sources), withSensitivities(withSensitivities), builder(&context) {}

  void run(ModuleOp module);

private:
  // expressions.cpp
  Value expression(const Expr &expr);
  Value build(const Expr &expr);
  Value leaf(const Expr &expr);
  Value past(const Expr &expr, bd::QuantityType type);
  Value arithmetic(const Expr &expr);
  Value condition(const Expr &expr);
  Value constant(double coherent, const units::Dimension &dimension, StringRef unit, Location loc);
  Value pure(double value, Location loc) { return constant(value, {}, "1", loc); }
  Value readScalar(int scalar, Location loc);

  // models.cpp
  void model(const rules::Model &model);
  void variable(const rules::Variable &variable);
  void handler(const rules::Handler &handler);
  void action(const rules::Action &action);

  // network.cpp
  void network();
  void scalar(const rules::Scalar &scalar);
  void population(const rules::Population &population);
  void bindings(const rules::ModelUse &use, StringRef role);
  void projection(const rules::Projection &projection);
  void start(const rules::Start &start);

  // continuous.cpp
  void connectome(const rules::Connectome &connectome);
  void coupling(const rules::Coupling &coupling);
  void disturbance(const rules::Disturbance &disturbance);
  void observer(const rules::Observer &observer);

  void experiment();
  void drive(const rules::Drive &drive);
  void record(const rules::Quantity &what, const Expr *every, bool saved, bool observed, diag::Range range);
  void request(const rules::Request &request, int &nextRecord);

  // objective.cpp
  void objective(const rules::Objective &objective, int firstRecord);
  DictionaryAttr functional(const rules::Functional &functional, const rules::Objective &of, int firstRecord);
  void fit(const rules::Fit &fit);
  void sensitivities(const rules::Experiment &experiment, int firstRecord);
  DictionaryAttr parameter(const rules::FitParameter &parameter);
  DictionaryAttr options(const std::vector<rules::FitOption> &options);

  /// `size`: the scalar that counts the elements.
  void slice(Region &region, const rules::Slice &slice, int size);
  SmallVector<Value> sliceBounds(const rules::Slice &slice, int size, Location loc);

  // translate.cpp
  Location location(diag::Range range);
  bd::QuantityType quantity(const units::Dimension &dimension, StringRef unit);
  /// Notes the unit in which a point on an affine scale is shown: its type is that of a difference.
  void showPoint(Operation *op, StringRef unit);
  FlatSymbolRefAttr symbol(StringRef name) { return FlatSymbolRefAttr::get(builder.getContext(), name); }
  StringRef variableName(int index) const;
  /// Fills an empty region: `fill` runs inside it and returns what it yields.
  void fill(Region &region, Location loc, function_ref<SmallVector<Value>()> values);
  void fillExpression(Region &region, const Expr *expr);
  void fillValue(Region &region, const rules::Value &value, StringRef purpose, Location loc);
  /// Runs `body` inside a new block of `region`, without a terminator.
  void inside(Region &region, function_ref<void()> body);

  const rules::Program &program;
  const diag::Sources &sources;
  const bool withSensitivities;
  OpBuilder builder;
  /// Whose variables Op::Variable and Op::Element speak of.
  const rules::Model *current = nullptr;
  /// Values of the region that is being filled: an expression is a graph, shared nodes are computed once.
  DenseMap<const Expr *, Value> done;
  Value surrogateOf; ///< what Op::Term is in a surrogate
  /// The stream of random values in this region, and how many it has had.
  std::string purpose;
  int64_t draws = 0;
};

} // namespace bdc::translate

#endif
