/// From a network and an experiment to one step program. Private to this folder.
#ifndef BDC_COMPILER_FLATTEN_FLATTENER_H
#define BDC_COMPILER_FLATTEN_FLATTENER_H

#include "compiler/flatten/emitter.h"
#include "mlir/IR/BuiltinOps.h"

namespace bdc::compiler::flatten {

using mlir::ArrayAttr;
using llvm::ArrayRef;
using llvm::SmallVector;

/// How a scalar is declared beside its name and value.
struct ScalarTraits {
  bool settable = false, whole = false;
  StringAttr shown;
};

class Flattener {
public:
  /// `separate`: names of scalars that are set from outside, so that what reads them is not merged with what reads others.
  Flattener(mlir::ModuleOp module, bd::NetworkOp network, bd::ExperimentOp experiment, const llvm::StringSet<> &separate,
            bool differentiates = false);

  /// The program, at the end of the module. Failure after errors at the places in the model.
  LogicalResult run();

  unsigned mergedProjections = 0;
  size_t populationCount() const { return populations.size(); }
  size_t projectionCount() const { return projections.size(); }

private:
  friend class LoopBuilder;

  // scalars.cpp
  LogicalResult declareScalars();
  LogicalResult copyParam(bd::ParamOp param);
  /// A scalar with the value of a region; the one that exists already under this name.
  FlatSymbolRefAttr scalar(StringRef name, Region &value, const Instance *scope, ScalarTraits traits);
  /// The scalar that the region reads and does nothing else with, else a new one.
  FlatSymbolRefAttr scalarOf(Region &value, StringRef name, ScalarTraits traits);
  /// A scalar that is computed from others; `value` may return null after an error.
  FlatSymbolRefAttr derived(StringRef name, Location loc, llvm::function_ref<Value(Emitter &)> value, ScalarTraits traits = {});
  /// First, last and stride of a slice as scalars; null where there is no slice.
  FailureOr<ArrayAttr> slice(Region &region, StringRef prefix);

  // populations.cpp
  LogicalResult declarePopulation(bd::PopulationOp op);
  LogicalResult declareRegions(Population &population);
  LogicalResult declareNames(Instance &instance, Region *bindings, StringRef role, StringRef prefix);
  LogicalResult declareParam(Instance &instance, bd::ParamOp param, bd::BindOp bind, StringRef prefix);
  void declareState(Instance &instance, std::deque<State> &states, bd::StateOp op, StringRef prefix, FlatSymbolRefAttr space,
                    bool isDouble = false);
  LogicalResult initialize(Instance &instance, std::deque<State> &states, FlatSymbolRefAttr space);
  Value initialValue(Emitter &emitter, Instance &instance, State &state);
  LogicalResult declareHolds(Population &population);
  void declareFlags(Population &population);
  Region *startOf(Instance &instance, bd::StateOp state);
  /// A state array of the program.
  FlatSymbolRefAttr array(StringRef name, mlir::Type element, FlatSymbolRefAttr space, bd::StateKind kind, Location loc,
                          StringAttr shown = {}, FlatSymbolRefAttr rows = {});

  // projections.cpp
  LogicalResult declareProjection(bd::ProjectOp op);
  LogicalResult declareGraph(Projection &projection);
  LogicalResult declareEdges(Projection &projection, step::GraphOp graph);
  LogicalResult joinGroup(Projection &projection);
  LogicalResult declareGroup(Population &target, Group &group, StringRef prefix);
  LogicalResult declareJump(Projection &projection);
  LogicalResult declareDrive(bd::DriveOp op);

  // couplings.cpp
  LogicalResult declareConnectome(bd::ConnectomeOp op);
  void declareWeights(step::DataOp data);
  LogicalResult declareCoupling(bd::CoupleOp op);
  LogicalResult declareConnections(Coupling &coupling);
  LogicalResult declareRate(Coupling &coupling);
  SmallVector<mlir::Attribute> declareFacts(StringRef name, FlatSymbolRefAttr size, Location loc);
  /// A part of a table: the connections between some of its columns and rows. Null after an error.
  FlatSymbolRefAttr declarePart(StringRef name, FlatSymbolRefAttr table, ArrayRef<mlir::NamedAttribute> which, Location loc);
  FailureOr<FlatSymbolRefAttr> partOf(Coupling &coupling);
  /// Writes what belongs to each edge, in double precision where asked for; of a part in place of its table, where there is one.
  LogicalResult fillEdges(Region &region, Region &from, bool isDouble = false, FlatSymbolRefAttr part = {});
  /// The ring of a quantity's past, as long as the delays of the graph are; `before` writes what it was before the run.
  FlatSymbolRefAttr declareHistory(StringRef name, step::GraphOp graph, mlir::Type element, FlatSymbolRefAttr space,
                                   llvm::function_ref<Value(Emitter &)> before);
  FlatSymbolRefAttr declareAhead(Coupling &coupling, mlir::Type element);
  LogicalResult declareDisturbance(bd::DisturbOp op);

  // pasts.cpp
  LogicalResult declarePasts(Instance &instance, Population &population, StringRef prefix);
  LogicalResult declarePast(bd::PastOp op, Instance &instance, Population &population, StringRef prefix);
  LogicalResult declareReads(Region &region, Instance &instance, Population &population, StringRef prefix);

  // observers.cpp
  LogicalResult declareObserver(bd::ObserveOp op);
  LogicalResult declareSensors(Observer &observer);

  // merge.cpp
  std::string groupKey(Projection &projection, Group &group);
  std::string keyOf(Value value);
  std::string keyOf(FlatSymbolRefAttr scalar);
  void markMerged(Group &kept, Group &dropped);
  void markApart(FlatSymbolRefAttr left, FlatSymbolRefAttr right);
  void markApart(Value left, Value right);
  Value valueOf(FlatSymbolRefAttr scalar);

  // delays.cpp
  LogicalResult declareDelay(Projection &projection, step::GraphOp graph);
  LogicalResult declareRing(Projection &projection, step::GraphOp graph);
  void declareDepths();

  // records.cpp
  LogicalResult declareRecord(bd::RecordOp op, unsigned number);
  LogicalResult declareTrace(bd::RecordOp op, const Instance &instance, StringRef owner, step::RecordOp record, FlatSymbolRefAttr totals);
  void declareRequest(bd::RequestOp op, unsigned number);
  LogicalResult declareLabel(bd::LabelOp op);
  std::string recordName(StringRef wanted, bd::RecordOp op);

  // objective.cpp
  LogicalResult declareObjective(bd::ObjectiveOp op);
  LogicalResult declareFit(bd::FitOp op);
  LogicalResult declareSensitivities();
  FlatSymbolRefAttr fitted(bd::FitOp op, mlir::DictionaryAttr parameter);

  bd::ModelOp findModel(FlatSymbolRefAttr name, Operation *user);
  Population *findPopulation(FlatSymbolRefAttr name, Operation *user);
  Observer *findObserver(StringRef name);
  Projection *findProjection(StringRef name);
  Emitter::Element elementReader();
  /// The name, or one like it where the program has something of that name already (a param called as a population).
  std::string freeName(std::string name) {
    while (program.lookupSymbol(name))
      name += "'";
    return name;
  }
  FlatSymbolRefAttr symbol(const llvm::Twine &name) { return FlatSymbolRefAttr::get(context, name.str()); }
  StringAttr text(const llvm::Twine &name) { return StringAttr::get(context, name); }
  static StringAttr shownOf(Operation *op, StringRef attribute = "bd.shown") { return op->getAttrOfType<StringAttr>(attribute); }

  mlir::MLIRContext *context;
  mlir::ModuleOp module;
  bd::NetworkOp network;
  bd::ExperimentOp experiment;
  const llvm::StringSet<> &separate;
  bool differentiates; ///< a fit asks for gradients even where its method needs none
  step::ProgramOp program;
  mlir::OpBuilder builder; ///< at the end of the program
  llvm::StringMap<step::ScalarOp> scalars;
  llvm::StringMap<FlatSymbolRefAttr> elementParams; ///< params that have a value per element, by name and space
  step::ScalarOp lastScalar;
  std::deque<Population> populations;
  std::deque<Projection> projections;
  std::deque<Coupling> couplings;
  std::deque<Observer> observers;
  std::deque<Past> pasts; ///< each after those that its quantity reads
  llvm::SmallVector<FlatSymbolRefAttr> arrays; ///< all states of the program, in order
  llvm::DenseSet<mlir::SymbolRefAttr> beingInitialized;
  llvm::StringMap<unsigned> recordNames;
  llvm::DenseMap<mlir::SymbolRefAttr, std::string> scalarKeys;
};

} // namespace bdc::compiler::flatten

#endif
