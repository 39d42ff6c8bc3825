// Checking a network: params, populations, projections, initial values.
#pragma once

#include "frontend/rules/expressions.h"
#include "frontend/rules/model.h"

#include <set>
#include <span>

namespace bdc::rules {

struct ParameterUse;

/// `E`, `E[0:10]`, `E.I`, `E.v[0:10]`, `E[0:10].v`: a population, perhaps some of it, perhaps something of it.
struct PlaceName {
  syntax::Name population, member;
  const syntax::IndexExpr *slice = nullptr;
};
/// Nothing where the expression is not of that form.
std::optional<PlaceName> placeName(const syntax::Expr &expr);

/// How the params of one use of a model get their values.
struct UseSpec {
  const syntax::ModelUse *use = nullptr;
  std::string prefix;                           ///< "E", "E_to_I": paths are prefix.param
  std::vector<std::string> taken;               ///< members of that prefix which a param must not hide
  std::string qualifier;                        ///< "synapse": prefix.synapse.param for those
  std::string through;                          ///< for messages: what the use turns into what
  const std::vector<Binding> *like = nullptr;   ///< bindings of the population that this one is like
  const std::vector<Binding> *shared = nullptr; ///< bindings of an earlier pair of the same statement: used as they are
  std::string unit = {};                        ///< of what the use acts on, as it was declared: params of that kind are shown in it
};

/// A network being checked into a program. It lives until the experiment has been checked too, then `finish` is called.
class NetworkBuilder : public Scope {
public:
  NetworkBuilder(Context &context, const FileScope &file, const syntax::NetworkDecl &decl);
  void run();
  void finish();

  // what experiments need
  Answer name(const syntax::Name &name) override;
  Answer member(const syntax::MemberExpr &expr) override;
  void candidates(std::vector<std::string_view> &names) const override;
  /// `v` where quantities are read: the help names those of populations that are called so; empty where none is.
  std::string inPopulations(std::string_view variable) const;
  /// The population, or -1: reported.
  int population(const syntax::Name &name);
  int findPopulation(std::string_view name) const;
  int findConnectome(std::string_view name) const;
  int findObserver(std::string_view name) const;
  ModelInstance &instanceOf(const Observer &observer) { return instances[observer.use.model]; }
  ModelInstance &synapseOf(const Projection &projection) { return instances[projection.synapse.model]; }
  ModelInstance &instanceOf(int population) { return instances[program.populations[population].use.model]; }
  /// Labels are those of the population's regions, or of the observer's sensors.
  Slice slice(const syntax::IndexExpr *expr, int population, int observer = -1);
  /// Reports `area.x[t - d]`, which only models can read.
  bool reportPast(const syntax::IndexExpr &expr);
  int addScalar(std::string path, std::string doc, UnitTerm term, std::string unit, const Expr *value, Range range);
  int findScalar(std::string_view path) const;
  /// Whether a parameter that is not there may have been lost to a mistake that has been reported.
  bool mayHave(std::string_view path) const;
  bool mayHave(const ModelInstance &instance, std::string_view name) const;
  /// The scalar that an expression names, for what a statement does with it; -1: reported. In settable.cpp.
  int movable(const syntax::Expr &expr, const ParameterUse &use);
  const Expr *readScalar(int scalar, Range range);
  const UnitTerm &termOf(int scalar) const { return scalarTerms[scalar]; }
  /// A variable of the population's model with one of the roles; -1: reported with what there is.
  int memberOf(int population, const syntax::Name &member, const std::vector<VariableRole> &roles, std::string_view what) {
    return memberOf(instanceOf(population), program.populations[population].name, member, roles, what);
  }
  int memberOf(const ModelInstance &instance, const std::string &owner, const syntax::Name &member,
               const std::vector<VariableRole> &roles, std::string_view what);
  std::optional<std::string> method(const syntax::Expr &expr);
  /// False, and reported, where the population never does.
  bool emitsSpikes(int population, Range range);
  const syntax::NetworkDecl &declaration() const { return decl; }
  /// Whether a statement declares a param, a population, nodes or an observer of this name, be it in error or not.
  bool declares(std::string_view name) const;
  /// Whether a file of data is there; reported where not.
  bool isThere(const syntax::Expr &name);

private:
  struct Statement; ///< what the pairs of one `project` share

  bool claim(const syntax::Name &name);
  void addParam(const syntax::VariableStmt &stmt);
  void populate(const syntax::PopulationStmt &stmt);
  int populationSize(const syntax::PopulationStmt &stmt, const Regions &regions);
  int likeOf(const syntax::PopulationStmt &stmt, const ModelInstance &instance);

  // regions.cpp
  Regions regionsOf(const syntax::PopulationStmt &stmt);
  Regions place(const syntax::PopulationStmt &stmt);
  bool choose(const syntax::Expr &expr, Regions &regions);
  bool missesConnectome(const syntax::Expr &expr);
  bool pick(const syntax::Subscript &subscript, Regions &regions);
  std::optional<std::string> number(const syntax::ExprPtr &part);
  const Expr *labelled(const syntax::StringExpr &label, int population, int observer);
  int given(std::string path, std::string doc, std::string fixedBy, Range range);

  const Expr *surrogateOf(const syntax::PopulationStmt &stmt, const ModelInstance &instance); // surrogates.cpp
  int newInstance(const syntax::Name &model, syntax::ModelKind kind, std::optional<syntax::ModelKind> other = std::nullopt);

  void checkOfUse(const syntax::Setting &setting, const syntax::ModelUse &use);
  void reportSetting(const ModelInstance &instance, const syntax::Setting &setting);
  std::vector<Binding> bind(ModelInstance &instance, const UseSpec &spec);
  void fitToo(const ModelInstance &instance, const Binding &binding, const syntax::ModelUse &use);
  std::string shownUnit(int population, int variable);
  Value setting(ModelInstance &instance, int param, const syntax::Setting &setting, const std::string &path, const UseSpec &spec);
  void checkAlone(const syntax::ModelUse &use);
  const Expr *drawnAnew(const Expr *drawn);
  bool mayHaveDefault(const ModelInstance &instance, std::string_view param) const;
  bool followsOwn(const ModelInstance &instance, int param, const UseSpec &spec) const;
  std::set<std::string> defaulted; ///< paths of params that nothing sets, here or in what the use is like
  Value inherited(const ModelInstance &instance, int param, const std::string &path, const UseSpec &spec,
                  const std::vector<Binding> &before);
  Value value(const syntax::Expr &expr, bool drawn, const Expected &expected, const std::string &place, const std::string &path,
              std::string doc);

  void project(const syntax::ProjectStmt &stmt);
  std::string statementName(const syntax::ProjectStmt &stmt);
  void connect(const syntax::ProjectStmt &stmt, Statement &shared);
  std::string pairName(const syntax::ProjectStmt &stmt, const Statement &shared, const PlaceName &source,
                       const PlaceName &target) const;
  void pair(const syntax::ProjectStmt &stmt, Statement &shared, const PlaceName &source, const PlaceName &target);
  bool aim(const syntax::ProjectStmt &stmt, const PlaceName &target, Projection &projection);
  bool mayEmit(const ModelInstance &instance) const;
  bool mayHaveInput(const ModelInstance &instance) const;
  std::string whyNoParam(std::string_view path) const;
  bool act(const syntax::ProjectStmt &stmt, Statement &shared, Projection &projection);
  bool fit(const syntax::ProjectStmt &stmt, const Projection &projection);
  bool fitReceived(const syntax::ProjectStmt &stmt, const Projection &projection, bool &isKnown);
  bool fitTarget(const syntax::ProjectStmt &stmt, const Projection &projection, bool &isKnown);
  Expected weightOf(const Projection &projection, bool fits);
  void weigh(const syntax::ProjectStmt &stmt, Statement &shared, Projection &projection, bool fits);

  // connectomes.cpp
  void connectome(const syntax::ConnectomeStmt &stmt);
  void reportNoConnectome(const syntax::Name &name);
  void loaded(const syntax::CallExpr &call, Connectome &made);
  void made(const syntax::CallExpr &call, Connectome &made);
  bool choose(const syntax::Argument &argument, std::span<const std::string_view> words, Connectome &made);
  Answer connectomeMember(int connectome, const syntax::MemberExpr &expr);
  std::string howEntriesAreRead(std::string_view matrix) const;

  // matrices.cpp
  void matrix(const syntax::MatrixStmt &stmt);
  void matrixOptions(const syntax::CallExpr &call, const std::vector<std::string_view> &known, Connectome &made);
  void distances(const syntax::CallExpr &call, Connectome &made);

  // couplings.cpp
  void couple(const syntax::CoupleStmt &stmt);
  std::string coupleName(const syntax::CoupleStmt &stmt, const Coupling &coupling) const;
  bool coupleEnds(const syntax::CoupleStmt &stmt, Coupling &coupling, const Expr *&window);
  bool pastOf(const syntax::CoupleStmt &stmt, Coupling &coupling);
  bool weighCoupling(const syntax::CoupleStmt &stmt, Coupling &coupling);
  bool edgesOf(const syntax::CoupleStmt &stmt, Coupling &coupling);
  bool delayCoupling(const syntax::CoupleStmt &stmt, Coupling &coupling);
  bool roundCoupling(const syntax::CoupleStmt &stmt, Coupling &coupling);
  bool fitCoupling(const syntax::CoupleStmt &stmt, Coupling &coupling);
  bool sameConnectome(const syntax::CoupleStmt &stmt, const Coupling &coupling);
  bool onlyLinear(const syntax::CoupleStmt &stmt, const Coupling &coupling);
  const Expr *edgeValue(const syntax::Expr &expr, const std::string &place, int &connectome);
  // observers.cpp
  void observe(const syntax::ObserveStmt &stmt);
  bool observed(const syntax::ObserveStmt &stmt, Observer &observer);
  bool weighObserver(const syntax::ObserveStmt &stmt, Observer &observer);
  const Expr *intervalOf(const syntax::ObserveStmt &stmt);
  void timesOf(const syntax::ObserveStmt &stmt, const ModelInstance &instance, Observer &observer);
  int stepOf(const syntax::ObserveStmt &stmt, const ModelInstance &instance, const Observer &observer);
  const Expr *wholeSteps(int scalar, Range range);

  void disturb(const syntax::DisturbStmt &stmt);
  void disturbOne(const syntax::DisturbStmt &stmt, const syntax::Expr &place);
  bool fitNoise(const syntax::DisturbStmt &stmt, const Disturbance &disturbance, const std::string &path);

  // starts.cpp
  struct PartStart { ///< `start E.v[0:10] = …`
    int population, state;
    Slice slice;
    const syntax::IndexExpr *written;
    const Expr *value;
    Range range;
  };
  void start(const syntax::StartStmt &stmt);
  bool isStartedTwice(int population, int state, const syntax::IndexExpr *slice, const syntax::Expr &expr,
                      const std::string &what);
  void startParts(bool steady);
  const Expr *outside(const PartStart &part);
  void startSteady(int population);
  const Expr *startOf(int population, int state, Range range);

  void nameStreams();

  Context &context;
  Program &program;
  const syntax::NetworkDecl &decl;
  std::deque<ModelInstance> instances; ///< ModelUse::model counts these until `finish`
  std::vector<UnitTerm> scalarTerms;
  std::vector<std::pair<std::string_view, Range>> claimed; ///< names of the network
  std::vector<const syntax::VariableStmt *> params;        ///< not yet checked
  std::vector<const syntax::VariableStmt *> checking;      ///< being checked, for cycles
  std::vector<PartStart> partStarts;
  int *edges = nullptr; ///< the connectome of the connections whose weights or delays are being checked: `SC.weights` can be read
};

} // namespace bdc::rules
