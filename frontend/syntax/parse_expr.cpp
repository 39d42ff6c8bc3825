#include "frontend/syntax/parser_impl.h"

#include <algorithm>

namespace bdc::syntax {

using diag::Kind;

namespace {

/// Brackets, unary signs and branches within one another.
constexpr unsigned deepestNesting = 100;
/// Levels of the tree; a sum of so many terms is meant to be written otherwise.
constexpr unsigned highestTree = 1000;

struct Operator {
  TokenKind kind;
  std::string_view word;
  BinaryOp op;
};

/// The left-associative operators, loosest first; comparisons and powers are apart.
constexpr Operator orOps[] = {{TokenKind::Word, "or", BinaryOp::Or}};
constexpr Operator andOps[] = {{TokenKind::Word, "and", BinaryOp::And}};
constexpr Operator sums[] = {{TokenKind::Plus, {}, BinaryOp::Add}, {TokenKind::Minus, {}, BinaryOp::Sub}};
constexpr Operator products[] = {{TokenKind::Star, {}, BinaryOp::Mul}, {TokenKind::Slash, {}, BinaryOp::Div}};
constexpr Operator comparisons[] = {
    {TokenKind::Less, {}, BinaryOp::Less},          {TokenKind::LessEqual, {}, BinaryOp::LessEqual},
    {TokenKind::Greater, {}, BinaryOp::Greater},    {TokenKind::GreaterEqual, {}, BinaryOp::GreaterEqual},
    {TokenKind::EqualEqual, {}, BinaryOp::Equal},   {TokenKind::NotEqual, {}, BinaryOp::NotEqual}};

enum Level : unsigned { OrLevel, AndLevel, SumLevel, ProductLevel };

std::span<const Operator> operatorsOf(unsigned level) {
  switch (level) {
  case OrLevel: return orOps;
  case AndLevel: return andOps;
  case SumLevel: return sums;
  default: return products;
  }
}

const Operator *match(std::span<const Operator> operators, const Token &token) {
  for (const Operator &op : operators)
    if (token.kind == op.kind && (op.word.empty() || token.text == op.word))
      return &op;
  return nullptr;
}

/// `range` is that of the whole, with the brackets that its operands stand in.
ExprPtr makeBinary(BinaryOp op, Range range, Range opRange, ExprPtr left, ExprPtr right) {
  auto node = std::make_unique<BinaryExpr>();
  node->op = op;
  node->opRange = opRange;
  node->range = range;
  node->left = std::move(left);
  node->right = std::move(right);
  return node;
}

/// Counts a level of nesting while it lives.
struct Nested {
  explicit Nested(unsigned &depth) : depth(depth) { ++depth; }
  ~Nested() { --depth; }
  unsigned &depth;
};

} // namespace

ExprPtr Parser::errorExpr(Range where) const {
  auto node = std::make_unique<ErrorExpr>();
  node->range = where;
  return node;
}

ExprPtr Parser::missingExpr(std::string_view what) {
  Range where = peek().range;
  diag::Diagnostic &diagnostic = failExpected(Kind::ExpectedExpression, what);
  if (at(TokenKind::Plus))
    diagnostic.withHelp("a sign `+` before a value is left out");
  else if (at(TokenKind::Assign))
    diagnostic.withHelp("equality is tested with `==`");
  else if (atWord("if"))
    diagnostic.withHelp("put an `if … then … else …` inside an expression in brackets");
  else if (at(TokenKind::Newline) && next > 0 && tokens[next - 1].kind != TokenKind::Newline)
    diagnostic.also(tokens[next - 1].range, "something has to follow this");
  return errorExpr({source, where.begin, where.begin});
}

bool Parser::tooDeep(unsigned levels, unsigned limit) {
  if (levels <= limit)
    return false;
  fail(Kind::NestedTooDeeply, peek().range, "this expression is nested too deeply")
      .withHelp("give a part of it a name: `part = …`");
  skipStatement();
  return true;
}

/// True where an operand may begin. A word of a clause is a name only if no operand follows it: in
/// `= from 1 ms` a value is missing, in `= from + 1` a variable is called `from`.
bool Parser::atOperand() const {
  switch (peek().kind) {
  case TokenKind::Number:
  case TokenKind::String:
  case TokenKind::LeftParen:
  case TokenKind::LeftBracket:
  case TokenKind::Minus:
    return true;
  case TokenKind::Word: {
    if (isOperatorWord(peek().text))
      return false;
    if (!isClauseWord(peek().text))
      return true;
    TokenKind following = peek(1).kind;
    return following != TokenKind::Number && following != TokenKind::Word && following != TokenKind::String;
  }
  default:
    return false;
  }
}

ExprPtr Parser::parseExpr() {
  Nested nested(depth);
  Range begin = peek().range;
  if (tooDeep(depth, deepestNesting))
    return errorExpr(begin);
  return atWord("if") ? parseIf() : parseBinary(OrLevel);
}

ExprPtr Parser::parseIf() {
  auto node = std::make_unique<IfExpr>();
  Range begin = take().range;
  node->condition = parseExpr();
  unsigned tallest = height;
  if (expectWord("then", "`then` (as in `if a > b then a else b`)"))
    node->yes = parseExpr();
  else
    node->yes = errorExpr(begin);
  tallest = std::max(tallest, height);
  if (!panicking && expectWord("else", "`else`: an `if` has a value in both cases"))
    node->no = parseExpr();
  else
    node->no = errorExpr(begin);
  height = std::max(tallest, height) + 1;
  node->range = since(begin);
  return node;
}

ExprPtr Parser::parseBinary(unsigned level) {
  auto operand = [&] {
    if (level == AndLevel)
      return parseNot();
    return level == ProductLevel ? parseUnary() : parseBinary(level + 1);
  };
  Range begin = peek().range;
  ExprPtr left = operand();
  unsigned leftHeight = height;
  while (const Operator *op = match(operatorsOf(level), peek())) {
    Range opRange = take().range;
    ExprPtr right = operand();
    left = makeBinary(op->op, since(begin), opRange, std::move(left), std::move(right));
    leftHeight = std::max(leftHeight, height) + 1;
    if (tooDeep(leftHeight, highestTree))
      return left;
  }
  height = leftHeight;
  return left;
}

ExprPtr Parser::parseNot() {
  if (!atWord("not"))
    return parseComparison();
  Nested nested(depth);
  auto node = std::make_unique<UnaryExpr>();
  Range begin = take().range;
  node->op = UnaryOp::Not;
  node->operand = tooDeep(depth, deepestNesting) ? errorExpr(begin) : parseNot();
  node->range = since(begin);
  ++height;
  return node;
}

ExprPtr Parser::parseComparison() {
  Range begin = peek().range;
  ExprPtr left = parseBinary(SumLevel);
  const Operator *op = match(comparisons, peek());
  if (!op)
    return left;
  unsigned leftHeight = height;
  Range opRange = take().range;
  ExprPtr right = parseBinary(SumLevel);
  Range range = since(begin);
  height = std::max(leftHeight, height) + 1;
  if (match(comparisons, peek()))
    failHere(Kind::ChainedComparison, "comparisons do not chain")
        .also(opRange, "the first comparison")
        .withHelp("write `a < b and b < c`");
  return makeBinary(op->op, range, opRange, std::move(left), std::move(right));
}

ExprPtr Parser::parseUnary() {
  if (!at(TokenKind::Minus))
    return parsePower();
  if (atNegativeNumber())
    return parseNumber();
  Nested nested(depth);
  auto node = std::make_unique<UnaryExpr>();
  Range begin = take().range;
  node->operand = tooDeep(depth, deepestNesting) ? errorExpr(begin) : parseUnary();
  node->range = since(begin);
  ++height;
  return node;
}

/// Binds to the right, and tighter than the sign before it: `-x^2` is `-(x^2)`, `x^-1` is `x^(-1)`.
ExprPtr Parser::parsePower() {
  Range begin = peek().range;
  ExprPtr base = parsePostfix();
  if (!at(TokenKind::Caret))
    return base;
  Nested nested(depth);
  unsigned baseHeight = height;
  Range opRange = take().range;
  ExprPtr exponent = tooDeep(depth, deepestNesting) ? errorExpr(opRange) : parseUnary();
  height = std::max(baseHeight, height) + 1;
  return makeBinary(BinaryOp::Pow, since(begin), opRange, std::move(base), std::move(exponent));
}

ExprPtr Parser::parsePostfix() {
  ExprPtr node = parsePrimary();
  while (!panicking) {
    bool callable = dynAs<NameExpr>(node) || dynAs<MemberExpr>(node);
    if (at(TokenKind::Dot)) {
      auto member = std::make_unique<MemberExpr>();
      take();
      member->member = expectName("a name after the point");
      member->range = since(node->range);
      if (!member->member)
        return errorExpr(member->range);
      member->base = std::move(node);
      node = std::move(member);
    } else if (at(TokenKind::LeftParen) && callable) {
      node = parseCall(std::move(node));
    } else if (at(TokenKind::LeftBracket)) {
      node = parseIndex(std::move(node));
    } else {
      break;
    }
    if (tooDeep(++height, highestTree))
      break;
  }
  return node;
}

ExprPtr Parser::parsePrimary() {
  height = 1;
  if (!atOperand())
    return missingExpr("an expression");
  switch (peek().kind) {
  case TokenKind::Number: return parseNumber();
  case TokenKind::LeftParen: return parseParen();
  case TokenKind::LeftBracket: return parseList();
  case TokenKind::Word: return parseNameExpr();
  case TokenKind::String: {
    auto node = std::make_unique<StringExpr>();
    node->range = peek().range;
    node->text = take().text;
    return node;
  }
  default: return parseUnary(); // a sign after an operator: `a * -b`, `x^-1`
  }
}

/// `-5 degC` is one value, and not the opposite of 5 degC; `-2^2` is the opposite of a power.
bool Parser::atNegativeNumber() const {
  const Token &number = peek(1);
  if (!at(TokenKind::Minus) || number.kind != TokenKind::Number || number.range.begin != peek().range.end)
    return false;
  return peek(peek(2).kind == TokenKind::Unit ? 3 : 2).kind != TokenKind::Caret;
}

ExprPtr Parser::parseNumber() {
  auto node = std::make_unique<NumberExpr>();
  Range begin = peek().range;
  bool negative = accept(TokenKind::Minus);
  const Token &number = take();
  node->value = negative ? -number.value : number.value;
  node->text = {number.text.data() - negative, number.text.size() + negative};
  if (at(TokenKind::Unit)) {
    node->unit = {peek().text, peek().range};
    take();
    const size_t star = node->unit.text.rfind('*');
    if (at(TokenKind::LeftParen) && star != std::string_view::npos && peek().range.begin == node->unit.range.end)
      fail(Kind::MisplacedUnit, node->unit.range, fmt::format("the unit `{}` ends with the name of a function", node->unit.text))
          .withHelp(fmt::format("blanks make it a product: `{} {} * {}(…)`", node->text, node->unit.text.substr(0, star), node->unit.text.substr(star + 1)));
  }
  node->range = since(begin);
  return node;
}

ExprPtr Parser::parseNameExpr() {
  auto node = std::make_unique<NameExpr>();
  const Token &word = take();
  node->name = {word.text, word.range};
  node->range = word.range;
  return node;
}

ExprPtr Parser::parseParen() {
  Range opening = take().range;
  ExprPtr node = parseExpr();
  if (expectClosing(TokenKind::RightParen, opening) && at(TokenKind::Unit))
    failAtUnit();
  return node;
}

void Parser::failAtUnit() {
  fail(Kind::MisplacedUnit, peek().range, fmt::format("{} cannot follow a bracket", found())).withHelp(helpOnUnits);
}

std::vector<ExprPtr> Parser::parseExprList() {
  std::vector<ExprPtr> result;
  unsigned tallest = 0;
  do {
    result.push_back(parseExpr());
    tallest = std::max(tallest, height);
  } while (!panicking && accept(TokenKind::Comma));
  height = tallest;
  return result;
}

ExprPtr Parser::parseList() {
  auto node = std::make_unique<ListExpr>();
  Range opening = take().range;
  node->items = parseExprList();
  if (expectClosing(TokenKind::RightBracket, opening) && at(TokenKind::Unit)) {
    node->unit = {peek().text, peek().range};
    take();
  }
  node->range = since(opening);
  ++height;
  return node;
}

ExprPtr Parser::parseCall(ExprPtr callee) {
  auto node = std::make_unique<CallExpr>();
  Range begin = callee->range;
  node->callee = std::move(callee);
  Range opening = take().range;
  unsigned tallest = height;
  bool named = false;
  if (!at(TokenKind::RightParen)) {
    do {
      node->arguments.push_back(parseArgument(named));
      tallest = std::max(tallest, height);
    } while (!panicking && accept(TokenKind::Comma));
  }
  if (expectClosing(TokenKind::RightParen, opening) && at(TokenKind::Unit)) {
    auto *name = dynAs<NameExpr>(node->callee);
    if (name && mayBeDistribution(name->name.text)) {
      node->unit = {peek().text, peek().range};
      take();
    } else if (name && peek(1).kind == TokenKind::Number) {
      fail(Kind::TrailingText, peek().range, fmt::format("`{}` stands behind the brackets of `{}`", peek().text, name->name.text))
          .withHelp(fmt::format("options stand in them: `{}(…, {} = …)`", name->name.text, peek().text));
    } else {
      failAtUnit();
    }
  }
  node->range = since(begin);
  height = tallest;
  return node;
}

/// `value`, `name = value`, `value every interval`.
Argument Parser::parseArgument(bool &named) {
  Argument argument;
  Range begin = peek().range;
  if (at(TokenKind::Word) && peek(1).kind == TokenKind::Assign) {
    argument.name = expectName("the name of an argument");
    accept(TokenKind::Assign);
    named = true;
  } else if (named) {
    failHere(Kind::PositionalAfterNamed, "an argument without a name cannot follow one with a name")
        .withHelp("name it too, or move it to the front");
  }
  argument.value = parseExpr();
  if (acceptWord("every")) {
    auto every = std::make_unique<EveryExpr>();
    unsigned valueHeight = height;
    every->value = std::move(argument.value);
    every->interval = parseExpr();
    every->range = since(every->value->range);
    argument.value = std::move(every);
    height = std::max(valueHeight, height) + 1;
  }
  argument.range = since(begin);
  return argument;
}

ExprPtr Parser::parseIndex(ExprPtr base) {
  auto node = std::make_unique<IndexExpr>();
  Range begin = base->range;
  node->base = std::move(base);
  Range opening = take().range;
  unsigned tallest = height;
  do {
    node->subscripts.push_back(parseSubscript());
    tallest = std::max(tallest, height);
  } while (!panicking && accept(TokenKind::Comma));
  expectClosing(TokenKind::RightBracket, opening);
  node->range = since(begin);
  height = tallest;
  return node;
}

/// `i`, `start:stop:step` with any part left out, `SC except "lV1"`.
Subscript Parser::parseSubscript() {
  Subscript result;
  Range begin = peek().range;
  unsigned tallest = 1;
  auto part = [&](ExprPtr &into) {
    if (!at(TokenKind::Colon) && !at(TokenKind::RightBracket) && !at(TokenKind::Comma)) {
      into = parseExpr();
      tallest = std::max(tallest, height);
    }
  };
  if (at(TokenKind::RightBracket) || at(TokenKind::Comma))
    result.index = missingExpr("an index or a slice");
  else
    part(result.index);
  if (!panicking && accept(TokenKind::Colon)) {
    result.isSlice = true;
    result.start = std::move(result.index);
    part(result.stop);
    if (!panicking && accept(TokenKind::Colon))
      part(result.step);
  } else if (!panicking && acceptWord("except")) {
    result.except = parseExpr();
  }
  result.range = since(begin);
  height = tallest;
  return result;
}

} // namespace bdc::syntax
