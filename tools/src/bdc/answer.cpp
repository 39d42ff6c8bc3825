#include "tools/src/bdc/answer.h"

#include "tools/src/bdc/commands.h"

#include <fmt/format.h>

namespace bdc::tool {

namespace {

void addPlace(Json &object, const Place &place) {
  if (place.file.empty()) {
    for (const char *key : {"file", "line", "column", "end_line", "end_column"})
      object[key] = nullptr;
    return;
  }
  object["file"] = place.file;
  object["line"] = place.line;
  object["column"] = place.column;
  object["end_line"] = place.endLine;
  object["end_column"] = place.endColumn;
}

Json withoutPlace(const char *kind, const std::string &message, const std::string &help) {
  Diagnostic diagnostic;
  diagnostic.kind = kind;
  diagnostic.message = message;
  diagnostic.help = help;
  return toJson(diagnostic);
}

} // namespace

Json toJson(const Diagnostic &diagnostic) {
  Json object = {{"kind", diagnostic.kind}, {"severity", diagnostic.isError ? "error" : "warning"}, {"message", diagnostic.message}};
  addPlace(object, diagnostic.place);
  object["label"] = diagnostic.label;
  object["labels"] = Json::array();
  for (const Diagnostic::Label &label : diagnostic.labels) {
    Json entry;
    addPlace(entry, label.place);
    entry["text"] = label.text;
    object["labels"].push_back(std::move(entry));
  }
  object["notes"] = diagnostic.notes;
  object["help"] = diagnostic.help;
  return object;
}

Json toJson(const std::vector<Error> &errors) {
  Json result = Json::array();
  for (const Error &error : errors) {
    for (const Diagnostic &diagnostic : error.diagnostics)
      result.push_back(toJson(diagnostic));
    if (error.diagnostics.empty())
      result.push_back(withoutPlace("run", error.message, error.help));
  }
  return result;
}

Json answer(int status, const std::string &error, Json diagnostics) {
  Json warnings = Json::array();
  for (const Json &each : diagnostics)
    if (each["severity"] == "warning")
      warnings.push_back(each["message"]);
  Json result;
  result["status"] = status;
  result["error"] = error.empty() ? Json() : Json(error);
  result["diagnostics"] = std::move(diagnostics);
  result["warnings"] = std::move(warnings);
  return result;
}

Json usageAnswer(const std::string &message, const std::string &help) {
  return answer(Exit::wrongUsage, message, Json::array({withoutPlace("usage", message, help)}));
}

void printAnswer(const Json &answer) {
  // A path that is not UTF-8 must not keep the rest from being read.
  fmt::print("{}\n", answer.dump(-1, ' ', false, Json::error_handler_t::replace));
}

} // namespace bdc::tool
