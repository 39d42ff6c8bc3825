// What all rules of one program share: the nodes with their unit terms, the solver, the diagnostics.
#pragma once

#include "frontend/diagnostics/diagnostic.h"
#include "frontend/rules/definitions.h"
#include "frontend/rules/program.h"
#include "frontend/rules/solver.h"

#include <map>
#include <set>
#include <unordered_map>

namespace bdc::rules {

using diag::Kind;

/// What a unit must be and why, for messages: "`v'` is in mV/ms (voltage per time)".
struct Expected {
  UnitTerm term;
  std::string unit; ///< as the user wrote it; empty: canonical text
  Range where;      ///< of what asks for it, or nowhere
  std::string what; ///< "v'"
  bool isIncrement = false; ///< something is moved by it: of temperatures a difference
};

class Context {
public:
  Context(Program &program, Definitions &definitions, diag::Sources &sources, diag::Engine &engine)
      : program(program),
        definitions(definitions),
        sources(sources),
        engine(engine) {}

  Program &program;
  Definitions &definitions;
  diag::Sources &sources;
  diag::Engine &engine;
  UnitSolver solver;

  // ---- nodes
  Expr *node(Op op, Range range, UnitTerm term, std::vector<const Expr *> operands = {});
  Expr *number(double coherent, const units::Dimension &dimension, Range range);
  /// The same expression at another place: that of its name.
  const Expr *at(const Expr &expr, Range range);
  const UnitTerm &term(const Expr &expr) const { return terms[expr.id]; }
  void setTerm(const Expr &expr, UnitTerm term) { terms[expr.id] = std::move(term); }
  /// A copy of an expression with some nodes replaced: `replace` returns the replacement or null to go into the node.
  template <typename Replace> const Expr *rewrite(const Expr *expr, const Replace &replace);
  /// Gives every draw of a value that other values repeat its stream: purpose and number. One that has a stream keeps it.
  void nameDraws(const Expr *value, const std::string &purpose);

  // ---- diagnostics
  /// Reports at `range`, or, inside an inlined function, at the outermost call.
  diag::Diagnostic &report(Kind kind, Range range, std::string message);
  /// An unknown name with the nearest candidate as help.
  /// `where` is the text that would declare it: nothing is said where that has damage. A name is missed once in a place.
  void reportUnknown(Kind kind, const syntax::Name &name, std::string message, const std::vector<std::string_view> &candidates,
                     std::string otherwise = "", Range where = {});
  /// Whether a mistake is met for the first time: of this kind, about this name, at this place.
  bool isFirst(Kind kind, std::string_view name, Range place) {
    return missed[{place.source, place.begin}].emplace(name, kind).second;
  }
  /// Whether a name has been missed at a place in one way or another.
  bool isMissed(std::string_view name, Range place) const;
  bool hasMissed(Range place) const { return missed.contains({place.source, place.begin}); }
  /// Two operands that ought to agree and do not.
  void reportDisagreement(const Expr &left, const Expr &right, const std::string &place);
  /// The expression must have the expected unit; reports and returns false where it has not.
  bool expect(const Expr &expr, const Expected &expected, const std::string &place);

  /// "in mV (voltage)", "a pure number".
  std::string describe(const UnitTerm &term, const std::string &unit) const;
  std::string describe(const Expr &expr) const { return describe(term(expr), expr.unit); }
  /// The source text of an expression in backquotes, a bare name without them; "this" where it is long.
  std::string quote(Range range) const;
  std::string text(Range range) const;

  /// A unit as written; a misspelt one is reported.
  std::optional<units::Unit> unit(const syntax::UnitText &text);

  // ---- calls being inlined, outermost first
  struct Frame {
    const syntax::FunctionDecl *function;
    Range call;
  };
  std::vector<Frame> frames;
  size_t placed = 0; ///< how many, with all that they call, since the outermost

  /// Writes dimensions and display units into all nodes once every constraint has been seen.
  void finish();

private:
  std::string noteOnConstants(const Expr &expr) const;
  bool isNumberText(Range range) const;
  void warnOfBareNumber(const Expr &expr, const Expected &expected, const std::string &place);
  std::string factorHelp(const Expr &expr, const UnitTerm &wanted, const std::string &wantedUnit) const;

  std::vector<UnitTerm> terms; ///< by Expr::id
  /// What has been missed at a place (its text and beginning), and how.
  std::map<std::pair<diag::SourceId, uint32_t>, std::set<std::pair<std::string, Kind>>> missed;
};

/// Whether an argument has the name of an earlier one of its list; it is reported.
bool isGivenTwice(Context &context, const std::vector<syntax::Argument> &list, const syntax::Argument &argument);

template <typename Replace> const Expr *Context::rewrite(const Expr *expr, const Replace &replace) {
  std::unordered_map<const Expr *, const Expr *> done; // what is shared stays so: a draw that is read twice is one draw
  auto changed = [&](const auto &self, const Expr *at) -> const Expr * {
    if (!at)
      return nullptr;
    auto [known, isNew] = done.try_emplace(at, at);
    if (!isNew)
      return known->second;
    if (const Expr *replacement = replace(*at))
      return done[at] = replacement;
    std::vector<const Expr *> operands;
    for (const Expr *operand : at->operands)
      operands.push_back(self(self, operand));
    if (operands == at->operands)
      return at;
    Expr *copy = node(at->op, at->range, term(*at));
    uint32_t id = copy->id;
    *copy = *at;
    copy->id = id;
    copy->operands = std::move(operands);
    return done[at] = copy;
  };
  return changed(changed, expr);
}

} // namespace bdc::rules
