// Checking an experiment: what is simulated, driven, recorded, summarised and plotted.
#pragma once

#include "frontend/rules/network.h"
#include "frontend/rules/objective.h"

#include <memory>
#include <span>

namespace bdc::rules {

/// Whether the language has a summary, plot or source of data of this name which cannot be computed yet.
bool isPlannedFunction(std::string_view name);

/// Whether a summary has tables, and so a picture, besides its number.
bool hasTables(std::string_view name);

/// "summarise" or "plot": the statement that knows a function of this name; empty where none does.
std::string_view requestWord(std::string_view name);

/// What a function of requests asks of its arguments.
enum class RequestUnit : uint8_t {
  Any,
  Pure, ///< phases in radians
  Same  ///< of all: they share an axis
};

class ExperimentBuilder : public Scope {
public:
  ExperimentBuilder(Context &context, NetworkBuilder &network, const FileScope &file, const syntax::ExperimentDecl &decl);
  void run(const syntax::SimulateStmt &simulate);

  Answer name(const syntax::Name &name) override;
  Answer member(const syntax::MemberExpr &expr) override;
  Answer index(const syntax::IndexExpr &expr) override;
  void candidates(std::vector<std::string_view> &names) const override;
  std::string meantBy(std::string_view name) const override { return current ? network.inPopulations(name) : ""; }

  // what objectives need
  std::optional<Quantity> spikes(const syntax::Expr &expr, std::string text);
  std::optional<Quantity> quantity(const syntax::Expr &expr);
  const Expr *interval(const syntax::Expr &expr);
  std::optional<Record> trace(const syntax::Expr &item, const syntax::Expr *written, const Expr *every, std::string_view done);
  int recordOnce(std::vector<Record> &records, Record record) const;

private:
  void settings(const syntax::SimulateStmt &stmt);
  int timeSetting(const syntax::Expr &expr, const char *path, const char *doc, bool positive);
  void let(const syntax::LetStmt &stmt);
  void drive(const syntax::DriveStmt &stmt);
  const Expr *window(const syntax::ExprPtr &expr, const char *place);
  void record(const syntax::RecordStmt &stmt);
  bool isNoQuantity(const syntax::Expr &call, const syntax::Name &callee);
  bool hasOwnInterval(const Quantity &what, const syntax::Expr &written, std::string_view otherwise = "");
  void sensitivity(const syntax::SensitivityStmt &stmt); // sensitivity.cpp
  int movedScalar(const syntax::Expr &expr);
  bool isFollowedBefore(const Sensitivity &stmt, const Sensitivity::Parameter &parameter);
  void summarise(const syntax::SummariseStmt &stmt);
  void plot(const syntax::PlotStmt &stmt);
  void request(RequestKind kind, const syntax::Expr &expr, const syntax::Name &label, Range range);
  bool plotConnectome(const syntax::Expr &item); // plot_connectome.cpp
  void plotAgainst();                            // against.cpp
  void against(const syntax::BinaryExpr &expr);
  size_t sweptCount() const;
  int summaryOf(const syntax::Expr &expr);
  std::vector<std::string_view> summaryNames() const;
  std::string sweptNames() const;
  bool axesOf(const syntax::Expr &expr, Request &request);
  void option(Request &request, const syntax::CallExpr &call, const syntax::Argument &argument, std::span<const std::string_view> allowed);
  bool hasUnit(const Request &request, const Quantity &quantity, RequestUnit unit);
  std::optional<Quantity> sampled(const syntax::Expr &expr);
  void arguments(Request &request, const syntax::CallExpr &call);
  void reportUnknownRequest(RequestKind kind, const syntax::Expr &expr);
  const syntax::Argument *summaryCalled(std::string_view name) const;
  void optimise();
  bool plotObjective(const syntax::Expr &item);
  bool isMissedLet(std::string_view name) const;
  bool hasStatement(syntax::StmtKind kind) const;
  Answer element(const syntax::Name &population, const syntax::IndexExpr *slice, const syntax::Name &member, Range range);
  Answer observed(int observer, const syntax::IndexExpr *slice, const syntax::Name &member, Range range);
  Answer valueOf(const ModelInstance &instance, int variable, Range range);
  bool isOfLostProjection(std::string_view name) const;
  bool isLikeProjection(const syntax::Name &name);
  Answer ofSynapse(const syntax::Name &name, const syntax::IndexExpr *slice, const syntax::Name &member, Range range);
  bool sameElements(const Quantity &owner, const syntax::Name &name, const syntax::IndexExpr *slice, Range range);
  int matchingRecord(const Quantity &quantity) const;

  Context &context;
  Program &program;
  NetworkBuilder &network;
  const syntax::ExperimentDecl &decl;
  std::vector<std::pair<syntax::Name, const Expr *>> lets; ///< null where in error
  std::unique_ptr<ObjectiveBuilder> objective;             ///< null where nothing is minimised
  Quantity *current = nullptr;                             ///< the quantity whose value is being checked
  const syntax::IndexExpr *currentSlice = nullptr;         ///< as first written in it
  bool readsWhole = false;                                 ///< it read its population without a slice before
};

} // namespace bdc::rules
