// The descriptor of runtime/abi.h, made from the program's declarations.
#include "compiler/lower/describe.h"
#include "runtime/abi.h"

#include "llvm/Support/xxhash.h"

namespace bdc::compiler::lower {

namespace {

using llvm::json::Array;
using llvm::json::Object;

} // namespace

void describeUnit(Object &object, Type type, std::optional<StringRef> shown) {
  auto quantity = dyn_cast_or_null<bd::QuantityType>(type);
  StringRef text = shown ? *shown : quantity ? quantity.getUnit() : StringRef("1");
  units::Unit unit = units::unit(std::string_view(text.data(), text.size()));
  double offset = unit.fromCoherent(0), factor = unit.isAffine() ? unit.fromCoherent(1) - offset : unit.fromCoherent(1);
  object["unit"] = text;
  object["factor"] = factor;
  object["offset"] = offset;
  if (unit.isAffine())
    object["difference"] = units::format(unit.dimension);
}

Object describeSlice(Tables &tables, ArrayAttr symbols) {
  Object slice;
  const StringRef names[] = {"first", "last", "stride"};
  for (auto [name, symbol] : llvm::zip(names, symbols.getAsRange<FlatSymbolRefAttr>()))
    slice[name] = int64_t(tables.at(symbol));
  return slice;
}

namespace {

class DescriptorWriter {
public:
  DescriptorWriter(Tables &tables, unsigned width, bool sideBySide) : t(tables), width(width), sideBySide(sideBySide) {}

  FailureOr<std::string> write() {
    if (t.scalars.empty() || t.scalars[0].getSymName() != "dt")
      return t.program.emitOpError() << "the first scalar must be @dt";
    if (!t.program.getDurationAttr())
      return t.program.emitOpError() << "has no duration";
    numberFunctions();
    Object root{{"abi", int64_t(BDC_ABI_VERSION)},
                {"hash", hash()},
                {"experiment", t.program.getSymName()},
                {"network", t.program.getNetwork().value_or("")},
                {"precision", t.real.isF32() ? "f32" : "f64"},
                {"width", int64_t(width)},
                {"duration", int64_t(t.at(t.program.getDurationAttr()))}};
    Array roles;
    for (step::LoopOp loop : t.loops)
      if (loop.getRole())
        roles.push_back(*loop.getRole());
    root["loops"] = std::move(roles);
    if (auto discard = t.program.getDiscardAttr())
      root["discard"] = int64_t(t.at(discard));
    root["scalars"] = list(t.scalars, [&](step::ScalarOp op) { return scalar(op); });
    root["spaces"] = list(t.spaces, [&](step::SpaceOp op) {
      Object space{{"name", op.getSymName()}, {"size", int64_t(t.at(op.getSizeAttr()))}};
      if (op.getApart())
        space["apart"] = true;
      if (auto regions = op.getRegionsAttr())
        space["regions"] = int64_t(t.at(regions));
      return space;
    });
    root["regions"] = list(t.regions, [&](step::RegionsOp op) { return regions(op); });
    root["labels"] = labels();
    root["arrays"] = list(t.states, [&](step::StateOp op) { return array(op); });
    root["graphs"] = list(t.graphs, [&](step::GraphOp op) { return graph(op); });
    root["data"] = list(t.data, [&](step::DataOp op) { return data(op); });
    root["queues"] = list(t.queues, [&](step::QueueOp op) {
      return Object{{"name", op.getSymName()}, {"space", int64_t(t.at(op.getSpaceAttr()))}, {"depth", int64_t(t.at(op.getDepthAttr()))}};
    });
    Array records;
    for (auto [position, op] : llvm::enumerate(t.records))
      if (!op.getUnsaved()) {
        savedNumber[position] = int64_t(records.size());
        records.push_back(record(op, position));
      }
    root["records"] = std::move(records);
    root["summaries"] = requests("summary");
    root["plots"] = requests("plot");
    Array checks;
    for (auto [position, state] : llvm::enumerate(t.states))
      if (state.getKind() == bd::StateKind::Hidden && !state.getRows() && isa<FloatType>(t.compute(Tables::arrayType(state).getElement())))
        checks.push_back(int64_t(position));
    root["checks"] = std::move(checks);
    describeObjective(t, root, [&](step::RecordOp op, unsigned position) { return record(op, position); });
    root["built"] = built();
    if (sideBySide) {
      root["lanes"] = int64_t(width);
      root["alike"] = wholeNumbers();
    }
    if (failed_)
      return failure();
    std::string text;
    llvm::raw_string_ostream(text) << llvm::json::Value(std::move(root));
    return text;
  }

private:
  template <typename Range, typename Make> Array list(const Range &range, Make make) {
    Array out;
    for (auto op : range)
      out.push_back(make(op));
    return out;
  }

  std::string hash() {
    std::string text;
    llvm::raw_string_ostream out(text);
    t.program->print(out);
    out << t.real << width;
    return llvm::utohexstr(llvm::xxh3_64bits(out.str()), true, 16);
  }

  /// Edge and probe functions are numbered in the order in which entry.cpp makes them.
  void numberFunctions() {
    int64_t edges = 0, probes = 0;
    for (auto [position, graph] : llvm::enumerate(t.graphs)) {
      weightFunction.push_back(graph.getEdgeWeight().empty() ? -1 : edges++);
      delayFunction.push_back(graph.getEdgeDelay().empty() ? -1 : edges++);
      fractionFunction.push_back(graph.getSteps() == "interpolated" ? edges++ : -1);
    }
    for (step::RecordOp record : t.records)
      probeFunction.push_back(record.getValue().empty() ? -1 : probes++);
    savedNumber.assign(t.records.size(), -1);
  }

  Object scalar(step::ScalarOp op) {
    Object out{{"name", op.getSymName()}, {"settable", op.getSettable() && !isFact(op) && !isOfHost(t, op)}};
    if (op.getWhole())
      out["whole"] = true;
    if (op->hasAttr("step.merged"))
      out["merged"] = true;
    if (op->hasAttr("step.part"))
      out["part"] = true;
    if (auto given = op->getAttrOfType<FlatSymbolRefAttr>("step.given"))
      out["given"] = int64_t(t.at(given));
    describeUnit(out, op.getType(), op.getShown());
    return out;
  }

  /// How numbers of this type lie in memory.
  StringRef typeName(Type element) {
    Type storage = t.storage(element);
    return storage == t.real ? "real" : storage.isF64() ? "f64" : storage.isF32() ? "f32" : storage.isInteger(8) ? "u8" : "i32";
  }

  Object array(step::StateOp op) {
    auto type = Tables::arrayType(op);
    Object out{{"name", op.getSymName()},
               {"space", int64_t(t.at(type.getSpace()))},
               {"kind", bd::stringifyStateKind(op.getKind())},
               {"type", typeName(type.getElement())}};
    if (auto rows = op.getRowsAttr())
      out["rows"] = int64_t(t.at(rows));
    if (op.getByElement())
      out["by_element"] = true;
    if (auto given = op->getAttrOfType<FlatSymbolRefAttr>("step.given"))
      out["given"] = int64_t(t.at(given));
    describeUnit(out, type.getElement(), op.getShown());
    return out;
  }

  static Array texts(ArrayAttr list) {
    Array out;
    for (auto text : list.getAsRange<StringAttr>())
      out.push_back(text.getValue());
    return out;
  }

  Object regions(step::RegionsOp op) {
    Object out{{"name", op.getSymName()},
               {"data", int64_t(t.at(op.getDataAttr()))},
               {"size", int64_t(t.at(op.getSizeAttr()))},
               {"picks", texts(op.getPicks())}};
    if (op.getExcept())
      out["except"] = true;
    return out;
  }

  Array labels() {
    Array out;
    for (auto op : t.program.getOps<step::LabelOp>()) {
      bool amongRegions = isa<step::RegionsOp>(t.symbols.lookup(op.getOwner()));
      out.push_back(Object{{"scalar", int64_t(t.at(op.getScalarAttr()))},
                           {"label", op.getLabel()},
                           {amongRegions ? "regions" : "data", int64_t(t.at(op.getOwnerAttr()))}});
    }
    return out;
  }

  /// What is read once, when edges and params of elements are made.
  Array built() {
    llvm::SetVector<int64_t> read;
    auto collect = [&](Region &region) { region.walk([&](step::ReadOp op) { read.insert(t.at(op.getScalarAttr())); }); };
    for (step::GraphOp graph : t.graphs) {
      collect(graph.getEdgeWeight());
      collect(graph.getEdgeDelay());
    }
    for (step::StateOp state : t.states)
      if (state.getKind() == bd::StateKind::Param)
        collect(state.getInitial());
    Array out;
    for (int64_t scalar : read)
      out.push_back(scalar);
    return out;
  }

  Object data(step::DataOp op) {
    Array facts;
    for (auto fact : op.getFacts().getAsRange<FlatSymbolRefAttr>())
      facts.push_back(int64_t(t.at(fact)));
    Object from;
    for (NamedAttribute entry : op.getFrom()) {
      if (auto text = dyn_cast<StringAttr>(entry.getValue())) {
        from[entry.getName().getValue()] = text.getValue();
      } else if (auto other = dyn_cast<FlatSymbolRefAttr>(entry.getValue())) {
        from[entry.getName().getValue()] = int64_t(t.at(other));
      } else if (auto slice = dyn_cast<ArrayAttr>(entry.getValue()); slice && entry.getName().getValue().ends_with("_slice")) {
        from[entry.getName().getValue()] = describeSlice(t, slice);
      } else if (auto words = dyn_cast<ArrayAttr>(entry.getValue())) {
        from[entry.getName().getValue()] = texts(words);
      } else if (auto numbers = dyn_cast<DictionaryAttr>(entry.getValue())) {
        Array list;
        for (NamedAttribute number : numbers)
          list.push_back(Object{{"name", number.getName().getValue()}, {"scalar", int64_t(t.at(cast<FlatSymbolRefAttr>(number.getValue())))}});
        from[entry.getName().getValue()] = std::move(list);
      }
    }
    Object out{{"name", op.getSymName()}, {"facts", std::move(facts)}, {"from", std::move(from)}, {"reads_lengths", readsLengths(op)}};
    if (auto rows = op.getRowsAttr())
      out["rows"] = int64_t(t.at(rows));
    if (auto entries = op.getEntriesAttr())
      out["connections"] = int64_t(t.at(t.spaces[t.at(entries)].getSizeAttr()));
    if (auto weights = op.getWeightsAttr())
      out["weights"] = int64_t(t.at(weights));
    return out;
  }

  /// It does where a part of it does.
  bool readsLengths(step::DataOp data) {
    for (step::DataOp part : t.data)
      if (part.getFrom().getAs<FlatSymbolRefAttr>("table") == FlatSymbolRefAttr::get(data) && readsLengths(part))
        return true;
    return t.program->walk([&](bd::EdgeOp edge) {
      bool does = edge.getData() == data.getSymName() && edge.getField() == "lengths";
      return does ? WalkResult::interrupt() : WalkResult::advance();
    }).wasInterrupted();
  }

  bool isFact(step::ScalarOp op) {
    auto name = FlatSymbolRefAttr::get(op);
    if (llvm::any_of(t.regions, [&](step::RegionsOp regions) { return regions.getSizeAttr() == name; }) ||
        llvm::any_of(t.program.getOps<step::LabelOp>(), [&](step::LabelOp label) { return label.getScalarAttr() == name; }))
      return true;
    return llvm::any_of(t.data, [&](step::DataOp data) {
      FlatSymbolRefAttr entries = data.getEntriesAttr();
      return llvm::is_contained(data.getFacts(), FlatSymbolRefAttr::get(op)) || data.getRowsAttr() == FlatSymbolRefAttr::get(op) ||
             (entries && t.spaces[t.at(entries)].getSizeAttr() == FlatSymbolRefAttr::get(op));
    });
  }

  /// Scalars that count rows, steps or slots in the time loop.
  Array wholeNumbers() {
    llvm::SetVector<unsigned> found;
    auto note = [&](FlatSymbolRefAttr name) {
      if (name)
        found.insert(t.at(name));
    };
    for (step::StateOp state : t.states)
      note(state.getRowsAttr());
    for (step::GraphOp graph : t.graphs)
      note(graph.getDelayAttr());
    for (step::LoopOp loop : t.loops)
      loop.walk([&](Operation *op) { note(op->getAttrOfType<FlatSymbolRefAttr>("every")); });
    Array out;
    for (unsigned scalar : found)
      out.push_back(int64_t(scalar));
    return out;
  }

  /// Whether something sums over the edges of a target (of a source).
  bool isSummed(step::GraphOp graph, bool bySource) {
    bool found = false;
    for (step::LoopOp loop : t.loops)
      loop.walk([&](step::ContractOp op) { found |= op.getTransposed() == bySource && op.getGraph() == graph.getSymName(); });
    for (auto gradient : t.program.getOps<step::GradientOp>())
      found |= bySource && gradient.getEdges() && llvm::is_contained(*gradient.getFactors(), FlatSymbolRefAttr::get(graph));
    return found;
  }

  Object graph(step::GraphOp op) {
    unsigned position = t.position.lookup(op.getSymName());
    Array arguments;
    for (auto symbol : op.getArguments().getAsRange<FlatSymbolRefAttr>())
      arguments.push_back(int64_t(t.at(symbol)));
    Object out{{"name", op.getSymName()},
               {"source", int64_t(t.at(op.getSourceAttr()))},
               {"target", int64_t(t.at(op.getTargetAttr()))},
               {"rule", op.getRule()},
               {"arguments", std::move(arguments)},
               {"allow_self", !op.getForbidSelf()},
               {"key", std::to_string(nameHash(op.getKey()))},
               {"by_target", isSummed(op, false)},
               {"by_source", isSummed(op, true)}};
    if (op->hasAttr("step.beside"))
      out["beside"] = true;
    slice(out, "source_range", op.getSourceSliceAttr());
    slice(out, "target_range", op.getTargetSliceAttr());
    if (weightFunction[position] >= 0)
      out["weight"] = Object{{"function", weightFunction[position]}, {"type", typeName(*op.getWeightType())}};
    if (delayFunction[position] >= 0)
      out["delay"] = Object{{"function", delayFunction[position]}};
    if (fractionFunction[position] >= 0)
      out["fraction"] = Object{{"function", fractionFunction[position]}};
    if (op.getDataAttr())
      out["data"] = int64_t(t.at(op.getDataAttr()));
    if (auto longest = op.getMaxDelayAttr())
      out["max_delay"] = int64_t(t.at(longest));
    return out;
  }

  /// A part of a population: its first element and the one after its last.
  void slice(Object &out, StringRef name, ArrayAttr symbols) {
    if (!symbols)
      return;
    if (symbols.size() != 3) {
      fail(t.program) << "a slice names its first and last element, and its stride";
      return;
    }
    auto at = [&](unsigned i) { return int64_t(t.at(cast<FlatSymbolRefAttr>(symbols[i]))); };
    out[name] = Array{at(0), at(1), at(2)};
  }

  /// What is recorded: {queue | array | probe}, select, every.
  Object source(step::RecordOp op, unsigned position) {
    Object out;
    Operation *from = op.getSourceAttr() ? t.symbols.lookup(op.getSourceAttr().getValue()) : nullptr;
    if (isa_and_nonnull<step::QueueOp>(from))
      out = Object{{"kind", "spikes"}, {"queue", int64_t(t.at(op.getSourceAttr()))}};
    else if (isa_and_nonnull<step::StateOp>(from))
      out = Object{{"kind", "array"}, {"array", int64_t(t.at(op.getSourceAttr()))}};
    else if (probeFunction[position] >= 0)
      out = Object{{"kind", "probe"}, {"probe", probeFunction[position]}, {"type", typeName(*op.getType())}};
    else
      fail(op) << "records neither a queue, a state nor an expression";
    out["space"] = int64_t(t.at(op.getSpaceAttr()));
    if (auto symbols = op.getSliceAttr())
      out["select"] = describeSlice(t, symbols);
    if (auto every = op.getEveryAttr())
      out["every"] = int64_t(t.at(every));
    return out;
  }

  Object record(step::RecordOp op, unsigned position) {
    Object out = source(op, position);
    out["text"] = op.getText();
    out["name"] = op.getName();
    Type type = op.getType().value_or(Type());
    if (Operation *from = op.getSourceAttr() ? t.symbols.lookup(op.getSourceAttr().getValue()) : nullptr)
      if (auto state = dyn_cast<step::StateOp>(from); state && !type)
        type = Tables::arrayType(state).getElement();
    describeUnit(out, type, op.getShown());
    return out;
  }

  Array requests(StringRef what) {
    Array out;
    for (auto op : t.program.getOps<step::RequestOp>())
      if (op.getWhat() == what)
        out.push_back(request(op));
    return out;
  }

  Object request(step::RequestOp op) {
    Array arguments;
    Object options;
    for (auto entry : op.getArguments().getAsRange<DictionaryAttr>()) {
      if (auto number = entry.getAs<IntegerAttr>("record")) {
        uint64_t at = number.getValue().getZExtValue();
        if (at >= t.records.size()) {
          fail(op) << "names record " << at << " of " << t.records.size();
          continue;
        }
        Object argument = savedNumber[at] >= 0 ? Object{{"record", savedNumber[at]}} : record(t.records[at], at);
        argument.erase("name"); // which is an option's name here
        if (auto text = entry.getAs<StringAttr>("text"))
          argument["text"] = text.getValue();
        arguments.push_back(std::move(argument));
      } else if (auto data = entry.getAs<FlatSymbolRefAttr>("data")) {
        arguments.push_back(Object{{"data", int64_t(t.at(data))}, {"name", entry.getAs<StringAttr>("part").getValue()}});
      } else if (auto functional = entry.getAs<IntegerAttr>("functional")) {
        arguments.push_back(Object{{"node", functional.getInt()}});
      } else if (auto summary = entry.getAs<IntegerAttr>("summary")) {
        arguments.push_back(Object{{"summary", summary.getInt()}});
      } else if (auto parameter = entry.getAs<StringAttr>("parameter")) {
        arguments.push_back(Object{{"parameter", parameter.getValue()}});
      } else if (auto scalar = entry.getAs<FlatSymbolRefAttr>("scalar"); scalar && entry.getAs<StringAttr>("option")) {
        options[entry.getAs<StringAttr>("option").getValue()] = int64_t(t.at(scalar));
      } else {
        fail(op) << "has an argument that is neither a record, a functional, a summary, a parameter, a connectome nor an option";
      }
    }
    Object out{{"text", op.getText()}, {"function", op.getFunction()}, {"arguments", std::move(arguments)}};
    if (!options.empty())
      out["options"] = std::move(options);
    return out;
  }

  InFlightDiagnostic fail(Operation *op) {
    failed_ = true;
    return op->emitOpError();
  }

  Tables &t;
  unsigned width;
  bool sideBySide;
  bool failed_ = false;
  std::vector<int64_t> weightFunction, delayFunction, fractionFunction, probeFunction, savedNumber;
};

} // namespace

FailureOr<std::string> describeProgram(Tables &tables, unsigned width, bool sideBySide) {
  return DescriptorWriter(tables, width, sideBySide).write();
}

} // namespace bdc::compiler::lower
