#pragma once

#include "frontend/syntax/lexer.h"
#include "frontend/syntax/parser.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

/// Shorthands of the tests of the syntax.
namespace bdc::syntax::testing {

/// A text that is lexed, parsed and dumped, with what was reported.
struct Parsed {
  explicit Parsed(std::string text) : id(sources.add("test.bd", std::move(text))), file(parse(sources, id, engine)) {}

  std::string tree() const { return dumpTree(file); }
  std::string errors() const { return diag::render(engine, sources); }

  diag::Sources sources;
  diag::Engine engine;
  diag::SourceId id;
  File file;
};

inline std::string readFile(const std::filesystem::path &path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

} // namespace bdc::syntax::testing
