// Checking `matrix`: tables from nodes to sensors.
#include "frontend/rules/network.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace bdc::rules {

using syntax::dynAs;

void NetworkBuilder::matrix(const syntax::MatrixStmt &stmt) {
  if (!stmt.name || !claim(stmt.name))
    return;
  const size_t errorsBefore = context.engine.errorCount();
  auto *call = dynAs<syntax::CallExpr>(stmt.source);
  std::string_view from = syntax::calleeOf(call);
  if (from != "load" && from != "distances") {
    std::string help = call ? diag::didYouMeanHelp(from, {"load", "distances"}) : "";
    if (stmt.source->kind != syntax::ExprKind::Error)
      context.report(Kind::UnknownFunction, stmt.source->range, "a matrix is loaded from a file, or made of distances")
          .withHelp(help.empty() ? "`load(\"eeg.csv\")` or `distances(\"contacts.txt\", SC)`" : help);
  }
  Connectome made;
  made.name = std::string(stmt.name.text);
  made.doc = stmt.doc;
  made.range = stmt.name.range;
  if (from == "load")
    matrixOptions(*call, {"name", "reference", "rows", "columns"}, made);
  else if (from == "distances")
    distances(*call, made);
  auto fact = [&](std::string_view member, std::string_view what) {
    return given(fmt::format("{}.{}", made.name, member), fmt::format("number of {}", what), fmt::format("the number of {} of {}", what, made.name),
                 stmt.name.range);
  };
  made.rows = fact("rows", "rows");
  made.size = fact("columns", "columns");
  made.broken |= context.engine.errorCount() > errorsBefore || context.engine.isDamaged(stmt.range);
  program.connectomes.push_back(std::move(made));
}

/// The file, and options that are texts; `reference` may be a word, too.
void NetworkBuilder::matrixOptions(const syntax::CallExpr &call, const std::vector<std::string_view> &known, Connectome &made) {
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    const syntax::Argument &argument = call.arguments[i];
    auto *text = dynAs<syntax::StringExpr>(argument.value);
    std::string_view option = argument.name.text;
    if (!argument.name) {
      if (i > 0 && !made.isDistances()) // which have a second one
        context.report(Kind::WrongArgumentCount, argument.range, "a matrix is read from one file").withHelp("options have names: `load(\"eeg.csv\", name = \"gain\")`");
      if (i > 0)
        continue;
      if (!text)
        context.report(Kind::MisplacedExpression, argument.range, "the name of a file is a text").withHelp("`load(\"eeg.csv\")`");
      else {
        isThere(*argument.value);
        made.file = std::string(text->text);
      }
      continue;
    }
    if (isGivenTwice(context, call.arguments, argument))
      continue;
    if (std::find(known.begin(), known.end(), option) == known.end())
      context.reportUnknown(Kind::UnknownOption, argument.name, fmt::format("`{}` is no option of a matrix", option), known,
                            fmt::format("it has {}", fmt::join(known, ", ")));
    else if (option == "lengths_unit")
      choose(argument, std::vector<std::string_view>{"mm", "cm", "m", "um"}, made);
    else if (option == "reference" && !text)
      choose(argument, std::vector<std::string_view>{"none", "average"}, made);
    else if (!text)
      context.report(Kind::MisplacedExpression, argument.value->range, fmt::format("`{}` is a text", option))
          .withHelp(fmt::format("`{} = \"…\"`", option));
    else {
      if (option == "rows" || option == "columns")
        isThere(*argument.value);
      made.words.push_back(fmt::format("{}={}", option, text->text));
    }
  }
  if (call.arguments.empty() || call.arguments[0].name)
    context.report(Kind::WrongArgumentCount, call.range, "a matrix needs the name of a file").withHelp("`load(\"eeg.csv\")`");
}

/// `distances("contacts.txt", SC)`: a row for each contact, a column for each region.
void NetworkBuilder::distances(const syntax::CallExpr &call, Connectome &made) {
  made.generator = "distances";
  matrixOptions(call, {"rows", "lengths_unit"}, made);
  made.words.push_back("contacts=" + made.file);
  made.file.clear();
  const syntax::Argument *second = call.arguments.size() > 1 && !call.arguments[1].name ? &call.arguments[1] : nullptr;
  auto *name = second ? dynAs<syntax::NameExpr>(second->value) : nullptr;
  int data = name ? findConnectome(name->name.text) : -1;
  if (name && data < 0) {
    reportNoConnectome(name->name);
    made.broken = true;
  } else if (data < 0 || program.connectomes[data].isMatrix())
    context.report(Kind::WrongArgumentCount, second ? second->range : call.range, "distances are those from the regions of a connectome")
        .withHelp("`distances(\"contacts.txt\", SC)`");
  else
    made.words.push_back("regions=" + program.connectomes[data].name);
  for (size_t i = 2; i < call.arguments.size(); ++i)
    if (!call.arguments[i].name)
      context.report(Kind::WrongArgumentCount, call.arguments[i].range, "`distances` takes a file and a connectome");
}

} // namespace bdc::rules
