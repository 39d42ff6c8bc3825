// Statements and blocks, and where reading goes on after a mistake in one.
#include "frontend/syntax/parser_impl.h"
#include "frontend/syntax/scan.h"

#include <algorithm>
#include <initializer_list>

namespace bdc::syntax {

using diag::Kind;

// ---------------------------------------------------------------------------------------------- statements

/// A statement, or a part of one that can be read alone, begins here.
void Parser::begin() {
  bool isSeparator = tokens[mark].kind == TokenKind::Newline || tokens[mark].kind == TokenKind::Semicolon;
  if (next != mark && !isSeparator)
    previous = mark;
  mark = next;
}

/// Ends what a mistake has spoiled: from here on text counts again. What was passed over is known to later rules.
void Parser::recover() {
  if (panicking) {
    diag::Damage damage;
    damage.range = tokens[mark].range.merge(tokens[std::max(next, mark + 1) - 1].range);
    damage.mayDeclare = !isEffective(tokens[mark].text);
    damage.isOutside = open.empty();
    for (size_t i = mark; i < next; ++i)
      if (tokens[i].kind == TokenKind::Word || tokens[i].kind == TokenKind::Unit)
        damage.words.push_back(tokens[i].text);
    engine.markDamaged(damage);
  }
  panicking = false;
  begin();
}

/// Passes over what is left of a statement, with the blocks in it.
void Parser::skipStatement() {
  unsigned nested = 0;
  // Settings or a block whose `{` is missing: their `}` belongs to what is passed over.
  bool isUnopened = panicking && surplus() > 0;
  while (!at(TokenKind::End)) {
    if (nested == 0 && (isUnopened ? at(TokenKind::RightBrace) : atEndOfStatement()))
      break;
    if (at(TokenKind::LeftBrace))
      ++nested;
    if (at(TokenKind::RightBrace))
      --nested;
    takeDoc();
    take();
  }
  if (isUnopened && accept(TokenKind::RightBrace))
    while (!atEndOfStatement()) // clauses behind the settings
      take();
}

void Parser::skipSeparators() {
  while (at(TokenKind::Newline) || at(TokenKind::Semicolon)) {
    takeDoc();
    take();
  }
}

/// Holds that a statement ends here; reports and passes over what follows it otherwise.
void Parser::endStatement(std::string_view statement) {
  if (lost)
    return;
  if (!panicking && !atEndOfStatement()) {
    if (at(TokenKind::Unit)) {
      fail(Kind::MisplacedUnit, peek().range, fmt::format("{} cannot stand here", found()))
          .withHelp(
              "a unit stands after a number, a colon, or the closing bracket of a range or distribution; a product needs `*`");
    } else if (at(TokenKind::RightParen) || at(TokenKind::RightBracket)) {
      fail(Kind::UnmatchedBracket, peek().range,
           fmt::format("no bracket is open that this {} could close", describe(peek().kind)));
    } else {
      diag::Diagnostic &diagnostic =
          failHere(Kind::TrailingText, fmt::format("expected the end of {}, found {}", statement, found()));
      if (at(TokenKind::Comma) && !open.empty() && open.back() == InProject)
        diagnostic.withHelp("clauses are lines of their own, or stand apart by `;`");
      else if (atWord("discard"))
        diagnostic.withHelp("it is of a whole run: `simulate … for 1 s, dt = 0.1 ms, discard 100 ms`");
      else if (at(TokenKind::Word) || at(TokenKind::Number))
        diagnostic.withHelp(isLanguageWord(peek().text) ? "each statement has its own line, or `;` before it"
                                                        : "an operator or a comma may be missing before it");
    }
  }
  skipStatement();
  recover();
}

// -------------------------------------------------------------------------------------------------- blocks

/// How many more `}` than open blocks stand between here, or so many tokens behind, and the next definition: above 0 one is too many, or a `{`
/// is missing.
int Parser::surplus(size_t behind) {
  if (closing.empty()) { // once, from the end: a text may have a mistake in every line
    closing.resize(tokens.size());
    for (size_t i = tokens.size() - 1; i-- > 0;) {
      bool isFirst = i == 0 || tokens[i - 1].kind == TokenKind::Newline;
      bool isDefinition =
          tokens[i].kind == TokenKind::Word && placesOf(tokens[i].text) == InFile && tokens[i + 1].kind == TokenKind::Word;
      int brace = (tokens[i].kind == TokenKind::RightBrace) - (tokens[i].kind == TokenKind::LeftBrace);
      closing[i] = isFirst && isDefinition ? 0 : closing[i + 1] + brace;
    }
  }
  return closing[next + behind] - int(open.size());
}

/// After a head whose `{` is missing: goes to the first statement of its block, where it has one all the same.
bool Parser::findBlock() {
  if (surplus() > 0)
    return true;
  size_t i = next;
  while (tokens[i].kind != TokenKind::LeftBrace && tokens[i].kind != TokenKind::RightBrace &&
         tokens[i].kind != TokenKind::Newline && tokens[i].kind != TokenKind::Semicolon && tokens[i].kind != TokenKind::End)
    ++i;
  if (tokens[i].kind == TokenKind::Newline && tokens[i + 1].kind == TokenKind::LeftBrace)
    ++i;
  if (tokens[i].kind != TokenKind::LeftBrace)
    return false;
  next = i + 1;
  return true;
}

/// After a head whose block has no braces at all: passes over the statements that stand there all the same. False where none do.
bool Parser::passUnbraced(Place place) {
  const unsigned outside = open.empty() ? unsigned(InFile) : open.back();
  auto isInside = [&] {
    const unsigned places = at(TokenKind::Word) ? placesOf(peek().text) : 0;
    return (places & place) && !(places & outside);
  };
  const size_t before = next;
  size_t end = before;
  if (surplus() <= 0)
    for (skipSeparators(); isInside(); skipSeparators()) {
      skipStatement();
      end = next;
    }
  next = end;
  return end != before;
}

/// A `}` behind which the block goes on.
bool Parser::closesTooEarly(Place place) {
  if (surplus() <= 0)
    return false;
  size_t i = next + 1;
  while (tokens[i].kind == TokenKind::Newline || tokens[i].kind == TokenKind::Semicolon)
    ++i;
  if (tokens[i].kind != TokenKind::Word)
    return false;
  unsigned outside = open.size() < 2 ? unsigned(InFile) : open[open.size() - 2];
  unsigned places = placesOf(tokens[i].text);
  bool isDefinition = tokens[i + 1].kind == TokenKind::Assign || tokens[i + 1].kind == TokenKind::Prime;
  return ((places & place) && !(places & outside)) || (place == InModel && isDefinition);
}

/// A `{` where a statement should begin: passed over, with its block where it has one.
void Parser::strayBlock(std::string_view where) {
  failExpected(Kind::UnknownStatement, where);
  take();
  if (surplus() > 0)
    skipStatement();
  recover();
}

/// A statement that can only stand outside the block at hand: the block's brace was never closed.
bool Parser::atLostStatement(Place place) {
  if (!at(TokenKind::Word) || peek(1).kind != TokenKind::Word)
    return false;
  unsigned places = placesOf(peek().text);
  if (place == InProject && (places & InProject))
    return false;
  if (place == InProject && (places & InNetwork))
    return true;
  if (place == InOn && (places & InModel))
    return true;
  bool function = peek().text == "function" && peek(2).kind == TokenKind::LeftParen;
  // Where all blocks are closed behind it, it stands in one.
  return (places & InFile) && (peek(2).kind == TokenKind::LeftBrace || function) && surplus(1) < 0;
}

/// The same among settings, where a word is followed by a sign and never by an operand.
bool Parser::atLostSetting() const {
  TokenKind after = peek(1).kind;
  bool operand =
      after == TokenKind::Word || after == TokenKind::Number || after == TokenKind::Minus || after == TokenKind::LeftParen;
  return at(TokenKind::Word) && operand && (placesOf(peek().text) & (InFile | InNetwork | InProject));
}

/// One brace too few is one mistake, however many blocks are left by it.
void Parser::leaveBlock(std::string_view owner, Range opening) {
  if (!lost) {
    diag::Diagnostic &diagnostic = fail(Kind::UnclosedBracket, opening, fmt::format("the `{{` of {} is never closed", owner));
    if (!at(TokenKind::End))
      diagnostic.also(peek().range, "this cannot stand inside it");
    diagnostic.withHelp("close it with `}`");
  }
  lost = true;
  recover();
  open.pop_back();
}

void Parser::parseBlock(std::string_view owner, Place place, const std::function<void()> &statement) {
  Range opening = peek().range;
  if (!accept(TokenKind::LeftBrace)) {
    diag::Diagnostic &diagnostic = failExpected(Kind::ExpectedToken, fmt::format("`{{` and the statements of {}", owner));
    if (passUnbraced(place)) {
      diagnostic.withHelp("they stand in braces: `{ … }`");
      return;
    }
    if (place == InProject)
      diagnostic.withHelp("the synapse, the weight and the like stand in braces: `project A -> B { synapse Exponential; weight 1 nS }`");
    if (!findBlock())
      return;
  }
  recover();
  open.push_back(place);
  for (skipSeparators();; skipSeparators()) {
    begin();
    if (at(TokenKind::RightBrace)) {
      if (!closesTooEarly(place))
        break;
      fail(Kind::UnmatchedBracket, peek().range, fmt::format("this `}}` closes {} before its end", owner))
          .withHelp("there is one `}` more than `{`: leave one out");
      take();
      recover();
      continue;
    }
    if (at(TokenKind::End) || atLostStatement(place))
      return leaveBlock(owner, opening);
    lost = false;
    size_t before = next;
    if (at(TokenKind::LeftBrace))
      strayBlock(fmt::format("a statement of {}", describe(place)));
    else
      statement();
    if (next == before && !lost)
      take();
  }
  open.pop_back();
  take();
  begin();
}

// ----------------------------------------------------------------------------------- statements without a rule

/// What stands here for a word that other languages begin with.
static std::optional<std::string> hintFromElsewhere(Place place, std::string_view word) {
  const auto isOneOf = [&](std::initializer_list<std::string_view> words) { return std::find(words.begin(), words.end(), word) != words.end(); };
  if (place == InFile && isOneOf({"def", "fn", "fun", "func"}))
    return "a function is written `function f(x) = …`";
  if (place == InModel && isOneOf({"spike", "when", "if", "threshold", "reset", "refractory"}))
    return "what happens at a threshold is written `on v > v_th { emit spike; v = v_reset; hold v for t_ref }`";
  if (place == InOn && isOneOf({"reset", "set"}))
    return "a state gets a value with `v = v_reset`";
  if (place == InOn && isOneOf({"refractory", "wait"}))
    return "a state is kept with `hold v for t_ref`";
  return std::nullopt;
}

/// What a first word may have been meant to be, by its neighbours.
std::optional<std::string> Parser::statementHint(Place place) const {
  std::string_view word = peek().text;
  if (place == InModel && peek(1).kind == TokenKind::Colon)
    return fmt::format("a declaration begins with its kind: `param {} : …` or `state {} : …`", word, word);
  if (place == InModel && word.starts_with('d') && peek(1).kind == TokenKind::Slash)
    return "a derivative is written with a prime: `v' = …`";
  if (place == InModel && peek(1).kind == TokenKind::Star && peek(2).kind == TokenKind::Word && peek(3).kind == TokenKind::Prime)
    return fmt::format("a derivative stands alone on its side: `{}' = (…) / {}`", peek(2).text, word);
  if (place == InNetwork && peek(1).kind == TokenKind::Dot && peek(2).kind == TokenKind::Word)
    return fmt::format("a state gets its first value with `start {}.{} = …`; a param of a population stands in braces behind its size", word, peek(2).text);
  if (place == InExperiment && peek(1).kind == TokenKind::Dot && peek(2).kind == TokenKind::Word)
    return fmt::format("what is added to an input is written `drive {}.{} = …`", word, peek(2).text);
  if (std::optional<std::string> hint = hintFromElsewhere(place, word))
    return hint;
  std::vector<std::string_view> candidates = wordsOf(place);
  if (std::string help = diag::didYouMeanHelp(word, candidates); !help.empty())
    return help;
  return std::nullopt;
}

/// Reports a sign that begins no statement. An operator goes on with the statement before it, which is spoilt, too.
void Parser::failBegin(std::string_view what) {
  diag::Diagnostic &diagnostic = failExpected(Kind::UnknownStatement, what);
  if (!continuesLine(peek()))
    return;
  diagnostic.withHelp(
      "a statement goes on with the next line where a bracket is open, or where its line ends with an operator or a comma");
  mark = previous;
}

/// Reports the word at hand, which begins no statement here, and passes over its statement.
void Parser::unknownStatement(Place place) {
  if (!at(TokenKind::Word)) {
    if (at(TokenKind::RightParen) || at(TokenKind::RightBracket))
      fail(Kind::UnmatchedBracket, peek().range,
           fmt::format("no bracket is open that this {} could close", describe(peek().kind)));
    else
      failBegin(place == InFile ? "a definition" : fmt::format("a statement of {}", describe(place)));
  } else if (unsigned places = placesOf(peek().text)) {
    std::string belongs;
    for (Place other : {InFile, InModel, InOn, InNetwork, InProject, InExperiment})
      if (places & other)
        belongs += fmt::format("{}{}", belongs.empty() ? "" : ", or to ", describe(other));
    const bool isNamed = place == InModel && peek().text == "let" && peek(1).kind == TokenKind::Word;
    fail(Kind::MisplacedStatement, peek().range, fmt::format("`{}` cannot stand in {}", peek().text, describe(place)))
        .withHelp(isNamed ? fmt::format("a value gets its name without it: `{} = …`", peek(1).text) : fmt::format("it belongs to {}", belongs));
  } else {
    diag::Diagnostic &diagnostic =
        fail(Kind::UnknownStatement, peek().range,
             place == InFile ? fmt::format("no definition begins with `{}`", peek().text)
                             : fmt::format("no statement of {} begins with `{}`", describe(place), peek().text));
    if (std::optional<std::string> hint = statementHint(place))
      diagnostic.withHelp(*hint);
    else
      diagnostic.withNote(fmt::format("they begin with: {}{}", fmt::join(wordsOf(place), ", "),
                                      place == InModel ? ", or `NAME = …`, `NAME' = …`" : place == InOn ? ", or `NAME = …`" : ""));
  }
  skipStatement();
  recover();
}

} // namespace bdc::syntax
