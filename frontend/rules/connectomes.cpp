// Checking `connectome`: where weights and lengths come from, and what can be read of them.
#include "frontend/rules/network.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace bdc::rules {

using syntax::dynAs;

namespace {

/// An option of `load` that takes a word, with its words; the first is what holds where none is given.
struct WordOption {
  std::string_view name;
  std::vector<std::string_view> words;
};
const WordOption wordOptions[] = {
    {"normalise", {"none", "max", "max_in_strength", "max_out_strength", "in_strength"}},
    {"diagonal", {"drop", "keep"}},
    {"scale", {"linear", "log1p", "log10"}},
    {"lengths_unit", {"mm", "cm", "m", "um"}},
};
/// Options of `load` that name a file of their own, beside a first one that holds the weights alone.
constexpr std::string_view fileOptions[] = {"lengths", "labels", "centres"};

/// A number that `synthetic` takes.
struct NumberOption {
  std::string_view name, unit, doc;
  double value; ///< the default, in `unit`; 0: it must be given
  bool whole;
};
constexpr NumberOption numberOptions[] = {
    {"regions", "1", "number of regions", 0, true},
    {"density", "1", "the part of all possible connections that there are", 0.3, false},
    {"radius", "mm", "of the sphere on which the regions lie", 70, false},
    {"decay", "mm", "the length over which connections become e times weaker", 30, false},
};

} // namespace

int NetworkBuilder::findConnectome(std::string_view name) const {
  for (size_t i = 0; i < program.connectomes.size(); ++i)
    if (program.connectomes[i].name == name)
      return int(i);
  return -1;
}

void NetworkBuilder::reportNoConnectome(const syntax::Name &name) {
  std::vector<std::string_view> known;
  for (const Connectome &each : program.connectomes)
    if (!each.isMatrix())
      known.push_back(each.name);
  context.reportUnknown(Kind::UnknownName, name, fmt::format("there is no connectome `{}`", name.text), known,
                        known.empty() ? "`connectome SC = load(\"brain.h5\")`, then `SC`" : fmt::format("there is {}", fmt::join(known, ", ")), extent);
}

void NetworkBuilder::connectome(const syntax::ConnectomeStmt &stmt) {
  if (!stmt.name || !claim(stmt.name))
    return;
  auto *call = dynAs<syntax::CallExpr>(stmt.source);
  std::string_view from = syntax::calleeOf(call);
  if (from != "load" && from != "synthetic") {
    static const std::vector<std::string_view> known = {"load", "synthetic"};
    std::string help = call ? diag::didYouMeanHelp(from, known) : "";
    if (stmt.source->kind != syntax::ExprKind::Error)
      context.report(Kind::UnknownFunction, stmt.source->range, "a connectome is loaded from a file or made")
          .withHelp(help.empty() ? "`load(\"brain.h5\", normalise = max)` or `synthetic(regions = 100)`" : help);
  }
  Connectome made;
  made.name = std::string(stmt.name.text);
  made.doc = stmt.doc;
  made.range = stmt.name.range;
  if (from == "load")
    loaded(*call, made);
  else if (from == "synthetic")
    this->made(*call, made);
  if (made.size < 0) { // its value comes with the data
    made.size = addScalar(made.name + ".size", "number of regions", UnitTerm(), "1", nullptr, stmt.name.range);
    program.scalars[made.size].given = true;
  }
  program.scalars[made.size].whole = true;
  program.scalars[made.size].fixedBy = fmt::format("the number of regions of {}", made.name);
  program.connectomes.push_back(std::move(made));
}

/// Whether there is a file or folder, or a text file of weights whose name begins so ("brain" for "brain_weights.csv").
static bool isFound(const std::filesystem::path &path) {
  std::error_code ignored;
  if (std::filesystem::exists(path, ignored))
    return true;
  std::string prefix = path.filename().string() + "_weights.";
  std::filesystem::path folder = path.parent_path();
  for (std::filesystem::directory_iterator at(folder.empty() ? "." : folder, ignored), end; !ignored && at != end;
       at.increment(ignored))
    if (at->path().filename().string().starts_with(prefix))
      return true;
  return false;
}

/// Reports a file that is not beside the model file.
bool NetworkBuilder::isThere(const syntax::Expr &expr) {
  std::string_view name = syntax::as<syntax::StringExpr>(expr).text;
  std::filesystem::path folder = std::filesystem::path(context.sources.get(expr.range.source).path()).parent_path();
  std::error_code ignored;
  if (isFound(folder / name))
    return true;
  std::vector<std::string> files;
  std::filesystem::path within = (folder / name).parent_path();
  for (std::filesystem::directory_iterator at(within.empty() ? "." : within, ignored), end;
       !ignored && at != end && files.size() < 1000; at.increment(ignored))
    files.push_back((std::filesystem::path(name).parent_path() / at->path().filename()).string());
  std::vector<std::string_view> candidates(files.begin(), files.end());
  std::string help = diag::didYouMeanHelp(name, candidates);
  context.report(Kind::UnreadableFile, expr.range, fmt::format("there is no file `{}`", name))
      .withHelp(help.empty() ? "the names of data files are relative to the folder of the model file" : help);
  return false;
}

/// Takes `name = word` where the word is one of the option's.
bool NetworkBuilder::choose(const syntax::Argument &argument, std::span<const std::string_view> words, Connectome &made) {
  auto *word = dynAs<syntax::NameExpr>(argument.value);
  std::string_view text = word ? word->name.text : "";
  if (std::find(words.begin(), words.end(), text) != words.end()) {
    made.words.push_back(fmt::format("{}={}", argument.name.text, text));
    return true;
  }
  std::string help = diag::didYouMeanHelp(text, {words.begin(), words.end()});
  context
      .report(Kind::UnknownOption, argument.value->range,
              fmt::format("`{}` cannot be {}", argument.name.text, context.quote(argument.value->range)))
      .withHelp(help.empty() ? fmt::format("there are {}", fmt::join(words, ", ")) : help);
  return false;
}

/// `load("brain.h5", normalise = max)`.
void NetworkBuilder::loaded(const syntax::CallExpr &call, Connectome &made) {
  std::vector<std::string_view> known;
  for (const WordOption &option : wordOptions)
    known.push_back(option.name);
  known.insert(known.end(), std::begin(fileOptions), std::end(fileOptions));
  for (const syntax::Argument &argument : call.arguments) {
    auto isThis = [&](const auto &option) { return option.name == argument.name.text; };
    auto *choice = std::find_if(std::begin(wordOptions), std::end(wordOptions), isThis);
    bool isFile = std::find(std::begin(fileOptions), std::end(fileOptions), argument.name.text) != std::end(fileOptions);
    auto *text = dynAs<syntax::StringExpr>(argument.value);
    if (isGivenTwice(context, call.arguments, argument))
      continue;
    if (choice != std::end(wordOptions))
      choose(argument, choice->words, made);
    else if (argument.name && !isFile)
      context.reportUnknown(Kind::UnknownOption, argument.name, fmt::format("`load` has no option `{}`", argument.name.text),
                            known, fmt::format("it has {}", fmt::join(known, ", ")));
    else if (!text)
      context.report(Kind::MisplacedExpression, argument.range, "the name of a file is a text").withHelp("`load(\"brain.h5\")`");
    else if (!argument.name && !made.file.empty())
      context.report(Kind::WrongArgumentCount, argument.range, "`load` reads one file")
          .withHelp("tract lengths of their own: `lengths = \"lengths.csv\"`");
    else {
      isThere(*argument.value);
      if (argument.name)
        made.words.push_back(fmt::format("{}={}", argument.name.text, text->text));
      else
        made.file = std::string(text->text);
    }
  }
  if (call.arguments.empty() || call.arguments[0].name)
    context.report(Kind::WrongArgumentCount, call.range, "`load` needs the name of a file").withHelp("`load(\"brain.h5\")`");
}

/// `synthetic(regions = 100)`: its numbers are scalars of the network.
void NetworkBuilder::made(const syntax::CallExpr &call, Connectome &made) {
  made.generator = "synthetic";
  std::vector<std::string_view> known;
  for (const NumberOption &option : numberOptions)
    known.push_back(option.name);
  const syntax::Argument *given[std::size(numberOptions)] = {};
  size_t errorsBefore = context.engine.errorCount();
  for (const syntax::Argument &argument : call.arguments) {
    size_t which = std::find(known.begin(), known.end(), argument.name.text) - known.begin();
    if (!argument.name)
      context.report(Kind::UnknownOption, argument.range, "the arguments of `synthetic` have names")
          .withHelp("`synthetic(regions = 100)`");
    else if (which == known.size())
      context.reportUnknown(Kind::UnknownOption, argument.name, fmt::format("`synthetic` has no option `{}`", argument.name.text),
                            known, fmt::format("it has {}", fmt::join(known, ", ")));
    else if (!isGivenTwice(context, call.arguments, argument))
      given[which] = &argument;
  }
  for (size_t i = 0; i < std::size(numberOptions); ++i) {
    const NumberOption &option = numberOptions[i];
    units::Unit unit = units::unit(option.unit);
    std::string path = fmt::format("{}.{}", made.name, option.name);
    int scalar = -1;
    if (given[i])
      scalar = value(*given[i]->value, false, {unit.dimension, std::string(option.unit), {}, std::string(option.name)},
                     fmt::format("`{}`", option.name), path, std::string(option.doc))
                   .scalar;
    else if (option.value != 0)
      scalar = addScalar(path, std::string(option.doc), unit.dimension, std::string(option.unit),
                         context.number(unit.toCoherent(option.value), unit.dimension, call.range), call.range);
    else if (context.engine.errorCount() == errorsBefore)
      context.report(Kind::MissingSetting, call.range, fmt::format("`synthetic` needs `{}`", option.name))
          .withHelp("`synthetic(regions = 100)`");
    if (scalar < 0)
      continue;
    program.scalars[scalar].whole = option.whole;
    const Expr *read = readScalar(scalar, call.range);
    made.arguments.push_back({std::string(option.name), read});
    if (option.name == "regions")
      made.size = addScalar(made.name + ".size", "number of regions", UnitTerm(), "1", read, program.scalars[scalar].range);
  }
}

/// Help for who takes a matrix for a number; nothing of one that is declared below.
std::string NetworkBuilder::howEntriesAreRead(std::string_view matrix) const {
  const int index = findConnectome(matrix);
  if (index < 0)
    return "";
  const std::string entries = fmt::format("{}.{}", matrix, program.connectomes[index].membersWithEntries().front());
  return fmt::format("its entries are `{}`, read where nodes are seen by sensors: `LeadField(area.x, {})`", entries, entries);
}

/// `SC.weights`, `SC.lengths` of a connection, `SC.size`.
Scope::Answer NetworkBuilder::connectomeMember(int index, const syntax::MemberExpr &expr) {
  const Connectome &data = program.connectomes[index];
  std::string_view member = expr.member.text;
  if (member == "size")
    return {true, readScalar(data.size, expr.range)};
  if (int scalar = findScalar(fmt::format("{}.{}", data.name, member)); scalar >= 0)
    return {true, readScalar(scalar, expr.range)};
  if (data.broken)
    return {true, nullptr};
  std::vector<std::string_view> has = data.membersWithEntries();
  if (std::ranges::find(has, member) == has.end()) {
    has.push_back(data.isMatrix() ? "rows" : "size");
    if (data.isMatrix())
      has.push_back("columns");
    context.reportUnknown(Kind::UnknownMember, expr.member, fmt::format("{} has no `{}`", data.isMatrix() ? data.name : "a connectome", member), has,
                          fmt::format("it has {}, {} and {}", has[0], has[1], has[2]));
    return {true, nullptr};
  }
  if (!edges) {
    context
        .report(Kind::MisplacedExpression, expr.range,
                fmt::format("{} has a value for each {}", context.quote(expr.range), data.isMatrix() ? "entry" : "connection"))
        .withHelp(data.isMatrix() ? fmt::format("it is read where nodes are seen by sensors: `LeadField(area.x, {})`", context.text(expr.range))
                                  : "it is read where nodes are coupled: `couple area.x -> area.I by additive(SC.weights, strength = G)`");
    return {true, nullptr};
  }
  if (*edges >= 0 && *edges != index) {
    context.report(Kind::MixedConnectomes, expr.range, "connections are of one connectome or matrix")
        .withNote(fmt::format("the connections are those of {}", program.connectomes[*edges].name));
    return {true, nullptr};
  }
  *edges = index;
  const bool isLength = member == "lengths";
  Expr *result = context.node(Op::Edge, expr.range, isLength ? UnitTerm(units::dim::length) : UnitTerm());
  result->index = index;
  result->name = isLength ? "lengths" : "weights";
  result->unit = isLength ? "mm" : "1";
  return {true, result};
}

} // namespace bdc::rules
