// The checked program of one experiment: the only thing that translation and `bdc check` look at.
//
// Everything is resolved: names are indices, units are dimensions, numbers are coherent (ms, mV, pA, nS, pF, GOhm,
// um, amol, K), defaults and settings are merged. Models are instances: a definition with its units resolved for its
// uses, so a polymorphic `Exponential` may appear once per unit of its `g`; equal instances are one Model.
#pragma once

#include "frontend/rules/expr.h"
#include "frontend/syntax/ast.h"

#include <deque>
#include <memory>
#include <optional>

namespace bdc::rules {

enum class VariableRole : uint8_t {
  Param,  ///< `value` is the default, null where every use must set it; a use's value is in its Bindings
  State,  ///< `value` is the initial value (over params; a `steady` one has been solved), null means 0
  Input,  ///< the sum of what drives it; an observer's source
  Let,    ///< `value` over anything of the model; in an order in which each comes after what it reads
  Output, ///< `value`; a synapse's output has a name, an effect's has none; a coupling's `term` is called "term", an observer's output "output"
};

struct Variable {
  VariableRole role = VariableRole::Param;
  std::string name;
  std::string doc;
  units::Dimension dimension;
  std::string unit; ///< for display
  const Expr *value = nullptr;
  bool drawn = false;               ///< `param a ~ normal(…)`: per element
  const Expr *derivative = nullptr; ///< of a State; null: constant between events
  bool constant = false;            ///< a Param, or a Let that depends on nothing but params and constants
  bool noisy = false;               ///< a Let that reads Op::White, itself or through another
  Range range;                      ///< of the name in its declaration
};

enum class ActionKind : uint8_t { Emit, Set, Hold };

/// One action of an `on`. They happen in order; each sees what the ones before have set.
struct Action {
  ActionKind kind = ActionKind::Emit;
  int variable = -1;               ///< Set, Hold: the state, index into Model::variables
  const Expr *value = nullptr;     ///< Set: the new value (`w += b` reads `w + b`); Hold: for how long
  const Expr *increment = nullptr; ///< Set written with += or -=: what is added; else null
  Range range;
};

/// `on C { … }` of a neuron (`condition`), or `on spike { … }` of a synapse (no condition).
struct Handler {
  const Expr *condition = nullptr;
  std::vector<Action> actions;
  Range range;
};

struct Model {
  syntax::ModelKind kind = syntax::ModelKind::Neuron;
  std::string name;       ///< unique in the program: "Exponential", "Exponential_2"
  std::string definition; ///< as defined: "Exponential"
  std::string doc;
  std::vector<Variable> variables; ///< params, inputs, states in the order written; lets in order of use; outputs
  std::vector<Handler> handlers;
  units::Dimension weight; ///< synapses: the dimension of an event's weight; couplings: of a connection's
  std::string weightUnit;
  Range range; ///< of the name in its definition

  const Variable *find(std::string_view name) const;
  int indexOf(std::string_view name) const; ///< -1 where there is none
};

/// A run-time number: whatever `--set` may name, and what such numbers' defaults refer to. In an order in which each
/// default reads only earlier scalars (Op::Scalar) and constants.
struct Scalar {
  std::string path; ///< "N", "E.tau", "E.size", "E_to_I.weight", "E_to_I.p", "dt", "duration", "discard"
  std::string doc;
  units::Dimension dimension;
  std::string unit;            ///< for display
  const Expr *value = nullptr; ///< the default; of an affine unit in kelvin like everything else
  bool whole = false;          ///< must be a whole number when the program runs, to rounding error
  bool isIncrement = false;    ///< something is moved by it: of temperatures a difference
  bool given = false;          ///< no default: the value comes with the data (`SC.size`)
  std::string fixedBy;         ///< why `--set` cannot change it, after "it is": "the number of regions of SC"; else empty
  Range range;
};

/// The value of something at network level: a run-time scalar, or drawn once per element or edge.
struct Value {
  int scalar = -1;             ///< index into Program::scalars, or -1 where drawn
  const Expr *drawn = nullptr; ///< over scalars and Op::Random; null where not drawn

  bool isDrawn() const { return drawn != nullptr; }
  explicit operator bool() const { return scalar >= 0 || drawn; }
};

/// The value of one param in one use of a model. There is one for every param, in the order of Model::variables.
struct Binding {
  int param = -1; ///< index into Model::variables
  Value value;
  std::string path; ///< "E.tau": also the name of the stream of a drawn one
  bool each = false; ///< one number that becomes a value for each element: a fit moves these
};

struct ModelUse {
  int model = -1; ///< index into Program::models
  std::vector<Binding> bindings;

  explicit operator bool() const { return model >= 0; }
};

/// Regions of a connectome, which nodes have one for each of, or for which a population stands in. They are looked up when the program runs.
struct Regions {
  int connectome = -1; ///< index into Program::connectomes; -1: none
  /// "label=lV1", "number=3", "slice=0:38:1" with any part left out. Empty: all.
  std::vector<std::string> picks;
  bool except = false; ///< all but these

  explicit operator bool() const { return connectome >= 0; }
  bool areAll() const { return picks.empty(); }
};

struct Population {
  std::string name;
  std::string doc;
  ModelUse use;
  int size = -1;      ///< index into Program::scalars
  std::string method; ///< an integrator of its own, or empty
  const Expr *surrogate = nullptr; ///< what gradients take for the derivative of a spike: over Op::Term, the distance from threshold; null: none
  Regions regions;
  bool standsIn = false; ///< `at SC["lV1"]`: all of it for one region; else it has an element for each
  Range range;
  Range methodRange; ///< of `method`, where it has one of its own
};

/// Python's slice over the elements of a population: absent bounds are null, negative ones count from the end.
/// `x[3]` is `single`, with its index in `start`. The expressions are over scalars and are whole at run time.
struct Slice {
  bool all = true;
  bool single = false;
  const Expr *start = nullptr, *stop = nullptr, *step = nullptr;
};

enum class ConnectRule : uint8_t { OneToOne, AllToAll, Random, FixedInDegree, FixedOutDegree };

/// One pair of source and target population. The pairs of one statement share its scalars.
struct Projection {
  std::string name;             ///< unique among projections: "E_to_I", or "E_to_E_I__E_I" where a statement has several pairs
  std::string statement;        ///< "E_to_E_I", or the label given
  int source = -1, target = -1; ///< populations
  Slice sourceSlice, targetSlice;
  int input = -1; ///< variable of the target's model: an Input, or the State that events are added to (no synapse)
  ConnectRule rule = ConnectRule::AllToAll;
  int argument = -1;        ///< scalar of p (Random) or of the degree
  bool allowSelf = true;    ///< whether an element may connect to itself, where source and target are one population
  ModelUse synapse, effect; ///< both or none
  Value weight;             ///< empty where the synapse does not read one
  Value delay;              ///< empty: none
  Range range;              ///< of the head of the statement
};

struct Option {
  std::string name;
  const Expr *value = nullptr; ///< over scalars
};

/// `connectome SC = load("file.h5", …)`: weights and lengths of connections, read when the program runs. Entry [i][j] is the
/// connection to i from j; what is 0 is no connection. `matrix L = load("eeg.csv")` is one, too, from columns to rows.
struct Connectome {
  std::string name; ///< "SC"
  std::string doc;
  std::string file;                    ///< as written, relative to the model file; empty: `generator`
  std::string generator;               ///< `synthetic`, with `arguments`; `distances` of contacts from regions
  std::vector<std::string> words;      ///< options that are words, as "normalise=max_in_strength"
  std::vector<Option> arguments;       ///< options that are numbers over scalars
  int size = -1;                       ///< index into Program::scalars: "SC.size"; its value comes from the file
  int rows = -1;                       ///< of a matrix: "L.rows", and `size` is "L.columns"; else -1
  bool broken = false;                 ///< a mistake has been reported: what it has is not known
  Range range;

  bool isMatrix() const { return rows >= 0; }
  bool isDistances() const { return generator == "distances"; }
  /// What has a value for each connection, or for each entry of a matrix.
  std::vector<std::string_view> membersWithEntries() const {
    if (!isMatrix())
      return {"weights", "lengths"};
    return {isDistances() ? "lengths" : "values"};
  }
};

enum class DelaySteps : uint8_t { Interpolated, Nearest, Ceil };

/// `couple area.r -> area.I by additive(SC.weights, strength = G, delay = SC.lengths / speed)`.
struct Coupling {
  std::string name;            ///< label, or "area_r_to_area_I"; its params are scalars "area_r_to_area_I.strength"
  int source = -1, target = -1; ///< populations
  Slice sourceSlice, targetSlice; ///< of what has an element for each region
  int connectome = -1;
  int window = -1; ///< scalar "E_to_area_I.window" where `value` reads the source's rate (Op::Rate); else -1
  const Expr *value = nullptr; ///< the source's quantity, over Op::Element of the source's model
  const Expr *own = nullptr;   ///< what `target` reads, over Op::Element of the target's model; null where the coupling does not read it
  int input = -1;              ///< variable of the target's model
  ModelUse rule;               ///< a Model of kind Coupling: Outputs "term" and ""
  const Expr *weight = nullptr; ///< over Op::Edge and scalars
  const Expr *delay = nullptr;  ///< over Op::Edge and scalars; null: none
  const Expr *history = nullptr; ///< what the source was before the run, over scalars and Op::Index; null: as it starts
  DelaySteps steps = DelaySteps::Interpolated;
  Range range;
};

/// `disturb area.I by OrnsteinUhlenbeck { … }`: a process of its own for every element, added to an input.
struct Disturbance {
  std::string name; ///< unique: "area.I" (then "area.I_2"); its params are scalars "area.I.sigma"
  int population = -1, input = -1;
  ModelUse noise; ///< a Model of kind Noise: one Output without a name
  Range range;
};

/// `observe bold = BalloonWindkessel(area.r * 1 ms) { V_0 = 0.02 } every 720 ms`: a model that follows a quantity of a population on a step
/// of its own, from the mean of that quantity over the step.
struct Observer {
  std::string name; ///< its params are scalars "bold.V_0"
  std::string doc;
  int population = -1;         ///< what is observed: it has as many elements
  const Expr *value = nullptr; ///< over Op::Element of the population's model
  ModelUse use;                ///< a Model of kind Observer: one Input, the source, and one Output; "term" where it sums
  int matrix = -1;             ///< index into Program::connectomes: from elements to sensors; -1: it sees each element by itself
  const Expr *weight = nullptr; ///< over Op::Edge and scalars, where there is a matrix
  int step = -1, every = -1;   ///< scalars "bold.step", before it is rounded to steps of the run, and "bold.every"
  std::string method;          ///< integrator of its states
  Range range;
};

/// The number of an element by its label, as in `area["lA1"]`: of a population with an element for each region, or of an observer's sensors.
struct Label {
  int scalar = -1; ///< "area[lA1]"; its value comes with the data
  int population = -1, observer = -1;
  std::string label;
  Range range;
};

/// `start E.v ~ normal(…)`, with what `start E.v[0:10] = …` says of a part put into it.
struct Start {
  int population = -1, state = -1;
  const Expr *value = nullptr; ///< over scalars, Op::Index, and Op::Random where `drawn`
  bool drawn = false;
  Range range;
  /// The slices of `start E.v[0:10] = …`.
  struct Part {
    Slice slice;
    Range range;
  };
  std::vector<Part> parts = {};
};

struct Drive {
  int population = -1, input = -1;
  Slice slice;
  const Expr *value = nullptr;               ///< over scalars, t and dt
  const Expr *from = nullptr, *to = nullptr; ///< over scalars; null: from the beginning, to the end
  Range range;
};

/// The elements and the quantity of a recording, a summary or a plot.
struct Quantity {
  int population = -1;
  int observer = -1;   ///< index into Program::observers where something of an observer is meant
  int projection = -1; ///< index into Program::projections where something of its synapse is meant, on the elements of its target
  Slice slice = {};
  const Expr *value = nullptr; ///< over Op::Element and scalars; null: spikes
  const Expr *every = nullptr; ///< over scalars: how often an observer is sampled; null for populations
  std::string text = {};       ///< as written: "E.v[0:10]", "spikes(E)"

  bool isOfSame(const Quantity &other) const {
    return population == other.population && observer == other.observer && projection == other.projection;
  }
};

struct Record {
  Quantity what;
  const Expr *every = nullptr; ///< over scalars; null: each step (spikes: always null)
  Range range;
};

/// One parameter of a sweep and what it takes: the values of a list; a row of them between two ends, that many (`values` are the ends
/// and the number); successive seeds (the number); anything between two ends.
struct SweptParameter {
  enum class Form : uint8_t { List, Linear, Logarithmic, Seeds, Between };
  int scalar = -1; ///< -1: the seed
  Form form = Form::List;
  std::vector<const Expr *> values; ///< over scalars
  Range range;
};

/// `sweep G over [1, 2] ms, speed over [3, 4] mm/ms`: all combinations; or points of a box `by sobol(64)`.
struct Sweep {
  enum class Sampling : uint8_t { Grid, Sobol, Random };
  std::vector<SweptParameter> parameters;
  Sampling sampling = Sampling::Grid;
  const Expr *count = nullptr; ///< of points in the box
  Range range;
};

enum class RequestKind : uint8_t { Summary, Plot };

/// `summarise cv_isi(E)` or `plot rate(E, I, bin = 5 ms)`. The functions of summaries and plots, and what each of them takes, are
/// the table in requests.cpp.
struct Request {
  RequestKind kind = RequestKind::Summary;
  std::string function;
  std::string text; ///< as written, or the name given: the key in the summary
  std::vector<Quantity> quantities;
  std::vector<int> records; ///< for each quantity the index of a Record that holds it, or -1
  std::vector<Option> options;
  int summary = -1;                    ///< of a plot of function "against": which of the summaries is drawn …
  std::vector<std::string> parameters; ///< … against which one or two swept parameters
  int functional = -1;                 ///< of a plot of function "comparison": which part of the objective compares them
  int connectome = -1;                 ///< of a plot of function "connectome"
  std::string part;                    ///< … `weights` or `lengths`; empty: both
  Range range;
};

/// What an objective is made of: a function of recorded quantities, of tables from files and of what other functions give. The
/// functions are the table in functionals.cpp.
struct Functional {
  struct Operand {
    int observed = -1, functional = -1, data = -1; ///< one of them: index into the lists of the Objective
    bool operator==(const Operand &) const = default;
  };
  std::string function;
  std::string text; ///< as written, or the name that a `let` gives it
  std::vector<Operand> operands;
  std::vector<std::pair<std::string, int>> options; ///< scalars
  Range range;
};

/// `load("fc.csv", unit = mV)`, read when the program runs.
struct ObjectiveData {
  std::string file;               ///< as written, relative to the model file
  std::vector<std::string> words; ///< "name=fc"
  std::string unit;
  int like = -1; ///< spikes of the elements of this observed quantity; -1: a table
};

/// `minimise 1 - similarity(fc, target)`.
struct Objective {
  bool isMaximum = false;
  const Expr *value = nullptr; ///< over Op::Term and scalars
  std::string text;
  std::vector<Functional> functionals; ///< each after those that it reads
  std::vector<Record> observed;
  std::vector<ObjectiveData> data;
  Range range;
};

/// `area.a each in [-0.5, 0.5] Hz as tanh ~ normal(0 Hz, 0.1 Hz)`.
struct FitParameter {
  std::string name;                    ///< "G", "area.a"
  int scalar = -1;                     ///< or
  int population = -1, variable = -1;  ///< a param or a state (its initial value) of every element
  Slice slice;                         ///< the elements that move
  int connectome = -1;                 ///< or the weight of each of its connections
  int low = -1, high = -1;             ///< scalars; -1: no bound
  std::string transform = "automatic";
  std::string prior;                   ///< empty: none
  std::vector<int> priorArguments;     ///< scalars
  Range range;
};

/// An option of a fit: a number or a word.
struct FitOption {
  std::string name;
  int scalar = -1;
  std::string word = {};
};

struct Fit {
  std::vector<FitParameter> parameters;
  std::string method = "adam";
  bool usesGradient = true;
  std::vector<FitOption> methodOptions; ///< `rate = 0.01`
  std::vector<FitOption> options;       ///< `steps = 200`
  Range range;
};

/// `sensitivity of area.x, bold every 1 ms to G, speed`: how each series changes with each number.
struct Sensitivity {
  struct Parameter {
    int scalar = -1;
    Range range;
  };
  std::vector<int> series; ///< of what the experiment follows
  std::vector<Parameter> parameters;
  Range range;
};

struct Experiment {
  std::string name;
  std::string doc;
  int duration = -1, step = -1; ///< scalars "duration" and "dt"
  int discard = -1;             ///< scalar, or -1
  std::string method;           ///< integrator: exponential_euler (also where none is given), euler, midpoint, heun, rk4, euler_maruyama, milstein
  Range methodRange;
  std::vector<Drive> drives;
  std::vector<Record> records;
  std::vector<Request> requests;
  std::vector<Sweep> sweeps; ///< their combinations
  std::optional<Objective> objective;
  std::optional<Fit> fit;
  std::vector<Sensitivity> sensitivities; ///< where there is neither a sweep nor an objective
  std::vector<Record> followed;           ///< by all of them, each series once

  /// Calls with each quantity that a run gives values of, how often it does (null: each step, or spikes), and where that is asked for.
  template <typename Visit> void eachQuantity(const Visit &visit) const;
  /// Whether a parameter is swept; -1: the seed.
  const SweptParameter *findSwept(int scalar) const;
};

template <typename Visit> void Experiment::eachQuantity(const Visit &visit) const {
  auto all = [&](const std::vector<Record> &list) {
    for (const Record &each : list)
      visit(each.what, each.every, each.range);
  };
  all(records);
  for (const Request &request : requests)
    for (const Quantity &each : request.quantities)
      visit(each, each.every, request.range);
  if (objective)
    all(objective->observed);
  all(followed);
}

struct Program {
  std::string network;
  std::string doc;
  std::vector<Scalar> scalars;
  std::vector<Model> models;
  std::vector<Population> populations;
  std::vector<Projection> projections;
  std::vector<Connectome> connectomes;
  std::vector<Coupling> couplings;
  std::vector<Disturbance> disturbances;
  std::vector<Observer> observers;
  std::vector<Start> starts;
  std::vector<Label> labels;
  Experiment experiment;
  std::deque<Expr> nodes; ///< owns every expression above

  /// The model whose variables a quantity reads.
  const Model &modelOf(const Quantity &quantity) const {
    const ModelUse &use = quantity.observer >= 0     ? observers[quantity.observer].use
                          : quantity.projection >= 0 ? projections[quantity.projection].synapse
                                                     : populations[quantity.population].use;
    return models[use.model];
  }

  /// The scalar that counts the elements of a quantity's population or observer.
  int sizeOf(const Quantity &quantity) const {
    int matrix = quantity.observer >= 0 ? observers[quantity.observer].matrix : -1;
    if (matrix < 0)
      return populations[quantity.population].size;
    return connectomes[matrix].isMatrix() ? connectomes[matrix].rows : connectomes[matrix].size;
  }
  const std::string &nameOf(const Quantity &quantity) const {
    return quantity.observer >= 0     ? observers[quantity.observer].name
           : quantity.projection >= 0 ? projections[quantity.projection].name
                                      : populations[quantity.population].name;
  }

  Program() = default;
  Program(const Program &) = delete;
  Program(Program &&) = default;
};

} // namespace bdc::rules
