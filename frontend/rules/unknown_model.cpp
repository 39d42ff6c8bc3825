#include "frontend/rules/unknown_model.h"

#include "frontend/diagnostics/diagnostic.h"
#include "frontend/library/library.h"

#include <algorithm>
#include <fmt/format.h>

namespace bdc::rules {

namespace {

/// A model of the library, and the file that defines it.
struct LibraryModel {
  std::string_view name, path;
};

void listLibrary(syntax::ModelKind kind, std::vector<LibraryModel> &models) {
  const std::string begin = fmt::format("\n{} ", syntax::word(kind));
  for (const library::File &file : library::files())
    for (size_t at = file.text.find(begin); at != std::string_view::npos; at = file.text.find(begin, at + 1)) {
      const std::string_view rest = file.text.substr(at + begin.size());
      models.push_back({rest.substr(0, rest.find_first_of(" {\n")), file.path});
    }
}

/// `import neurons.LIF`, where that is one of the models; else nothing.
std::string importHelp(std::string_view name, const std::vector<LibraryModel> &models) {
  const auto model = std::find_if(models.begin(), models.end(), [&](const LibraryModel &each) { return each.name == name; });
  if (model == models.end())
    return "";
  std::string path(model->path.substr(0, model->path.size() - 3)); // without ".bd"
  std::replace(path.begin(), path.end(), '/', '.');
  bool isWhole = path == name || path.ends_with(fmt::format(".{}", name));
  return fmt::format("`import {}{}` takes it from the standard library", path, isWhole ? "" : fmt::format(".{}", name));
}

} // namespace

std::string unknownModelHelp(std::string_view name, const std::vector<std::string_view> &candidates, syntax::ModelKind kind,
                             std::optional<syntax::ModelKind> other) {
  std::vector<LibraryModel> models;
  listLibrary(kind, models);
  if (other)
    listLibrary(*other, models);
  if (std::string help = importHelp(name, models); !help.empty())
    return help;
  if (std::string help = diag::didYouMeanHelp(name, candidates); !help.empty())
    return help;
  std::vector<std::string_view> names;
  for (const LibraryModel &model : models)
    names.push_back(model.name);
  const std::string_view near = diag::didYouMean(name, names);
  return near.empty() ? "" : fmt::format("did you mean `{}`? {}", near, importHelp(near, models));
}

} // namespace bdc::rules
