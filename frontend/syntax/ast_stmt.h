#pragma once

#include "frontend/syntax/ast_expr.h"

/// The syntax tree's statements: of models, of networks, of experiments.
namespace bdc::syntax {

enum class StmtKind : uint8_t {
  // in models, and `param` in networks and experiments too
  Variable, Definition, Derivative, On, Current, Step,
  // inside `on … { }`
  Update, Emit, Hold,
  // in networks
  Population, Project, Start, Connectome, Matrix, Couple, Disturb, Observe,
  // in experiments
  Simulate, Drive, Record, Summarise, Plot, Let, Sweep, Minimise, Fit, Sensitivity,
  // anywhere
  Unsupported
};

struct Stmt {
  const StmtKind kind;
  Range range;
  std::string doc; ///< its documentation comment, without the slashes; lines end with \n

  explicit Stmt(StmtKind kind) : kind(kind) {}
  virtual ~Stmt() = default;
};
using StmtPtr = std::unique_ptr<Stmt>;

template <StmtKind K>
struct StmtOf : Stmt {
  static constexpr StmtKind Kind = K;
  StmtOf() : Stmt(K) {}
};

enum class Role : uint8_t { Param, State, Input, Output, Source, Term };
/// On which side of a projection a state of a `plasticity` lives; `Own` everywhere else.
enum class Side : uint8_t { Own, Pre, Post };

/// `param tau : ms = 5`, `state pre x = 0`, `state m = steady`, `input I : pA`, `output g = decay - rise`,
/// `output expr` (no name), `source z`, `term weight * source` (a coupling's, without a name). A list (`param a = 1, b = 2`) makes one node for each.
struct VariableStmt : StmtOf<StmtKind::Variable> {
  Role role = Role::Param;
  Side side = Side::Own;
  Name name; ///< empty for `output expr` and `term expr`
  UnitText unit;
  ExprPtr value;          ///< null where none is given, and where `steady`
  bool drawn = false;     ///< `~` instead of `=`
  bool steady = false;    ///< `state m = steady`
  bool trainable = false; ///< `param w = 1, trainable`
};

/// `name = expr` in a model: recomputed each step.
struct DefinitionStmt : StmtOf<StmtKind::Definition> {
  Name name;
  ExprPtr value;
};

/// `x' = expr`.
struct DerivativeStmt : StmtOf<StmtKind::Derivative> {
  Name name; ///< without the prime
  ExprPtr value;
};

/// `Spike` is `on spike { }` of a synapse; `PreSpike` and `PostSpike` are those of a plasticity.
enum class Trigger : uint8_t { Condition, Spike, PreSpike, PostSpike };

/// `on v > v_th { … }`, `on spike { … }`, `on pre spike { … }`.
struct OnStmt : StmtOf<StmtKind::On> {
  Trigger trigger = Trigger::Condition;
  ExprPtr condition; ///< for Trigger::Condition
  Range head;        ///< of what stands between `on` and `{`
  std::vector<StmtPtr> body;
};

enum class UpdateOp : uint8_t { Set, Add, Sub, Mul, Div };

/// `v = v_r`, `w += b` inside `on`.
struct UpdateStmt : StmtOf<StmtKind::Update> {
  Name name;
  UpdateOp op = UpdateOp::Set;
  Range opRange;
  ExprPtr value;
};

/// `emit spike`.
struct EmitStmt : StmtOf<StmtKind::Emit> {
  Name event;
};

/// `hold v for t_ref`.
struct HoldStmt : StmtOf<StmtKind::Hold> {
  std::vector<Name> names;
  ExprPtr duration;
};

/// `current expr`: what a mechanism adds to the membrane.
struct CurrentStmt : StmtOf<StmtKind::Current> {
  ExprPtr value;
};

/// `step 1 ms`: an observer's own step.
struct StepStmt : StmtOf<StmtKind::Step> {
  ExprPtr value;
};

/// `tau = 20 ms`, `a ~ normal(-0.02, 0.01) Hz`; a word alone (`trainable`) has no value.
struct Setting {
  Name name;
  bool drawn = false;
  ExprPtr value;
  Range range;
};

/// A model with its parameters set: `Exponential { tau = 5 ms }`.
struct ModelUse {
  Name model;
  std::vector<Setting> settings;
  Range range;

  explicit operator bool() const { return bool(model); }
};

/// `population E = LIF[0.8 * N] { tau = 20 ms }`, `population I = LIF[0.2 * N] like E`, `nodes area = Hopf[SC]`.
struct PopulationStmt : StmtOf<StmtKind::Population> {
  bool nodes = false; ///< begun by `nodes`: the size may name a connectome
  Name name;
  ModelUse use;
  ExprPtr size;
  ExprPtr except; ///< `SC except "lV1"`; null where none
  Name like;    ///< empty where none
  ExprPtr at;   ///< `at SC["lV1"]`; null where none
};

/// A value that is given (`=` or nothing) or drawn (`~`).
struct Value {
  bool drawn = false;
  ExprPtr expr;
  Range range; ///< of the whole clause, with its word

  explicit operator bool() const { return bool(expr); }
};

/// `project E -> E, I { connect … synapse … weight … delay … effect … plasticity … }`.
struct ProjectStmt : StmtOf<StmtKind::Project> {
  Name label; ///< `plastic` in `project plastic: A -> B`; empty where none
  std::vector<ExprPtr> sources, targets;
  ExprPtr connect; ///< a name (`all`) or a call; null where missing (then reported)
  ModelUse synapse, effect, plasticity;
  Value weight, delay;
  Range head; ///< from `project` to the last target
};

/// `start E.v, I.v ~ normal(-55 mV, 2 mV)`. A list of several makes one node for each.
struct StartStmt : StmtOf<StmtKind::Start> {
  std::vector<ExprPtr> places;
  bool drawn = false;
  ExprPtr value;
};

/// `connectome SC = load("brain.h5", normalise = max)`.
struct ConnectomeStmt : StmtOf<StmtKind::Connectome> {
  Name name;
  ExprPtr source; ///< a call
};

/// `matrix L = load("eeg.csv", reference = average)`, `matrix D = distances("contacts.txt", SC)`.
struct MatrixStmt : StmtOf<StmtKind::Matrix> {
  Name name;
  ExprPtr source; ///< a call
};

/// `couple long: area.r -> area.I by additive(SC.weights, strength = G, delay = SC.lengths / speed, steps = nearest)`.
struct CoupleStmt : StmtOf<StmtKind::Couple> {
  Name label; ///< empty where none
  ExprPtr source, target;
  ModelUse rule;         ///< the coupling, with its named arguments as settings
  ExprPtr weight;        ///< the argument without a name; null where none
  ExprPtr delay, steps, history; ///< null where none
  Range head;            ///< from `couple` to the target
};

/// `disturb area.I, area.J by OrnsteinUhlenbeck { sigma = 0.1 }`.
struct DisturbStmt : StmtOf<StmtKind::Disturb> {
  std::vector<ExprPtr> places;
  ModelUse noise;
};

/// `observe bold = BalloonWindkessel(area.r * 1 ms) { V_0 = 0.02 } every 720 ms`.
struct ObserveStmt : StmtOf<StmtKind::Observe> {
  Name name;
  ModelUse use;      ///< the observer with its settings
  ExprPtr source;    ///< what it observes; null where missing (then reported)
  ExprPtr weight;    ///< of a source in what a sensor sees; null where none
  ExprPtr every;     ///< null where none
  Range head;        ///< from `observe` to the closing bracket
};

/// `simulate COBA for 1 s, dt = 0.1 ms, method = heun, discard 20 s`.
struct SimulateStmt : StmtOf<StmtKind::Simulate> {
  Name network;
  ExprPtr duration;
  std::vector<Argument> options; ///< all with names
  ExprPtr discard;
};

/// `drive E.I, I.I = 20 mV`, `drive adex.I = 1 nA from 100 ms to 400 ms`.
struct DriveStmt : StmtOf<StmtKind::Drive> {
  std::vector<ExprPtr> places;
  bool drawn = false;
  ExprPtr value;
  ExprPtr from, to; ///< either may be null
};

/// `record E.v[0:10], spikes(I) every 1 ms`.
struct RecordStmt : StmtOf<StmtKind::Record> {
  std::vector<ExprPtr> items;
  ExprPtr every; ///< null where none
};

/// `summarise rate(E), fc = correlation(bold)`.
struct SummariseStmt : StmtOf<StmtKind::Summarise> {
  std::vector<Argument> items;
};

/// `plot raster(E, I), fc against target`.
struct PlotStmt : StmtOf<StmtKind::Plot> {
  std::vector<ExprPtr> items;
};

/// `let fc = correlation(area.x every 700 ms)`.
struct LetStmt : StmtOf<StmtKind::Let> {
  Name name;
  ExprPtr value;
};

/// What a parameter takes in a sweep: values one by one (`G over linspace(0 ms, 2 ms, 64)`), or anything between two (`G in [0, 2] ms`).
struct SweepAxis {
  ExprPtr parameter;
  bool isRange = false; ///< `in`
  ExprPtr values;
  Range range;
};

/// `sweep G over [1, 2, 3] ms, seed over seeds(5)`, `sweep G in [0, 2] ms, speed in [1, 10] mm/ms by sobol(64)`.
struct SweepStmt : StmtOf<StmtKind::Sweep> {
  std::vector<SweepAxis> axes;
  ExprPtr sampling; ///< null: all combinations
};

/// `minimise 1 - similarity(fc, target)`, `maximise …`.
struct MinimiseStmt : StmtOf<StmtKind::Minimise> {
  bool isMaximum = false;
  ExprPtr value;
};

/// `area.a each in [-0.5, 0.5] Hz as tanh ~ normal(0 Hz, 0.1 Hz)`.
struct FitAxis {
  ExprPtr parameter;
  bool each = false;   ///< a value for each element
  ExprPtr interval;    ///< null: everywhere
  Name transform;      ///< empty: what suits the interval
  ExprPtr prior;       ///< null: none
  Range range;
};

/// `fit G in [0, 3] Hz, area.a each in [-0.5, 0.5] Hz by adam(rate = 0.01), steps = 200`.
struct FitStmt : StmtOf<StmtKind::Fit> {
  std::vector<FitAxis> axes;
  ExprPtr method;                ///< a name, or a call with its options; null: none given
  std::vector<Argument> options; ///< of the fit; all with names
};

/// `sensitivity of area.x[0:5], bold every 1 ms to G, speed`: how each of the first changes with each of the second.
struct SensitivityStmt : StmtOf<StmtKind::Sensitivity> {
  std::vector<ExprPtr> items;
  ExprPtr every; ///< null where none
  std::vector<ExprPtr> parameters;
};

/// A statement that the language has and this grammar does not go into (`train`, `layer`, …).
struct UnsupportedStmt : StmtOf<StmtKind::Unsupported> {
  Name keyword;
};

std::string_view symbol(UpdateOp op);

} // namespace bdc::syntax
