// The order in which a program is put together.
#include "compiler/flatten/flattener.h"

#include "compiler/flatten/loop_builder.h"

using namespace mlir;

namespace bdc::compiler::flatten {

Flattener::Flattener(ModuleOp module, bd::NetworkOp network, bd::ExperimentOp experiment, const llvm::StringSet<> &separate,
                     bool differentiates)
    : context(module.getContext()), module(module), network(network), experiment(experiment), separate(separate), differentiates(differentiates), builder(context) {}

LogicalResult Flattener::run() {
  builder.setInsertionPointToEnd(module.getBody());
  program = step::ProgramOp::create(builder, experiment.getLoc(), experiment.getSymName(), network.getSymNameAttr(), symbol("duration"),
                                    FlatSymbolRefAttr());
  builder.createBlock(&program.getBody());
  if (failed(declareScalars()))
    return failure();
  for (auto connectome : network.getBody().getOps<bd::ConnectomeOp>())
    if (failed(declareConnectome(connectome)))
      return failure();
  for (auto population : network.getBody().getOps<bd::PopulationOp>())
    if (failed(declarePopulation(population)))
      return failure();
  for (auto projection : network.getBody().getOps<bd::ProjectOp>())
    if (failed(declareProjection(projection)))
      return failure();
  declareDepths();
  for (auto coupling : network.getBody().getOps<bd::CoupleOp>())
    if (failed(declareCoupling(coupling)))
      return failure();
  for (auto disturbance : network.getBody().getOps<bd::DisturbOp>())
    if (failed(declareDisturbance(disturbance)))
      return failure();
  for (auto observer : network.getBody().getOps<bd::ObserveOp>())
    if (failed(declareObserver(observer)))
      return failure();
  for (auto label : network.getBody().getOps<bd::LabelOp>())
    if (failed(declareLabel(label)))
      return failure();
  for (auto drive : experiment.getBody().getOps<bd::DriveOp>())
    if (failed(declareDrive(drive)))
      return failure();
  if (failed(LoopBuilder(*this).run()))
    return failure();
  for (auto [number, record] : llvm::enumerate(experiment.getBody().getOps<bd::RecordOp>()))
    if (failed(declareRecord(record, number)))
      return failure();
  for (auto [number, request] : llvm::enumerate(experiment.getBody().getOps<bd::RequestOp>()))
    declareRequest(request, number);
  for (auto objective : experiment.getBody().getOps<bd::ObjectiveOp>())
    if (failed(declareObjective(objective)))
      return failure();
  for (auto fit : experiment.getBody().getOps<bd::FitOp>())
    if (failed(declareFit(fit)))
      return failure();
  if (failed(declareSensitivities()))
    return failure();
  return success();
}

bd::ModelOp Flattener::findModel(FlatSymbolRefAttr name, Operation *user) {
  auto model = module.lookupSymbol<bd::ModelOp>(name);
  if (!model)
    user->emitOpError() << "there is no model " << name;
  return model;
}

Population *Flattener::findPopulation(FlatSymbolRefAttr name, Operation *user) {
  for (Population &population : populations)
    if (population.name() == name.getValue())
      return &population;
  user->emitOpError() << "there is no population " << name;
  return nullptr;
}

Projection *Flattener::findProjection(StringRef name) {
  auto found = llvm::find_if(projections, [&](Projection &projection) { return projection.op.getSymName() == name; });
  return found == projections.end() ? nullptr : &*found;
}

Observer *Flattener::findObserver(StringRef name) {
  auto found = llvm::find_if(observers, [&](Observer &observer) { return observer.name() == name; });
  return found == observers.end() ? nullptr : &*found;
}

Emitter::Element Flattener::elementReader() {
  return [this](FlatSymbolRefAttr array, Type, Location loc) -> Value {
    auto state = program.lookupSymbol<step::StateOp>(array);
    return step::ElementOp::create(builder, loc, cast<step::ArrayType>(state.getType()).getElement(), array);
  };
}

} // namespace bdc::compiler::flatten
