// The definitions that a file can use: its own, and those it imports from the library or from files beside it.
#pragma once

#include "frontend/diagnostics/diagnostic.h"
#include "frontend/syntax/ast.h"

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace bdc::rules {

struct FileScope;

/// A definition with the scope in which its own names are looked up.
struct Definition {
  const syntax::Decl *decl = nullptr;
  const FileScope *scope = nullptr;
};

/// The names of one file.
struct FileScope {
  std::string path; ///< of the file, or "neurons.bd" in the library
  bool fromLibrary = false;
  const syntax::File *file = nullptr;
  std::map<std::string_view, Definition> names;
  std::vector<std::string> missing; ///< imported names that could not be had: reported once, at the import

  const Definition *find(std::string_view name) const;
  bool isMissing(std::string_view name) const;
  /// The names of definitions of one kind, as candidates for suggestions.
  std::vector<std::string_view> models(syntax::ModelKind kind) const;
  std::vector<std::string_view> functions() const;
  std::vector<std::string_view> surrogates() const;
};

/// Reads the imports of a file, and theirs.
class Definitions {
public:
  Definitions(diag::Sources &sources, diag::Engine &engine) : sources(sources), engine(engine) {}

  /// The scope of the main file with everything imported. Imports that cannot be had are reported.
  const FileScope &load(const syntax::File &file);
  /// What is visible without an import: the library's "couplings.bd" and "surrogates.bd".
  const FileScope &standard(std::string_view file = "couplings.bd");
  /// Every scope that came from a file rather than from the library, the main file first.
  std::vector<const FileScope *> userScopes() const;
  /// Whether a function has a mistake of its own: it is reported there, and not at its calls.
  std::function<bool(const Definition &)> isBroken = [](const Definition &) { return false; };
  /// Where a name that is missing in a definition was missed first: here, if not before.
  diag::Range firstUse(const syntax::Name &name, diag::Range where) {
    return uses.try_emplace({where.source, where.begin, std::string(name.text)}, name.range).first->second;
  }

private:
  void declare(FileScope &scope);
  void import(FileScope &scope, const syntax::ImportPath &path);
  const FileScope *open(FileScope &from, const syntax::ImportPath &path);
  const FileScope *read(const std::string &path, diag::SourceId source, bool fromLibrary);

  diag::Sources &sources;
  diag::Engine &engine;
  std::deque<syntax::File> files;
  std::deque<FileScope> scopes;
  std::map<std::string, const FileScope *> byPath;
  std::map<std::tuple<diag::SourceId, uint32_t, std::string>, diag::Range> uses; ///< of missing names
  std::vector<std::string> loading; ///< paths whose imports are being read, for cycles
};

} // namespace bdc::rules
