// The objective in the descriptor: what it observes, what it is made of, what it is differentiated by, and how it is made small.
#include "compiler/lower/describe.h"

namespace bdc::compiler::lower {

using llvm::json::Array;
using llvm::json::Object;

namespace {

/// Positions of observed records among themselves, by their number among all.
DenseMap<int64_t, int64_t> observedPositions(Tables &tables) {
  DenseMap<int64_t, int64_t> positions;
  for (auto [number, record] : llvm::enumerate(tables.records))
    if (record.getObserved())
      positions.insert({int64_t(number), int64_t(positions.size())});
  return positions;
}

Object source(DictionaryAttr argument, const DenseMap<int64_t, int64_t> &observed, Array &files) {
  if (auto record = argument.getAs<IntegerAttr>("record"))
    return Object{{"observed", observed.lookup(record.getInt())}};
  if (auto node = argument.getAs<IntegerAttr>("functional"))
    return Object{{"node", node.getInt()}};
  Object file{{"file", argument.getAs<StringAttr>("file").getValue()}};
  Array words;
  if (auto given = argument.getAs<ArrayAttr>("words"))
    for (auto word : given.getAsRange<StringAttr>())
      words.push_back(word.getValue());
  file["words"] = std::move(words);
  if (auto like = argument.getAs<IntegerAttr>("like"))
    file["like"] = observed.lookup(like.getInt());
  files.push_back(std::move(file));
  describeUnit(*files.back().getAsObject(), bd::QuantityType::get(argument.getContext(), argument.getAs<StringAttr>("unit").getValue()));
  return Object{{"data", int64_t(files.size()) - 1}};
}

Object node(DictionaryAttr functional, Tables &tables, const DenseMap<int64_t, int64_t> &observed, Array &files) {
  Array sources;
  for (auto argument : functional.getAs<ArrayAttr>("arguments").getAsRange<DictionaryAttr>())
    sources.push_back(source(argument, observed, files));
  Object options;
  if (auto given = functional.getAs<DictionaryAttr>("options"))
    for (NamedAttribute option : given)
      options[option.getName().getValue()] = int64_t(tables.at(cast<FlatSymbolRefAttr>(option.getValue())));
  auto text = functional.getAs<StringAttr>("text");
  StringRef function = functional.getAs<StringAttr>("function").getValue();
  return Object{{"text", text ? text.getValue() : function}, {"function", function}, {"sources", std::move(sources)}, {"options", std::move(options)}};
}

Object gradient(Tables &tables, ArrayRef<step::GradientOp> wanted) {
  Array parameters;
  for (step::GradientOp op : wanted) {
    Operation *of = tables.symbols.lookup(op.getOf());
    Array parts;
    if (op.getParts())
      for (auto [number, part] : llvm::enumerate(op.getParts()->getAsRange<FlatSymbolRefAttr>())) {
        Object entry{{"array", int64_t(tables.at(part))}};
        if (auto factor = dyn_cast<FlatSymbolRefAttr>((*op.getFactors())[number]))
          entry[op.getEdges() ? "factors" : "factor"] = int64_t(tables.at(factor));
        if (op.getEdges())
          entry["edges"] = int64_t(tables.at(cast<FlatSymbolRefAttr>((*op.getEdges())[number])));
        parts.push_back(std::move(entry));
      }
    Object parameter{{"name", op.getOf()}, {"parts", std::move(parts)}};
    parameter[isa<step::ScalarOp>(of) ? "scalar" : "array"] = int64_t(tables.at(op.getOfAttr()));
    parameters.push_back(std::move(parameter));
  }
  Object result{{"parameters", std::move(parameters)}};
  for (step::StateOp state : tables.states)
    if (state.getKind() == bd::StateKind::Tape && state.getRows())
      result["segment"] = int64_t(tables.at(state.getRowsAttr()));
  return result;
}

Object tangent(Tables &tables, ArrayRef<step::DirectionOp> directions, const DenseMap<int64_t, int64_t> &observed) {
  Array parameters;
  for (step::DirectionOp op : directions) {
    bool isScalar = isa<step::ScalarOp>(tables.symbols.lookup(op.getOf()));
    Object parameter{
        {"name", op.getOf()}, {isScalar ? "scalar" : "array", int64_t(tables.at(op.getOfAttr()))}, {"along", int64_t(tables.at(op.getAlongAttr()))}};
    if (op.getRecords()) {
      const llvm::ArrayRef<int64_t> records = *op.getRecords();
      Array followed;
      for (int64_t record : records)
        followed.push_back(observed.lookup(record));
      parameter["observed"] = std::move(followed);
    }
    parameters.push_back(std::move(parameter));
  }
  return Object{{"parameters", std::move(parameters)}};
}

/// Scalars by their keys, as far as they are given.
void putScalars(Object &to, Tables &tables, DictionaryAttr from, ArrayRef<StringRef> keys) {
  for (StringRef key : keys)
    if (auto scalar = from.getAs<FlatSymbolRefAttr>(key))
      to[key] = int64_t(tables.at(scalar));
}

Object fitParameter(Tables &tables, DictionaryAttr parameter) {
  auto of = parameter.getAs<FlatSymbolRefAttr>("of");
  Object out{{"name", parameter.getAs<StringAttr>("name").getValue()}};
  out[isa<step::ScalarOp>(tables.symbols.lookup(of.getValue())) ? "scalar" : "array"] = int64_t(tables.at(of));
  putScalars(out, tables, parameter, {"low", "high"});
  if (auto transform = parameter.getAs<StringAttr>("transform"))
    out["transform"] = transform.getValue();
  if (auto select = parameter.getAs<ArrayAttr>("select"))
    out["select"] = describeSlice(tables, select);
  if (auto prior = parameter.getAs<DictionaryAttr>("prior")) {
    Array arguments;
    for (auto argument : prior.getAs<ArrayAttr>("arguments").getAsRange<FlatSymbolRefAttr>())
      arguments.push_back(int64_t(tables.at(argument)));
    out["prior"] = Object{{"function", prior.getAs<StringAttr>("function").getValue()}, {"arguments", std::move(arguments)}};
  }
  return out;
}

Object fit(Tables &tables, step::FitOp op) {
  Array parameters;
  for (auto parameter : op.getParameters().getAsRange<DictionaryAttr>())
    parameters.push_back(fitParameter(tables, parameter));
  Object options;
  for (NamedAttribute option : op.getOptions()) {
    if (auto word = dyn_cast<StringAttr>(option.getValue()))
      options[option.getName().getValue()] = word.getValue();
    else
      options[option.getName().getValue()] = Object{{"scalar", int64_t(tables.at(cast<FlatSymbolRefAttr>(option.getValue())))}};
  }
  DictionaryAttr rules = op.getRules();
  Object out{{"parameters", std::move(parameters)}, {"method", op.getMethod()}, {"options", std::move(options)}};
  putScalars(out, tables, rules, {"steps", "starts", "screen", "truncate"});
  if (auto spread = rules.getAs<StringAttr>("spread"))
    out["spread"] = spread.getValue();
  if (auto stop = rules.getAs<DictionaryAttr>("stop")) {
    Object when;
    putScalars(when, tables, stop, {"loss", "patience", "tolerance", "parameters", "gradient", "time"});
    out["stop"] = std::move(when);
  }
  if (auto uncertainty = rules.get("uncertainty"))
    out["uncertainty"] = isa<UnitAttr>(uncertainty) || cast<BoolAttr>(uncertainty).getValue();
  return out;
}

} // namespace

bool isOfHost(Tables &tables, step::ScalarOp scalar) {
  auto name = FlatSymbolRefAttr::get(scalar);
  if (llvm::any_of(tables.scalars, [&](step::ScalarOp other) { return other->getAttr("step.given") == name; }) ||
      llvm::any_of(tables.program.getOps<step::DirectionOp>(), [&](step::DirectionOp direction) { return direction.getAlongAttr() == name; }))
    return true;
  return llvm::any_of(tables.states, [&](step::StateOp state) {
    bool isTable = state.getKind() == bd::StateKind::Adjoint && !state.getByElement();
    if (state->getAttr("step.given") == name)
      return true;
    return state.getRowsAttr() == name && (state.getKind() == bd::StateKind::Tape || isTable);
  });
}

void describeObjective(Tables &tables, Object &root, llvm::function_ref<Object(step::RecordOp, unsigned)> record) {
  auto objectives = llvm::to_vector(tables.program.getOps<step::ObjectiveOp>());
  if (objectives.empty())
    return;
  step::ObjectiveOp op = objectives.front();
  Array observed, nodes, files, leaves;
  auto heard = [&](step::RecordOp each, unsigned number) {
    Object what = record(each, number);
    if (auto adjoint = each.getAdjointAttr()) {
      what["adjoint"] = int64_t(tables.at(adjoint));
      what["rows"] = int64_t(tables.at(tables.state(adjoint).getRowsAttr()));
    }
    return what;
  };
  for (auto [number, each] : llvm::enumerate(tables.records))
    if (each.getObserved()) {
      Object what = heard(each, number);
      for (auto [other, along] : llvm::enumerate(tables.records))
        if (auto of = along->getAttrOfType<IntegerAttr>("step.tangent_of"); of && of.getInt() == int64_t(number))
          what["tangent"] = heard(along, other);
      observed.push_back(std::move(what));
    }
  DenseMap<int64_t, int64_t> positions = observedPositions(tables);
  for (auto functional : op.getFunctionals().getAsRange<DictionaryAttr>())
    nodes.push_back(node(functional, tables, positions, files));
  for (int64_t leaf : op.getTerms())
    leaves.push_back(leaf);
  root["observed"] = std::move(observed);
  Object objective{{"nodes", std::move(nodes)}, {"files", std::move(files)}, {"leaves", std::move(leaves)}};
  std::optional<StringRef> shown;
  if (auto unit = op->getAttrOfType<StringAttr>("step.shown"))
    shown = unit.getValue();
  describeUnit(objective, op.getValue().front().getTerminator()->getOperand(0).getType(), shown);
  if (op.getMaximise())
    objective["maximise"] = true;
  root["objective"] = std::move(objective);
  auto wanted = llvm::to_vector(tables.program.getOps<step::GradientOp>());
  if (!wanted.empty())
    root["gradient"] = gradient(tables, wanted);
  if (auto unseen = tables.program->getAttrOfType<ArrayAttr>("step.unseen")) {
    Array names;
    for (auto queue : unseen.getAsRange<StringAttr>())
      names.push_back(queue.getValue());
    root["unseen"] = std::move(names);
  }
  if (auto directions = llvm::to_vector(tables.program.getOps<step::DirectionOp>()); !directions.empty())
    root["tangent"] = tangent(tables, directions, positions);
  for (auto op : tables.program.getOps<step::FitOp>())
    root["fit"] = fit(tables, op);
}

} // namespace bdc::compiler::lower
