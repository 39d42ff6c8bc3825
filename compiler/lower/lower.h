/// What the files of this folder share: the tables of a program, access to its context, and the emission of regions.
#ifndef BDC_COMPILER_LOWER_LOWER_H
#define BDC_COMPILER_LOWER_LOWER_H

#include "dialects/step/Step.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/StringSet.h"
#include <functional>
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace bdc::compiler::lower {

using namespace mlir;

/// Positions of a program's declarations in the tables of runtime/abi.h: the order of declaration.
struct Tables {
  Tables(step::ProgramOp program, Type real);

  step::ProgramOp program;
  Type real; ///< f32 or f64: the type of quantities whose own type fixes none
  std::vector<step::ScalarOp> scalars;
  std::vector<step::SpaceOp> spaces;
  std::vector<step::StateOp> states;
  std::vector<step::GraphOp> graphs;
  std::vector<step::QueueOp> queues;
  std::vector<step::DataOp> data;
  std::vector<step::RegionsOp> regions;
  std::vector<step::RecordOp> records;
  std::vector<step::LoopOp> loops;
  llvm::StringMap<unsigned> position; ///< of every symbol, in its own table
  llvm::StringMap<Operation *> symbols;

  unsigned at(FlatSymbolRefAttr symbol) const { return position.lookup(symbol.getValue()); }
  step::StateOp state(FlatSymbolRefAttr symbol) const { return states[at(symbol)]; }
  static step::ArrayType arrayType(step::StateOp state) { return cast<step::ArrayType>(state.getType()); }

  /// The number type in which a value of an element (quantity, i1, i32) is computed.
  Type compute(Type element) const;
  /// The type in which it lies in memory: i1 is a byte.
  Type storage(Type element) const;
};

/// The type of a word as a function sees it.
struct Word;
Type typeOf(OpBuilder &b, const Word &word);

/// One word of a pack: something of the context that a phase function is given.
struct Word {
  enum Kind { Array, Stride, Scalar, Key, Graph, Queue, Bounds, Size, Data } kind;
  uint64_t index; ///< position in the table; for keys the hash of the purpose
  bool operator==(const Word &) const = default;
};

/// A builder with the small words that loops are made of. Integers are i64 unless said otherwise.
struct Loops : OpBuilder {
  Loops(Location loc) : OpBuilder(loc.getContext()), loc(loc) {}
  Location loc;

  Type pointerType() { return LLVM::LLVMPointerType::get(getContext()); }
  /// `type` itself for width 1, else a vector of it.
  static Type wide(Type type, unsigned width);

  Value integer(int64_t value) { return arith::ConstantOp::create(*this, loc, getI64IntegerAttr(value)); }
  Value number(Type type, double value);
  Value add(Value a, Value b) { return arith::AddIOp::create(*this, loc, a, b); }
  Value sub(Value a, Value b) { return arith::SubIOp::create(*this, loc, a, b); }
  Value mul(Value a, Value b) { return arith::MulIOp::create(*this, loc, a, b); }
  Value less(Value a, Value b) { return arith::CmpIOp::create(*this, loc, arith::CmpIPredicate::slt, a, b); }
  Value less0(Value a) { return less(a, integer(0)); }
  Value choose(Value c, Value a, Value b) { return arith::SelectOp::create(*this, loc, c, a, b); }
  /// a mod n for 0 <= a + n and a < n: one conditional addition or subtraction.
  Value wrapUp(Value a, Value n) { return choose(less0(a), add(a, n), a); }
  Value wrapDown(Value a, Value n) { return choose(less(a, n), a, sub(a, n)); }
  Value remainder(Value a, Value n) { return arith::RemSIOp::create(*this, loc, a, n); }
  Value fromI32(Value a, bool isSigned = true);
  Value toI32(Value a) { return arith::TruncIOp::create(*this, loc, getI32Type(), a); }
  Value wholeNumber(Value f64) { return arith::FPToSIOp::create(*this, loc, getI64Type(), f64); }
  /// The address of element `index` of an array of `type`.
  Value address(Value base, Type type, Value index);
  Value field(Value base, size_t offset);
  Value load(Type type, Value at, unsigned align = 0);
  void store(Value value, Value at, unsigned align = 0);
  void prefetch(Value at, bool write);
  Value broadcast(Value value, unsigned width);
  /// for i = from; i < to; i += step: body(i, carried) -> carried
  SmallVector<Value> loop(Value from, Value to, Value step, ValueRange carried,
                          llvm::function_ref<SmallVector<Value>(Value, ValueRange)> body);
  void loop(Value from, Value to, llvm::function_ref<void(Value)> body);
  void when(Value condition, llvm::function_ref<void()> body);
  Value callKernel(StringRef name, Type result, ValueRange operands);
};

/// How a function reaches the program's data: its context and, in phase functions, its pack.
class Access {
public:
  /// Words come out of `pack`, in the order of `words`; without a pack they are looked up in the context.
  Access(Loops &b, Value context, Value pack = {}, ArrayRef<Word> words = {}) : b(b), context(context), pack(pack), words(words) {}

  Value get(Word word);
  Value threads();
  Value boundsOf(unsigned space) { return get({Word::Bounds, space}); }
  Value contextPointer() const { return context; }
  /// Words that are arguments of the function instead.
  void give(Word word, Value value) { cache.push_back({word, value}); }
  /// From now on words are loaded in front of `op`.
  void anchorBefore(Operation *op) { anchor = op; }

private:
  Value lookUp(Word word);
  Loops &b;
  Value context, pack;
  ArrayRef<Word> words;
  Operation *anchor = nullptr;
  SmallVector<std::pair<Word, Value>> cache;
};

/// Emits regions of scalar operations for vectors of elements. What does not depend on the element is emitted once, in f64, in front
/// of the outermost loop.
class RegionEmitter {
public:
  RegionEmitter(Loops &b, Access &access, Tables &tables, unsigned width) : b(b), access(access), tables(tables), width(width) {}

  Operation *outermost = nullptr; ///< the loop in front of which uniform values go
  Value element;                  ///< i64, the first element's number
  Value step;                     ///< i64, the counter of random values
  Value timeStep;                 ///< i64, t = timeStep * dt; null where there is no time
  std::function<Value(step::ElementOp)> readElement;
  std::function<Value(bd::EdgeOp)> readEdge; ///< f64
  bool elementsAreEdges = false;             ///< random values are those of kernels/edge_random.h
  /// Whether a random value takes as many draws as it needs, see kernels/distributions.h.
  static bool isByTries(bd::RandomOp op);

  /// Emits all operations of `block` but its terminator, whose arguments stand for `arguments` (vectors of the computing type).
  LogicalResult emit(Block &block, ValueRange arguments);
  /// The vector for a value of an emitted region, in its own number type or in another.
  Value vector(Value value) { return vector(value, tables.compute(value.getType())); }
  Value vector(Value value, Type type);
  void set(Value value, Value wide) { varying[value] = wide; }
  bool isUniform(Value value) const { return uniform.contains(value); }
  /// A scalar: a value that does not depend on the element, in f64 (or i1, i32).
  Value scalar(Value value) { return uniform.lookup(value); }

private:
  LogicalResult emitOne(Operation &op);
  LogicalResult emitUniformLeaf(Operation &op, bool &done);
  LogicalResult emitOn(Operation &op, unsigned lanes, Type real, llvm::function_ref<Value(Value)> operand, Value &result);
  LogicalResult emitFunction(bd::FnOp op, unsigned lanes, Type real, ValueRange x, Value &result);
  LogicalResult emitRandom(bd::RandomOp op, Value &result);
  Value power(bd::PowerOp op, unsigned lanes, Type real, Value x);
  Value time();
  Value index(Type real);
  Value cast(Value value, Type to);
  Value kernel(StringRef name, unsigned lanes, Type real, ValueRange operands, ValueRange scalars = {});

  Loops &b;
  Access &access;
  Tables &tables;
  unsigned width;
  DenseMap<Value, Value> uniform, varying;
  DenseMap<std::pair<Value, Type>, Value> broadcasts; ///< uniform values as vectors
  Value timeValue;
};

/// The suffix of kernels: "f64x4".
std::string kernelSuffix(Type real, unsigned width);
/// FNV-1a, 64 bits: the hash of a purpose in kernels/philox.h.
uint64_t nameHash(StringRef text);

/// The one program of a module, and the number type of a precision ("f32", "f64"); failure after an error.
FailureOr<step::ProgramOp> onlyProgram(ModuleOp module);
FailureOr<Type> realType(ModuleOp module, StringRef precision);

/// State shared while a program becomes functions.
struct Lowering {
  Tables &tables;
  ModuleOp module;
  unsigned width;
  StringRef prefix = "phase_"; ///< of the functions' names
  bool isAlone = false;        ///< for runs of one thread
  unsigned phaseFunctions = 0, phasesMerged = 0;

  Loops builder(Location loc) {
    Loops b(loc);
    b.setInsertionPointToEnd(module.getBody());
    return b;
  }
  func::FuncOp function(Loops &b, StringRef name, ArrayRef<Type> inputs, ArrayRef<Type> results, bool isPrivate);
};

/// A phase as a call: the function that does it and the words it wants.
struct PhaseCall {
  std::string function;
  SmallVector<Word> words;
  SmallVector<step::WaitAttr> after; ///< what other threads must have done
  FlatSymbolRefAttr every; ///< a scalar: only in every n-th step
};
FailureOr<PhaseCall> lowerPhase(Lowering &lowering, step::PhaseOp phase, llvm::StringMap<std::string> &known);

/// The canonical text of a phase (equal for phases that differ in symbols alone) and the words that take the symbols' place.
std::string describePhase(Tables &tables, step::PhaseOp phase, SmallVectorImpl<Word> &words);

/// What the body of a phase function has at hand.
struct PhaseFrame {
  Lowering &lowering;
  Loops &b;
  Access &access;
  step::PhaseOp phase;
  Value step, thread; ///< i64
  bool reverse;
  /// The state in which a value from outside of the phase, or a result of it, lies; null for what lives inside alone.
  step::StateOp stateOf(Value value);
  Value array(step::StateOp state);
  Value rows(step::StateOp state);
  /// Row `row` of a ring.
  Value row(step::StateOp state, Value row);
  /// The row of a ring that belongs to this step: step mod rows.
  Value currentRow(step::StateOp state);
  /// step mod n; backwards, steps before the first have negative numbers.
  Value stepModulo(Value n);
  Type storageOf(step::StateOp state);
  RegionEmitter emitter(unsigned width);
};
LogicalResult lowerElementwise(PhaseFrame &frame);
/// The same for one element of `size` (a thread of a GPU); events go to `masks`, one byte per element, in the order of the emits.
LogicalResult lowerElement(PhaseFrame &frame, Value element, Value size, ValueRange masks);
LogicalResult lowerDeliver(PhaseFrame &frame, step::DeliverOp deliver);
LogicalResult lowerContract(PhaseFrame &frame, step::ContractOp contract);
LogicalResult lowerReduce(PhaseFrame &frame, step::ReduceOp reduce);
LogicalResult lowerCount(PhaseFrame &frame, step::CountOp count);

LogicalResult lowerDerive(Lowering &lowering);
LogicalResult lowerInit(Lowering &lowering);
LogicalResult lowerEdges(Lowering &lowering);
LogicalResult lowerRun(Lowering &lowering, step::LoopOp loop, llvm::StringMap<std::string> &known);
/// The same for some lanes at once, `bdc_run_lanes`: of phases that are declared and wait for `bdc-vectorise-lanes`.
LogicalResult lowerRunLanes(Lowering &lowering, step::LoopOp loop, llvm::StringMap<std::string> &known, unsigned lanes);
LogicalResult lowerProbes(Lowering &lowering);
LogicalResult lowerObjective(Lowering &lowering);

/// The JSON text of runtime/abi.h.
FailureOr<std::string> describeProgram(Tables &tables, unsigned width, bool sideBySide);

} // namespace bdc::compiler::lower

#endif
