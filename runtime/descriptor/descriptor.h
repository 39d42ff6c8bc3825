/// The tables of a compiled program, read from the JSON text described in abi.h. Every index is a position in the named
/// table and has been checked; -1 stands for "none".
#pragma once

#include "runtime/error.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bdc::runtime {

/// Coherent number -> the user's unit: value * factor + offset.
struct Display {
  std::string unit; ///< empty for a pure number
  double factor = 1, offset = 0;
  std::string difference = {}; ///< the unit of differences, where an offset makes it another
  double operator()(double coherent) const { return coherent * factor + offset; }
  /// How differences of what is shown so are shown.
  Display ofDifferences() const { return offset == 0 ? *this : Display{difference, factor, 0, {}}; }
};

/// "mV per Hz"
std::string unitPer(const Display &what, const Display &of);

struct Scalar {
  std::string name;
  Display display;
  bool settable = false;
  bool whole = false;  ///< must be a whole number (to rounding error)
  bool merged = false; ///< what it belongs to shares a state with others of equal value: to set it is to compile again
  int given = -1;      ///< scalar that the host sets to 1 where it sets this one; -1: none needs to know
  bool part = false;   ///< of an expression that is computed in the time loop, perhaps of a branch that is never taken
};

struct Space {
  std::string name;
  int size = -1; ///< scalar
  bool isApart = false; ///< its elements are none of the network: sensors
  int regions = -1;     ///< that its elements are; -1: none
};

/// Some regions of a connectome, in its order.
struct Regions {
  std::string name;
  int data = -1;
  int size = -1;                  ///< scalar that gets their number
  std::vector<std::string> picks; ///< "label=lV1", "number=3", "slice=0:38:1"; empty: all
  bool except = false;            ///< all but these
};

/// A scalar that gets the position of a label: among regions, or among the rows of data.
struct Label {
  int scalar = -1;
  std::string label;
  int regions = -1, data = -1;
};

enum class Kind { hidden, param, short_term, trace, delay, work, adjoint, tape };
/// Element types; the numbers of f32 … u8 are those of bdc_probe.
enum class Type { f32 = 0, f64 = 1, i32 = 2, u8 = 3 };
inline int sizeOf(Type type) {
  constexpr int bytes[] = {4, 8, 4, 1};
  return bytes[static_cast<int>(type)];
}

struct Array {
  std::string name;
  int space = -1;
  Display display;
  Kind kind = Kind::hidden;
  Type type = Type::f64;
  int rows = -1; ///< scalar, or -1 for one row
  bool byElement = false; ///< the rows of one element lie together
  int given = -1;         ///< scalar that the host sets to 1 where it gives the values; -1: none needs to know

  /// Whether the host can give its values: a param, or what a state begins with.
  bool canBeGiven() const {
    return rows < 0 && (kind == Kind::param || kind == Kind::hidden) && (type == Type::f32 || type == Type::f64);
  }
};

enum class Rule { one_to_one, all_to_all, random, fixed_in_degree, fixed_out_degree, connectome };

/// Elements first, first + 1, … last - 1 of a space; both are scalars. -1: the whole space.
struct Range {
  int first = -1, last = -1, stride = -1;
};

struct Graph {
  std::string name;
  int source = -1, target = -1; ///< spaces
  Rule rule = Rule::all_to_all;
  std::vector<int> arguments; ///< scalars
  bool allowSelf = false;
  uint64_t key = 0;
  Range sourceRange, targetRange;
  int weight = -1;   ///< edges function, or -1 where homogeneous
  Type weightType = Type::f64;
  int delay = -1;    ///< edges function, or -1
  int fraction = -1; ///< edges function, or -1 where delays are whole
  int data = -1;     ///< of the rule connectome
  int maxDelay = -1; ///< scalar: drawn delays lie in [0, max_delay] steps
  bool byTarget = false, bySource = false; ///< whose edges are summed over
  bool isBeside = false; ///< the edges of another one with other weights

  /// From each element to itself: what a model reads of its own past.
  bool isPast() const { return fraction >= 0 && data < 0; }
};

struct Select {
  int first = -1, last = -1, stride = -1; ///< scalars, as in Python's slices; -1: from the start, to the end, 1
};

/// A connectome or a matrix: read from a file, or made by a generator.
struct DataSource {
  std::string name;
  /// Scalars that the data sets.
  struct Facts {
    int size = -1, leastWeight = -1, greatestWeight = -1, leastLength = -1, greatestLength = -1;
    int rows = -1; ///< of a matrix, whose columns `size` then counts; -1: a connectome
    int connections = -1; ///< how many there are; -1: nothing needs to know
  } facts;
  int weights = -1; ///< array with those of its connections, row by row, which can be given; -1: none
  std::string file;               ///< relative to the model's folder; empty: made
  std::string generator;          ///< "synthetic", "distances"
  std::vector<std::string> words; ///< options: "normalise=max"
  std::vector<std::pair<std::string, int>> arguments; ///< options that are numbers: scalars
  bool readsLengths = false;                          ///< what has no lengths will not do
  /// Of an earlier table: the connections from some columns to some rows. Slices count among these.
  struct Part {
    int table = -1;             ///< -1: it is none
    int rows = -1, columns = -1; ///< regions; -1: all
    Select rowSlice, columnSlice;
  } part;
};

struct Queue {
  std::string name;
  int space = -1;
  int depth = -1; ///< scalar
};

enum class RecordKind { array = 0, probe = 1, spikes = 2 }; // numbers of bdc_probe

struct Record {
  std::string text; ///< as the user wrote it
  std::string name; ///< of the data set
  RecordKind kind = RecordKind::array;
  int index = -1; ///< array, probe function or queue
  int space = -1;
  Type type = Type::f64; ///< of a probe's samples
  Select select;
  int every = -1; ///< scalar (ms), or -1: every step
  Display display;
};

/// An argument of a summary or a plot.
struct Argument {
  enum class Kind { queue, array, record, probe, space, scalar, summary, parameter, data, node } kind = Kind::scalar;
  int index = -1;
  std::string name; ///< of an option such as `bin`, a parameter, a part of the data; empty for the others
  Select select;
  int every = -1;   ///< scalar (ms); -1: 1 ms, or a step where that is longer
  int space = -1;   ///< of a probe
  Type type = Type::f64; ///< of a probe's samples
  std::string text; ///< as the user wrote it; may be empty
  bool hasDisplay = false;
  Display display; ///< where the samples are shown in a unit of their own
};

/// A summary or a plot: a function by name and what it is applied to.
struct Query {
  std::string text; ///< as the user wrote it
  std::string function;
  std::vector<Argument> arguments;
  Display display;

  /// Null where it is not given.
  const Argument *option(std::string_view name) const {
    for (const Argument &a : arguments)
      if (a.kind == Argument::Kind::scalar && a.name == name)
        return &a;
    return nullptr;
  }
};

/// What the objective sees.
struct Observed {
  Record record;
  int adjoint = -1, rows = -1; ///< array and scalar; -1 where there is no gradient
  std::optional<Record> tangent; ///< of a program with tangents: how what is seen changes; none where it does not
  int tangentAdjoint = -1, tangentRows = -1; ///< the same of that
};

/// A functional (runtime/objective) of what is observed, of data, or of functionals before it.
struct FunctionalNode {
  std::string text, function;
  struct Source {
    enum class Kind { observed, node, data } kind = Kind::observed;
    int index = -1;
  };
  std::vector<Source> sources;
  std::vector<std::pair<std::string, int>> options; ///< scalars
};

/// A table, or spikes, that an objective reads.
struct DataFile {
  std::string file;               ///< relative to the model's folder
  std::vector<std::string> words; ///< options: "name=fc"
  Display display;                ///< of a table's numbers
  int like = -1;                  ///< spikes of the elements of this one of what is observed; -1: a table
};

struct Objective {
  std::vector<FunctionalNode> nodes;
  std::vector<DataFile> files;
  std::vector<int> leaves; ///< nodes
  Display display;
  bool maximise = false;   ///< it is the negative of what was written
};

/// What the objective is differentiated by.
struct GradientParameter {
  std::string name;
  int scalar = -1, array = -1; ///< one of them
  struct Part {
    int array = -1, factor = -1;  ///< factor: a scalar, or -1 for 1
    int edges = -1, factors = -1; ///< of a table's weights: the graph with whose edges, by source, it lies, and the one that has their factors, or -1 for 1
  };
  std::vector<Part> parts;
};

struct Gradient {
  int segment = -1; ///< scalar: rows of the tape; -1 where nothing is taped
  std::vector<GradientParameter> parameters;
};

/// The direction along which a program with tangents differentiates.
struct Tangent {
  struct Parameter {
    std::string name;
    int scalar = -1, array = -1; ///< one of them
    int along = -1;              ///< where the direction is given: a scalar, an array
    std::vector<int> observed;   ///< whose changes with it are asked for as curves
  };
  std::vector<Parameter> parameters;
};

/// Scalars are those of the program, so what is set from outside holds for a fit too.
struct FitParameter {
  std::string name;
  int scalar = -1, array = -1; ///< one of them
  int low = -1, high = -1;     ///< scalars; -1: no end
  std::string transform;       ///< as in runtime/optimise/transform.h
  Select select;               ///< elements that move; the others keep their values
  std::string prior;           ///< a density; empty: none
  std::vector<int> priorArguments; ///< scalars
};

struct FitRequest {
  std::vector<FitParameter> parameters;
  std::string method;
  struct Option {
    std::string name;
    int scalar = -1;
    std::string word; ///< instead of the scalar
  };
  std::vector<Option> options;
  int steps = -1, starts = -1, screen = -1; ///< scalars; -1: as runtime/optimise has it
  int truncate = -1;                        ///< scalar, ms; -1: derivatives go back through the whole run
  std::string spread;                       ///< "sobol", "random", "bayes"
  struct Rules {
    int loss = -1, patience = -1, tolerance = -1, parameters = -1, gradient = -1, time = -1; ///< scalars
  } stop;
  bool uncertainty = false;
};

struct Descriptor {
  std::string hash, name, experiment, network;
  Type real = Type::f64;
  int width = 1;
  std::vector<Scalar> scalars; ///< [0] is dt (ms)
  int duration = -1, discard = -1;
  std::vector<Space> spaces;
  std::vector<Array> arrays;
  std::vector<Graph> graphs;
  std::vector<DataSource> data;
  std::vector<Regions> regions;
  std::vector<Label> labels;
  std::vector<Queue> queues;
  std::vector<Record> records;
  std::vector<Query> summaries, plots;
  std::vector<std::string> loops; ///< roles
  std::vector<Observed> observed;
  std::optional<Objective> objective;
  std::optional<Gradient> gradient;
  std::optional<Tangent> tangent;
  std::vector<std::string> unseen; ///< events that change with what derivatives are by, and are not followed: "spikes(E)"
  /// That in words, to stand behind how derivatives were come by; empty where all is followed.
  std::string unseenText() const;
  std::optional<FitRequest> fit;
  std::vector<int> checks; ///< arrays searched for NaN and infinity
  int lanes = 0;           ///< that `bdc_run_lanes` runs at once; 0: there is none
  std::vector<int> alike;  ///< scalars that these lanes must have in common
  std::vector<int> built;  ///< scalars that edges and params of elements are made from
  int edgeFunctions = 0;   ///< bdc_edges_0 … are used by the graphs
  int probeFunctions = 0;  ///< bdc_probe_0 … are used by the records

  /// The table that has its connections' weights in an array; -1: none has.
  int weightsOf(int array) const {
    for (size_t i = 0; i < data.size(); ++i)
      if (array >= 0 && data[i].weights == array)
        return static_cast<int>(i);
    return -1;
  }
};

/// Reads and checks a descriptor: version, types, every index.
Result<Descriptor> parseDescriptor(std::string_view json);

} // namespace bdc::runtime
