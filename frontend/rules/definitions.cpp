#include "frontend/rules/definitions.h"

#include "frontend/library/library.h"
#include "frontend/syntax/parser.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

namespace bdc::rules {

using diag::Kind;

const Definition *FileScope::find(std::string_view name) const {
  auto at = names.find(name);
  return at == names.end() ? nullptr : &at->second;
}

bool FileScope::isMissing(std::string_view name) const {
  // `noiseWhite`, where a dot was forgotten, was meant to bring White.
  return std::any_of(missing.begin(), missing.end(), [&](const std::string &each) { return each.ends_with(name); });
}

std::vector<std::string_view> FileScope::models(syntax::ModelKind kind) const {
  std::vector<std::string_view> result;
  for (const auto &[name, definition] : names)
    if (auto *model = syntax::dynAs<syntax::ModelDecl>(definition.decl); model && model->model == kind)
      result.push_back(name);
  return result;
}

std::vector<std::string_view> FileScope::functions() const {
  std::vector<std::string_view> result;
  for (const auto &[name, definition] : names)
    if (auto *function = syntax::dynAs<syntax::FunctionDecl>(definition.decl); function && !function->isSurrogate)
      result.push_back(name);
  return result;
}

std::vector<std::string_view> FileScope::surrogates() const {
  std::vector<std::string_view> result;
  for (const auto &[name, definition] : names)
    if (auto *function = syntax::dynAs<syntax::FunctionDecl>(definition.decl); function && function->isSurrogate)
      result.push_back(name);
  return result;
}

/// "neurons/LIF.bd" for neurons.LIF, or "neurons.bd" with the last segment left to name the definition.
static std::string pathOf(const syntax::ImportPath &path, bool withLast) {
  std::string result;
  size_t count = path.segments.size() - (withLast || path.segments.size() == 1 ? 0 : 1);
  for (size_t i = 0; i < count; ++i)
    result += fmt::format("{}{}", i ? "/" : "", path.segments[i].text);
  return result + ".bd";
}

static const library::File *findInLibrary(const syntax::ImportPath &path) {
  for (bool withLast : {true, false})
    for (const library::File &file : library::files())
      if (file.path == pathOf(path, withLast))
        return &file;
  return nullptr;
}

/// What an import might have meant, of all that is in the library: "neurons/LIF"; empty where nothing is like it.
static std::string meantImport(std::string_view written) {
  std::vector<std::string_view> paths;
  for (const library::File &file : library::files())
    paths.push_back(file.path.substr(0, file.path.size() - 3));
  // A file with several definitions, of which one is named behind it.
  if (const size_t slash = written.find('/'); slash != written.npos)
    for (const library::File &file : library::files()) {
      const std::string_view stem = std::string_view(file.path).substr(0, file.path.size() - 3), name = written.substr(slash + 1);
      const bool defines = file.text.find(fmt::format(" {} {{", name)) != file.text.npos;
      if (defines && diag::didYouMean(written.substr(0, slash), {stem}) == stem)
        return fmt::format("{}/{}", stem, name);
    }
  // The right model in the wrong folder, or a slip of the fingers.
  std::string_view last = written.substr(written.rfind('/') + 1);
  for (std::string_view path : paths)
    if (path.substr(path.rfind('/') + 1) == last)
      return std::string(path);
  return std::string(diag::didYouMean(written, paths));
}

/// "LIF, AdEx": what the library has in a folder; empty where it has none.
static std::string inFolder(std::string_view folder) {
  std::vector<std::string_view> names;
  for (const library::File &file : library::files())
    if (file.path.size() > folder.size() && file.path.starts_with(folder) && file.path[folder.size()] == '/')
      names.push_back(file.path.substr(folder.size() + 1, file.path.size() - folder.size() - 4));
  return fmt::format("{}", fmt::join(names, ", "));
}

const FileScope &Definitions::load(const syntax::File &file) {
  FileScope &scope = scopes.emplace_back();
  scope.path = sources.get(file.source).path();
  scope.file = &file;
  byPath[scope.path] = &scope;
  loading.push_back(scope.path);
  declare(scope);
  loading.pop_back();
  return scope;
}

const FileScope &Definitions::standard(std::string_view name) {
  std::string known = fmt::format("library/{}", name);
  if (auto at = byPath.find(known); at != byPath.end())
    return *at->second;
  for (const library::File &file : library::files())
    if (file.path == name)
      return *read(known, sources.add(known, std::string(file.text)), true);
  static const FileScope none; // a library without it
  return none;
}

void Definitions::declare(FileScope &scope) {
  for (const syntax::DeclPtr &decl : scope.file->declarations) {
    if (auto *imports = syntax::dynAs<syntax::ImportDecl>(decl)) {
      for (const syntax::ImportPath &path : imports->paths)
        import(scope, path);
      continue;
    }
    if (!decl->name)
      continue;
    auto [at, isNew] = scope.names.try_emplace(decl->name.text, Definition{decl.get(), &scope});
    if (!isNew)
      engine.report(Kind::DuplicateName, decl->name.range, fmt::format("`{}` is defined twice", decl->name.text))
          .also(at->second.decl->name.range, "first here");
  }
}

void Definitions::import(FileScope &scope, const syntax::ImportPath &path) {
  const syntax::Name &name = path.last();
  const FileScope *from = open(scope, path);
  if (!from) {
    scope.missing.emplace_back(name.text);
    return;
  }
  const Definition *found = from->find(name.text);
  if (!found) {
    scope.missing.emplace_back(name.text);
    std::vector<std::string_view> candidates;
    for (const auto &[known, definition] : from->names)
      candidates.push_back(known);
    engine.report(Kind::UnknownImport, name.range, fmt::format("{} has no definition `{}`", from->path, name.text))
        .withHelp(diag::didYouMeanHelp(name.text, candidates));
    scope.missing.emplace_back(diag::didYouMean(name.text, candidates));
    return;
  }
  auto [at, isNew] = scope.names.try_emplace(name.text, *found);
  if (!isNew && at->second.decl != found->decl)
    engine.report(Kind::DuplicateName, name.range, fmt::format("`{}` is defined twice", name.text))
        .also(at->second.decl->name.range, "first here");
}

const FileScope *Definitions::open(FileScope &from, const syntax::ImportPath &path) {
  if (const library::File *file = findInLibrary(path)) {
    std::string known = fmt::format("library/{}", file->path);
    if (auto at = byPath.find(known); at != byPath.end())
      return at->second;
    return read(known, sources.add(known, std::string(file->text)), true);
  }
  std::filesystem::path folder = std::filesystem::path(from.path).parent_path();
  for (bool withLast : {false, true}) {
    std::string beside = (folder / pathOf(path, withLast)).string();
    std::error_code ignored;
    if (from.fromLibrary || !std::filesystem::is_regular_file(beside, ignored))
      continue;
    if (std::find(loading.begin(), loading.end(), beside) != loading.end()) {
      engine.report(Kind::ImportCycle, path.range, fmt::format("{} imports itself through {}", beside, from.path))
          .withHelp("move what both need into a file of its own");
      return nullptr;
    }
    if (auto at = byPath.find(beside); at != byPath.end())
      return at->second;
    if (std::optional<diag::SourceId> source = diag::load(sources, beside, engine, path.range))
      return read(beside, *source, false);
    return nullptr;
  }
  std::string written;
  for (const syntax::Name &segment : path.segments)
    written += fmt::format("{}{}", written.empty() ? "" : "/", segment.text);
  std::string help = fmt::format("a definition of one's own would be in {} beside this file", pathOf(path, false));
  if (const std::string there = inFolder(path.segments.front().text); !there.empty())
    help = fmt::format("`{}` has {}; {}", path.segments.front().text, there, help);
  const std::string meant = meantImport(written);
  auto dotted = [](std::string text) {
    std::replace(text.begin(), text.end(), '/', '.');
    return text;
  };
  written = dotted(written);
  if (!meant.empty()) {
    help = fmt::format("did you mean `{}`?", dotted(std::string(meant)));
    from.missing.emplace_back(meant.substr(meant.rfind('/') + 1));
  }
  engine.report(Kind::UnknownImport, path.range, fmt::format("there is no `{}` to import", written)).withHelp(help);
  return nullptr;
}

const FileScope *Definitions::read(const std::string &path, diag::SourceId source, bool fromLibrary) {
  const syntax::File &file = files.emplace_back(syntax::parse(sources, source, engine));
  FileScope &scope = scopes.emplace_back();
  scope.path = path;
  scope.fromLibrary = fromLibrary;
  scope.file = &file;
  byPath[path] = &scope;
  loading.push_back(path);
  declare(scope);
  loading.pop_back();
  return &scope;
}

std::vector<const FileScope *> Definitions::userScopes() const {
  std::vector<const FileScope *> result;
  for (const FileScope &scope : scopes)
    if (!scope.fromLibrary)
      result.push_back(&scope);
  return result;
}

} // namespace bdc::rules
