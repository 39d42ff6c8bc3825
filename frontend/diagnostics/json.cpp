#include "frontend/diagnostics/diagnostic.h"

#include <nlohmann/json.hpp>

namespace bdc::diag {

namespace {

using Json = nlohmann::ordered_json;

void addPlace(Json &object, const Sources &sources, Range range) {
  if (!range.valid()) {
    for (const char *key : {"file", "line", "column", "end_line", "end_column"})
      object[key] = nullptr;
    return;
  }
  const Source &source = sources.get(range.source);
  Position begin = source.position(range.begin), end = source.position(range.end);
  object["file"] = source.path();
  object["line"] = begin.line;
  object["column"] = begin.column;
  object["end_line"] = end.line;
  object["end_column"] = end.column;
}

Json toJson(const Diagnostic &diagnostic, const Sources &sources) {
  Json object;
  object["kind"] = info(diagnostic.kind).id;
  object["severity"] = diagnostic.severity == Severity::Error ? "error" : "warning";
  object["message"] = diagnostic.message;
  addPlace(object, sources, diagnostic.range);
  object["label"] = diagnostic.label;
  object["labels"] = Json::array();
  for (const Label &label : diagnostic.labels) {
    Json entry;
    addPlace(entry, sources, label.range);
    entry["text"] = label.text;
    object["labels"].push_back(std::move(entry));
  }
  object["notes"] = diagnostic.notes;
  object["help"] = diagnostic.help;
  return object;
}

} // namespace

std::string renderJson(const Engine &engine, const Sources &sources) {
  Json array = Json::array();
  const Engine::Shown shown = engine.shown();
  for (const Diagnostic &diagnostic : shown.diagnostics)
    array.push_back(toJson(diagnostic, sources));
  if (std::string rest = shown.rest(); !rest.empty()) {
    Json more = {{"kind", "more"}, {"severity", shown.errorsLeftOut ? "error" : "warning"}, {"message", rest}};
    addPlace(more, sources, {});
    more.update({{"label", ""}, {"labels", Json::array()}, {"notes", Json::array()}, {"help", ""}});
    array.push_back(std::move(more));
  }
  // A path or a name that is not UTF-8 must not make the answer unreadable, nor throw.
  return array.dump(2, ' ', false, Json::error_handler_t::replace);
}

} // namespace bdc::diag
