#include "frontend/syntax/lexer.h"

#include "frontend/syntax/characters.h"
#include "frontend/syntax/scan.h"
#include "frontend/syntax/words.h"

#include <charconv>
#include <fmt/format.h>

namespace bdc::syntax {

using diag::Kind;
using diag::Range;

namespace {

struct Sign {
  std::string_view text;
  TokenKind kind;
};

/// Longer signs first, so that the first match is the longest.
constexpr Sign signs[] = {
    {"->", TokenKind::Arrow},     {"+=", TokenKind::AddAssign},    {"-=", TokenKind::SubAssign},
    {"*=", TokenKind::MulAssign}, {"/=", TokenKind::DivAssign},    {"<=", TokenKind::LessEqual},
    {">=", TokenKind::GreaterEqual}, {"==", TokenKind::EqualEqual}, {"!=", TokenKind::NotEqual},
    {"(", TokenKind::LeftParen},  {")", TokenKind::RightParen},    {"[", TokenKind::LeftBracket},
    {"]", TokenKind::RightBracket}, {"{", TokenKind::LeftBrace},   {"}", TokenKind::RightBrace},
    {",", TokenKind::Comma},      {";", TokenKind::Semicolon},     {":", TokenKind::Colon},
    {".", TokenKind::Dot},        {"'", TokenKind::Prime},         {"=", TokenKind::Assign},
    {"~", TokenKind::Tilde},      {"+", TokenKind::Plus},          {"-", TokenKind::Minus},
    {"*", TokenKind::Star},       {"/", TokenKind::Slash},         {"^", TokenKind::Caret},
    {"<", TokenKind::Less},       {">", TokenKind::Greater}};

/// Signs of other languages, and what they are here.
struct Foreign {
  std::string_view text, ours;
  TokenKind kind;
};
constexpr Foreign foreigners[] = {{"**", "^", TokenKind::Caret},
                                  {"&&", "and", TokenKind::Word},
                                  {"||", "or", TokenKind::Word},
                                  {"!", "not", TokenKind::Word}};

class Lexer {
public:
  Lexer(const diag::Sources &sources, diag::SourceId source, diag::Engine &engine)
      : source(source), text(sources.get(source).text()), engine(engine) {}

  Tokens run() {
    if (text.starts_with("\xEF\xBB\xBF"))
      at = 3;
    checkEncoding();
    while (skipToToken())
      lexToken();
    endLine();
    push(TokenKind::End, at, at);
    return std::move(result);
  }

private:
  // Places and tokens.
  char peek(size_t ahead = 0) const { return at + ahead < text.size() ? text[at + ahead] : '\0'; }
  Range range(size_t begin, size_t end) const {
    return {source, static_cast<uint32_t>(begin), static_cast<uint32_t>(end)};
  }
  const Token *last() const { return result.tokens.empty() ? nullptr : &result.tokens.back(); }
  bool lastIs(TokenKind kind) const { return last() && last()->kind == kind; }

  Token &push(TokenKind kind, size_t begin, size_t end) {
    Token token;
    token.kind = kind;
    token.range = range(begin, end);
    token.text = text.substr(begin, end - begin);
    if (kind != TokenKind::Newline) {
      token.doc = waitingDoc;
      waitingDoc = -1;
    }
    bool beginsStatement = !last() || lastIs(TokenKind::Newline) || lastIs(TokenKind::Semicolon) ||
                           lastIs(TokenKind::LeftBrace) || lastIs(TokenKind::RightBrace);
    if (beginsStatement)
      firstWord = kind == TokenKind::Word ? token.text : std::string_view();
    result.tokens.push_back(token);
    return result.tokens.back();
  }

  void checkEncoding();
  bool skipToToken();
  void lexComment();
  void endLine();
  void lexToken();
  void lexNumber();
  void lexString();
  void lexHash();
  void lexBlockComment();
  void lexSign();
  void lexForeign();
  void open(TokenKind kind);
  void close(TokenKind kind);
  void lexUnit(size_t begin, size_t end);
  void lexUnitAfter(bool mayDivide);

  struct Bracket {
    TokenKind kind;
    bool mayDivide;   ///< a unit after its closing bracket may begin with `/`
    bool mayHaveUnit; ///< a unit may follow its closing bracket
  };

  diag::SourceId source;
  std::string_view text;
  diag::Engine &engine;
  Tokens result;
  size_t at = 0;
  std::vector<Bracket> brackets;
  std::string_view firstWord; ///< of the statement
  int32_t waitingDoc = -1;    ///< a documentation comment that belongs to the next token
  bool lineHasToken = false;
  bool lineEnded = false;     ///< a line ended since the last token
};

void Lexer::checkEncoding() {
  for (size_t i = 0; i < text.size();) {
    uint32_t length = utf8Length(text.substr(i));
    if (length == 0) {
      engine.report(Kind::InvalidUtf8, range(i, i + 1), "the text is not UTF-8")
          .withLabel(fmt::format("the byte 0x{:02X} is not part of a character", static_cast<unsigned char>(text[i])))
          .withHelp("save the file with the encoding UTF-8");
      return;
    }
    i += length;
  }
}

/// Passes blanks, comments and ends of lines; false at the end of the text.
bool Lexer::skipToToken() {
  while (at < text.size()) {
    if (isBlank(peek())) {
      ++at;
    } else if (peek() == '\n') {
      ++at;
      lineEnded = true;
      lineHasToken = false;
    } else if (peek() == '/' && peek(1) == '/') {
      lexComment();
    } else if (peek() == '#') {
      lexHash();
    } else if (peek() == '/' && peek(1) == '*') {
      lexBlockComment();
    } else {
      endLine();
      return true;
    }
  }
  lineEnded = true;
  return false;
}

void Lexer::lexComment() {
  size_t begin = at;
  at = std::min(text.find('\n', at), text.size());
  // A line of four slashes or more is a rule drawn across the page.
  bool isDoc = text.substr(begin, 3) == "///" && text.substr(begin, 4) != "////";
  if (!isDoc)
    return;
  std::string_view content = text.substr(begin + 3, at - begin - 3);
  if (content.starts_with(' '))
    content.remove_prefix(1);
  while (!content.empty() && isBlank(content.back()))
    content.remove_suffix(1);
  if (lineHasToken) {
    engine.report(Kind::StrayDocComment, range(begin, at), "this documentation comment belongs to nothing")
        .withHelp("`///` stands on the lines before what it describes; a remark behind it is `//`");
    return;
  }
  if (waitingDoc < 0) {
    waitingDoc = static_cast<int32_t>(result.docs.size());
    result.docs.push_back({std::string(content), range(begin, at)});
    return;
  }
  Doc &doc = result.docs[waitingDoc];
  doc.text += "\n" + std::string(content);
  doc.range.end = static_cast<uint32_t>(at);
}

/// A comment as other languages write it.
void Lexer::lexHash() {
  engine.report(Kind::UnexpectedCharacter, range(at, at + 1), "`#` has no meaning here").withHelp("a comment begins with `//`");
  at = std::min(text.find('\n', at), text.size());
}

/// What other languages have as a comment.
void Lexer::lexBlockComment() {
  engine.report(Kind::UnexpectedCharacter, range(at, at + 2), "`/*` has no meaning here").withHelp("a comment begins with `//`, in each of its lines");
  const size_t end = text.find("*/", at + 2);
  at = end == text.npos ? text.size() : end + 2;
}

/// Decides, at the first token of a line (or at the end of the text), whether the statement goes on.
void Lexer::endLine() {
  if (!lineEnded)
    return;
  lineEnded = false;
  if (!last() || lastIs(TokenKind::Newline))
    return;
  bool inside = !brackets.empty() && brackets.back().kind != TokenKind::LeftBrace;
  bool wantsMore = inside || continuesLine(*last());
  LineStart next = lineStart(text.substr(at));
  bool goesOn = next == LineStart::By;
  if (next == LineStart::Other)
    goesOn = wantsMore;
  else if (next == LineStart::Assignment) // an option or a named argument where a comma or bracket stands before it
    goesOn = wantsMore && (lastIs(TokenKind::Comma) || lastIs(TokenKind::LeftParen));
  if (goesOn && at < text.size())
    return;
  while (!brackets.empty() && brackets.back().kind != TokenKind::LeftBrace)
    brackets.pop_back();
  size_t end = last()->range.end;
  push(TokenKind::Newline, end, std::min(end + 1, text.size()));
}

void Lexer::lexToken() {
  lineHasToken = true;
  size_t begin = at;
  if (beginsName(peek())) {
    while (continuesName(peek()))
      ++at;
    push(TokenKind::Word, begin, at);
  } else if (isDigit(peek()) || (peek() == '.' && isDigit(peek(1)))) {
    lexNumber();
  } else if (peek() == '"') {
    lexString();
  } else {
    lexSign();
  }
}

void Lexer::lexNumber() {
  size_t begin = at;
  auto digits = [&] {
    while (isDigit(peek()))
      ++at;
  };
  digits();
  bool pointWithoutDigits = false;
  if (peek() == '.' && !beginsName(peek(1))) {
    pointWithoutDigits = at == begin || !isDigit(peek(1));
    ++at;
    digits();
  }
  bool hasExponent = (peek() == 'e' || peek() == 'E') &&
                     (isDigit(peek(1)) || ((peek(1) == '+' || peek(1) == '-') && isDigit(peek(2))));
  if (hasExponent) {
    at += 2;
    digits();
  }
  Token &token = push(TokenKind::Number, begin, at);
  token.isReported = pointWithoutDigits;
  std::from_chars_result read = std::from_chars(text.data() + begin, text.data() + at, token.value);
  if (pointWithoutDigits)
    engine.report(Kind::MalformedNumber, token.range, "a decimal point stands between digits")
        .withHelp(fmt::format("write `{}`", text[begin] == '.' ? fmt::format("0{}", token.text)
                                                               : fmt::format("{}0", token.text)));
  else if ((token.isReported = read.ec == std::errc::result_out_of_range))
    engine.report(Kind::MalformedNumber, token.range, fmt::format("the number `{}` is too large or too small", token.text))
        .withNote("numbers reach from about 2e-308 to 2e308");
  lexUnitAfter(/*mayDivide=*/true);
}

/// A unit on the same line, after blanks. One that begins with `/` needs a blank before it: `1 /ms`, not `1/ms`.
void Lexer::lexUnitAfter(bool mayDivide) {
  size_t begin = at;
  while (begin < text.size() && isBlank(text[begin]))
    ++begin;
  if (begin >= text.size() || (text[begin] == '/' && (!mayDivide || begin == at)))
    return;
  size_t length = unitLength(text.substr(begin));
  if (length > 0 && !isLanguageWord(leadingWord(text.substr(begin))))
    lexUnit(begin, begin + length);
}

void Lexer::lexUnit(size_t begin, size_t end) {
  at = end;
  push(TokenKind::Unit, begin, end);
}

void Lexer::lexString() {
  size_t begin = at++;
  while (at < text.size() && peek() != '"' && peek() != '\n')
    ++at;
  bool closed = peek() == '"' && at < text.size();
  size_t contentEnd = at;
  at += closed;
  Token &token = push(TokenKind::String, begin, at);
  token.text = text.substr(begin + 1, contentEnd - begin - 1);
  token.isReported = !closed;
  if (!closed)
    engine.report(Kind::UnterminatedString, range(begin, contentEnd), "the string does not end on its line")
        .withHelp("close it with `\"`");
}

void Lexer::lexSign() {
  for (const Foreign &foreign : foreigners)
    if (text.substr(at).starts_with(foreign.text) && !text.substr(at).starts_with("!="))
      return lexForeign();
  for (const Sign &sign : signs) {
    if (!text.substr(at).starts_with(sign.text))
      continue;
    at += sign.text.size();
    push(sign.kind, at - sign.text.size(), at);
    open(sign.kind);
    close(sign.kind);
    bool declares = firstWord == "param" || firstWord == "state" || firstWord == "input" || firstWord == "output" || firstWord == "source";
    bool outside = brackets.empty() || brackets.back().kind == TokenKind::LeftBrace;
    if (sign.kind == TokenKind::Colon && declares && outside) {
      while (isBlank(peek()))
        ++at;
      if (size_t length = declaredUnitLength(text.substr(at)))
        lexUnit(at, at + length);
    }
    return;
  }
  lexForeign();
}

/// A character that the language does not have: reported with what to write instead.
void Lexer::lexForeign() {
  for (const Foreign &foreign : foreigners) {
    if (!text.substr(at).starts_with(foreign.text))
      continue;
    at += foreign.text.size();
    Token &token = push(foreign.kind, at - foreign.text.size(), at);
    token.text = foreign.ours;
    token.isReported = true;
    engine.report(Kind::UnexpectedCharacter, token.range, fmt::format("`{}` has no meaning here", foreign.text))
        .withHelp(fmt::format("write `{}`", foreign.ours));
    return;
  }
  size_t begin = at;
  uint32_t length = utf8Length(text.substr(at));
  std::string_view character = text.substr(at, std::max(length, 1u));
  at += character.size();
  push(TokenKind::Invalid, begin, at).isReported = true;
  if (length == 0)
    return; // has been reported as not UTF-8
  unsigned char byte = static_cast<unsigned char>(character[0]);
  bool shown = byte > 0x20 && byte != 0x7F;
  std::string name = shown ? fmt::format("`{}`", character) : fmt::format("the control character 0x{:02X}", byte);
  diag::Diagnostic &diagnostic =
      engine.report(Kind::UnexpectedCharacter, range(begin, at), fmt::format("{} has no meaning here", name));
  if (std::string_view instead = asciiFor(character); instead == " ")
    diagnostic.withHelp("this is a blank that does not break: write an ordinary one");
  else if (!instead.empty())
    diagnostic.withHelp(fmt::format("write `{}`{}", instead, isLetter(instead[0]) ? ": names are made of the letters a to z, digits and `_`" : ""));
  else if (character == "%" )
    diagnostic.withHelp("a percentage is a unit and stands right after a number: `10 %`");
}

void Lexer::open(TokenKind kind) {
  if (kind != TokenKind::LeftParen && kind != TokenKind::LeftBracket && kind != TokenKind::LeftBrace)
    return;
  const Token *before = result.tokens.size() > 1 ? &result.tokens[result.tokens.size() - 2] : nullptr;
  bool afterOperand = before && (before->kind == TokenKind::Word || before->kind == TokenKind::RightParen ||
                                 before->kind == TokenKind::RightBracket);
  bool distribution = before && before->kind == TokenKind::Word && isDistribution(before->text);
  bool list = kind == TokenKind::LeftBracket && (!afterOperand || isLanguageWord(before->text));
  // A brace inside a round or square bracket: that bracket was never closed.
  if (kind == TokenKind::LeftBrace)
    while (!brackets.empty() && brackets.back().kind != TokenKind::LeftBrace)
      brackets.pop_back();
  brackets.push_back({kind, distribution || list, kind == TokenKind::LeftParen || list});
}

void Lexer::close(TokenKind kind) {
  TokenKind opening = kind == TokenKind::RightParen     ? TokenKind::LeftParen
                      : kind == TokenKind::RightBracket ? TokenKind::LeftBracket
                      : kind == TokenKind::RightBrace   ? TokenKind::LeftBrace
                                                        : TokenKind::End;
  if (opening == TokenKind::End)
    return;
  if (kind == TokenKind::RightBrace)
    while (!brackets.empty() && brackets.back().kind != TokenKind::LeftBrace)
      brackets.pop_back();
  if (brackets.empty() || brackets.back().kind != opening)
    return;
  Bracket bracket = brackets.back();
  brackets.pop_back();
  if (bracket.mayHaveUnit)
    lexUnitAfter(bracket.mayDivide);
}

} // namespace

Tokens lex(const diag::Sources &sources, diag::SourceId source, diag::Engine &engine) {
  return Lexer(sources, source, engine).run();
}

} // namespace bdc::syntax
