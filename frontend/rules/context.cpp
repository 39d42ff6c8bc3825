#include "frontend/rules/context.h"

#include "frontend/rules/expressions.h"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>

namespace bdc::rules {

using units::Dimension;
using units::Rational;

Expr *Context::node(Op op, Range range, UnitTerm term, std::vector<const Expr *> operands) {
  Expr &expr = program.nodes.emplace_back();
  expr.op = op;
  expr.id = uint32_t(program.nodes.size() - 1);
  expr.range = range;
  expr.operands = std::move(operands);
  terms.push_back(std::move(term));
  return &expr;
}

const Expr *Context::at(const Expr &expr, Range range) {
  Expr *copy = node(expr.op, range, term(expr));
  const uint32_t id = copy->id;
  *copy = expr;
  copy->id = id;
  copy->range = range;
  return copy;
}

Expr *Context::number(double coherent, const Dimension &dimension, Range range) {
  Expr *expr = node(Op::Number, range, dimension);
  expr->value = coherent;
  return expr;
}

// ------------------------------------------------------------------------------------------- diagnostics

diag::Diagnostic &Context::report(Kind kind, Range range, std::string message) {
  if (frames.empty())
    return engine.report(kind, range, std::move(message));
  diag::Diagnostic &d = engine.report(kind, frames.front().call, std::move(message));
  d.also(range, fmt::format("inside `{}`", frames.back().function->name.text));
  return d;
}

bool Context::isMissed(std::string_view name, Range place) const {
  auto at = missed.find({place.source, place.begin});
  if (at == missed.end())
    return false;
  auto found = at->second.lower_bound({std::string(name), Kind()});
  return found != at->second.end() && found->first == name;
}

void Context::reportUnknown(Kind kind, const syntax::Name &name, std::string message,
                            const std::vector<std::string_view> &candidates, std::string otherwise, Range where) {
  if (engine.isDoubtful(name.text) || (where.valid() && engine.isIncomplete(where)))
    return;
  if (where.valid() && !isFirst(kind, name.text, where))
    return;
  const Range first = where.valid() ? definitions.firstUse(name, where) : name.range;
  if (first != name.range && !engine.isDamaged(first))
    return; // missed already, in another way or by another experiment
  std::string help = diag::didYouMeanHelp(name.text, candidates);
  report(kind, name.range, std::move(message)).withHelp(help.empty() ? std::move(otherwise) : help);
}

std::string Context::text(Range range) const {
  if (!range.valid())
    return "";
  std::string result;
  for (char c : sources.slice(range)) {
    bool blank = std::isspace((unsigned char)c);
    if (!blank || (!result.empty() && result.back() != ' '))
      result += blank ? ' ' : c;
  }
  return result;
}

std::string Context::quote(Range range) const {
  std::string written = text(range);
  if (written.empty() || written.size() > 44)
    return "this";
  // A name or a bare number needs no quotes.
  bool isName = true, isNumber = true;
  for (char c : written) {
    isName &= std::isalnum((unsigned char)c) || c == '_';
    isNumber &= std::isdigit((unsigned char)c) || c == '.';
  }
  return isName || isNumber ? written : fmt::format("`{}`", written);
}

std::string Context::describe(const UnitTerm &term, const std::string &unit) const {
  UnitTerm resolved = solver.resolve(term);
  if (!resolved.isKnown())
    return "of a unit that nothing fixes yet";
  if (resolved.known.isNone())
    return "a pure number";
  std::string shown = unit.empty() ? units::usualUnit(resolved.known) : unit;
  std::string kind = units::kindOf(resolved.known);
  return kind.empty() ? fmt::format("in {}", shown) : fmt::format("in {} ({})", shown, kind);
}

/// What the names are that stand for constants of nature in an expression, which may have been meant as something else.
std::string Context::noteOnConstants(const Expr &expr) const {
  std::string note;
  anyNode(&expr, [&](const Expr &e) {
    const BuiltinConstant *constant = e.op == Op::Number ? findConstant(text(e.range)) : nullptr;
    if (constant && constant->unit != "1" && note.empty())
      note = fmt::format("`{}` is {:.6g} {} here, a constant of nature: a param of that name would stand for itself", constant->name,
                         constant->value, constant->unit);
    return false;
  });
  return note;
}

/// A way to turn what is there into what is wanted: the factor that is missing, by its name in the field.
std::string Context::factorHelp(const Expr &expr, const UnitTerm &wanted, const std::string &wantedUnit) const {
  UnitTerm have = solver.resolve(term(expr)), want = solver.resolve(wanted);
  if (!have.isKnown() || !want.isKnown())
    return "";
  std::string written = quote(expr.range);
  std::string bare = written == "this" ? "…" : text(expr.range);
  bool simple = expr.operands.empty() || expr.op == Op::Call;
  std::string operand = simple || bare == "…" ? bare : fmt::format("({})", bare);
  if (expr.op == Op::Number && have.known.isNone()) {
    if (!isNumberText(expr.range))
      return "";
    const std::string digits = bare.substr(0, bare.find_first_not_of("+-.0123456789eE_")); // without a unit of its own, such as %
    return fmt::format("give it its unit: `{} {}`", digits, wantedUnit.empty() ? units::usualUnit(want.known) : wantedUnit);
  }
  Dimension factor = want.known / have.known;
  // A factor or a divisor that was declared without its unit.
  if (expr.op == Op::Mul || expr.op == Op::Div)
    for (const Expr *operand : expr.operands) {
      UnitTerm own = solver.resolve(term(*operand));
      Dimension meant = expr.op == Op::Div && operand == expr.operands[1] ? factor.pow(-1) : factor;
      std::string kind = units::kindOf(meant);
      bool isRead = operand->op == Op::Variable || operand->op == Op::Scalar;
      if (isRead && own.isKnown() && own.known.isNone() && !kind.empty() && kind.find(" per ") == std::string::npos)
        return fmt::format("{0} is a pure number; as a {1} it would fit: `{0} : {2}`", text(operand->range), kind, units::usualUnit(meant));
    }
  std::string from = units::kindOf(have.known), to = units::kindOf(want.known);
  struct Named {
    Dimension from, to;
    const char *name, *symbol;
    bool divide;
  };
  using namespace units::dim;
  const Named known[] = {{current, voltage, "resistance", "R", false},
                         {voltage, current, "conductance", "g", false},
                         {current, voltage / time, "capacitance", "C", true},
                         {charge, voltage, "capacitance", "C", true},
                         {have.known, have.known / time, "time constant", "tau", true}};
  for (const Named &entry : known)
    if (entry.from == have.known && entry.to == want.known && !want.known.isNone() && !from.empty() && !to.empty()) {
      std::string product =
          entry.divide ? fmt::format("{} / {}", operand, entry.symbol) : fmt::format("{} * {}", entry.symbol, operand);
      return fmt::format("a {} becomes a {} {} a {}: `{}` with `param {} : {}`", from, to,
                         entry.divide ? "divided by" : "through", entry.name, product, entry.symbol,
                         units::usualUnit(entry.divide ? factor.pow(-1) : factor));
    }
  // Only a quantity with a name of its own is likely to have been forgotten.
  std::string missing = units::kindOf(factor);
  bool named = !missing.empty() && missing.find(" per ") == std::string::npos;
  if (named && !want.known.isNone() && !have.known.isNone())
    return fmt::format("a factor in {} is missing: {} {}", units::usualUnit(factor), std::string_view("aeiou").find(missing[0]) != std::string_view::npos ? "an" : "a", missing);
  return "";
}

void Context::reportDisagreement(const Expr &left, const Expr &right, const std::string &place) {
  // A bare number beside a quantity is the likelier mistake of the two.
  bool leftIsBare = left.op == Op::Number && solver.resolve(term(left)).known.isNone();
  const Expr &blamed = leftIsBare ? left : right;
  const Expr &other = leftIsBare ? right : left;
  std::string help = factorHelp(blamed, term(other), other.unit);
  std::string blamedText = fmt::format("{} is {}", quote(blamed.range), describe(blamed));
  std::string otherText = fmt::format("{} is {}", quote(other.range), describe(other));
  diag::Diagnostic &d = report(Kind::UnitMismatch, blamed.range, fmt::format("units do not agree in {}", place));
  d.withLabel(blamedText).also(other.range, otherText).withHelp(help);
  for (const Expr *each : {&left, &right})
    if (std::string note = noteOnConstants(*each); !note.empty() && d.notes.empty())
      d.withNote(std::move(note));
}

/// `20` where % is meant is 2000 %.
void Context::warnOfBareNumber(const Expr &expr, const Expected &expected, const std::string &place) {
  if (expr.op != Op::Number || !expr.unit.empty() || expr.value == 0 || expected.unit.empty() || !isNumberText(expr.range))
    return;
  const units::Unit unit = units::unit(expected.unit);
  if (!unit.dimension.isNone() || unit.si.isOne())
    return;
  const std::string written = text(expr.range);
  const std::string same = fmt::format("{:.10g} {}", unit.fromCoherent(expr.value), expected.unit);
  report(Kind::BareNumber, expr.range, fmt::format("a pure number where {} is in {}, in {}", expected.what, expected.unit, place))
      .withLabel(fmt::format("this is {}", same))
      .withHelp(fmt::format("`{} {}`, or, if it is what is meant, `{}`", written, expected.unit, same));
}

/// Whether a number is written there, and no name of one.
bool Context::isNumberText(Range range) const {
  const std::string written = text(range);
  return !written.empty() && !std::isalpha(static_cast<unsigned char>(written[0])) && written[0] != '_';
}

bool Context::expect(const Expr &expr, const Expected &expected, const std::string &place) {
  if (solver.unify(term(expr), expected.term)) {
    if (expected.isIncrement && isPoint(expr)) {
      reportPoint(*this, expr, expr.range, "what is added cannot be a temperature in degC", place);
      return false;
    }
    warnOfBareNumber(expr, expected, place);
    if (!units::isAffine(expected.unit) || !(expr.isDifference || isBareZero(expr)))
      return true;
    if (isBareZero(expr)) {
      reportBareZero(*this, expr.range, expected.unit, place);
      return false;
    }
    report(Kind::AffineUnit, expr.range,
           fmt::format("a difference of temperatures is not a temperature in {}, in {}", expected.unit, place))
        .withLabel(fmt::format("{} is a difference, in K", quote(expr.range)))
        .withHelp(fmt::format("add what it is a difference from: `20 {} + …`", expected.unit));
    return false;
  }
  std::string found = fmt::format("{} is {}", quote(expr.range), describe(expr));
  std::string wanted = fmt::format("{} is {}", expected.what, describe(expected.term, expected.unit));
  diag::Diagnostic &d = report(Kind::UnitMismatch, expr.range, fmt::format("units do not agree in {}", place));
  d.withLabel(std::move(found)).withHelp(factorHelp(expr, expected.term, expected.unit));
  if (expected.where.valid() && expected.where.source == expr.range.source)
    d.also(expected.where, std::move(wanted));
  else
    d.withNote(std::move(wanted));
  if (std::string note = noteOnConstants(expr); !note.empty())
    d.withNote(std::move(note));
  return false;
}

std::optional<units::Unit> Context::unit(const syntax::UnitText &text) {
  units::Parsed parsed = units::parse(text.text);
  if (parsed)
    return *parsed;
  const units::ParseError &error = parsed.error();
  Range range = text.range;
  uint32_t begin = std::min(uint32_t(range.begin + error.position), range.end);
  range = {range.source, begin, std::min(uint32_t(begin + error.length), range.end)};
  if (range.begin == range.end)
    range = text.range;
  diag::Diagnostic &d = report(Kind::UnknownUnit, range, error.message);
  if (!error.suggestion.empty())
    d.withHelp(fmt::format("did you mean `{}`?", error.suggestion));
  return std::nullopt;
}

void Context::finish() {
  for (Expr &expr : program.nodes) {
    expr.dimension = solver.dimension(terms[expr.id]);
    if (expr.unit.empty())
      expr.unit = units::usualUnit(expr.dimension);
  }
}

bool isGivenTwice(Context &context, const std::vector<syntax::Argument> &list, const syntax::Argument &argument) {
  const std::string_view name = argument.name.text;
  auto first = std::ranges::find_if(list, [&](const syntax::Argument &each) { return each.name.text == name; });
  if (name.empty() || &*first == &argument)
    return false;
  context.report(Kind::DuplicateSetting, argument.name.range, fmt::format("`{}` is given twice", name)).also(first->name.range, "first here");
  return true;
}

void Context::nameDraws(const Expr *value, const std::string &purpose) {
  int count = 0;
  Visited visited;
  auto visit = [&](const auto &self, const Expr *at) -> void {
    if (!at || !visited.isNew(*at))
      return;
    for (const Expr *operand : at->operands)
      self(self, operand);
    if (at->op != Op::Random)
      return;
    Expr &draw = program.nodes[at->id];
    if (draw.name.empty()) {
      draw.name = purpose;
      draw.index = count;
    }
    if (draw.name == purpose)
      count = std::max(count, draw.index + drawNumbers(draw.distribution));
  };
  visit(visit, value);
}

} // namespace bdc::rules
