#include "frontend/rules/settable.h"

#include <cmath>
#include <fmt/format.h>

namespace bdc::rules {
namespace {

/// Calls with each path that is drawn, and what it is drawn for.
template <typename Found> void eachDrawn(const Program &program, const Found &found) {
  auto of = [&](const ModelUse &use, std::string_view what) {
    for (const Binding &binding : use.bindings)
      if (binding.value.isDrawn())
        found(binding.path, what);
  };
  for (const Population &population : program.populations)
    of(population.use, "element");
  for (const Observer &observer : program.observers)
    of(observer.use, "element");
  for (const Disturbance &disturbance : program.disturbances)
    of(disturbance.noise, "element");
  for (const Projection &projection : program.projections) {
    of(projection.synapse, "element of the target");
    of(projection.effect, "element of the target");
    if (projection.weight.isDrawn())
      found(projection.statement + ".weight", "connection");
    if (projection.delay.isDrawn())
      found(projection.statement + ".delay", "connection");
  }
}

/// Why a path that is no scalar cannot be set, or an empty text where it is unknown.
std::string whyNot(const Program &program, std::string_view path) {
  std::string reason;
  eachDrawn(program, [&](std::string_view drawn, std::string_view what) {
    if (drawn == path)
      reason = fmt::format("it is drawn for each {}", what);
  });
  for (const Connectome &each : program.connectomes)
    for (std::string_view member : {"weights", "lengths", "values"})
      if (path == fmt::format("{}.{}", each.name, member) && each.isMatrix() == (member == "values" || each.isDistances()))
        reason = fmt::format("it has a value for each {}", each.isMatrix() ? "entry" : "connection");
  return reason;
}

/// The nearest name, the names that end like it, or some that there are.
std::string nearest(const Program &program, std::string_view path) {
  std::vector<std::string_view> names = {"seed"};
  for (const Scalar &scalar : program.scalars)
    names.push_back(scalar.path);
  std::vector<std::string> drawn;
  eachDrawn(program, [&](std::string_view name, std::string_view) { drawn.emplace_back(name); });
  std::vector<std::string_view> candidates = names;
  candidates.insert(candidates.end(), drawn.begin(), drawn.end());
  if (std::string help = diag::didYouMeanHelp(path, candidates); !help.empty())
    return help;
  std::string help;
  // The right member with a population missing in front of it.
  for (std::string_view name : names)
    if (name.ends_with(fmt::format(".{}", path)))
      help += fmt::format("{}`{}`", help.empty() ? "there is " : ", ", name);
  if (!help.empty())
    return help;
  constexpr size_t most = 12; // as many as one reads
  for (size_t i = 0; i < std::min(names.size(), most); ++i)
    help += fmt::format("{}`{}`", i == 0 ? "there is " : ", ", names[i]);
  return names.size() > most ? help + fmt::format(" and {} more", names.size() - most) : help;
}

} // namespace

int findSettable(const Program &program, std::string_view path) {
  for (size_t i = 0; i < program.scalars.size(); ++i)
    if (program.scalars[i].path == path)
      return int(i);
  for (std::string_view part : {".synapse.", ".effect.", ".param."})
    if (size_t at = path.find(part); at != std::string_view::npos)
      return findSettable(program, fmt::format("{}.{}", path.substr(0, at), path.substr(at + part.size())));
  return -1;
}

void reportNotSettable(const Program &program, std::string_view path, std::string_view done, Range range, diag::Engine &engine) {
  int index = findSettable(program, path);
  std::string reason = index >= 0 ? "it is " + program.scalars[index].fixedBy : whyNot(program, path);
  if (!reason.empty())
    engine.report(diag::Kind::NotSettable, range, fmt::format("`{}` cannot be {}: {}", path, done, reason));
  else
    engine.report(diag::Kind::UnknownParameter, range, fmt::format("there is no parameter `{}` to {}", path, done == "swept" ? "sweep" : done == "fitted" ? "fit" : done == "moved" ? "move" : done))
        .withHelp(nearest(program, path));
}

bool countsThings(const Program &program, int scalar) {
  std::vector<bool> depends(program.scalars.size());
  depends[scalar] = true;
  for (size_t i = 0; i < depends.size(); ++i) { // each reads only earlier ones
    const Scalar &each = program.scalars[i];
    if (anyNode(each.value, [&](const Expr &e) { return e.op == Op::Scalar && depends[e.index]; }))
      depends[i] = true;
    if (depends[i] && each.whole)
      return true;
  }
  return false;
}

std::string objectionTo(const Scalar &scalar, double number) {
  bool whole = std::fabs(number - std::round(number)) <= 1e-6 * std::fabs(number);
  bool mustBePositive = scalar.path == "dt" || scalar.path == "duration";
  if (scalar.whole && (!std::isfinite(number) || !whole || number < 1))
    return fmt::format("`{}` must be a whole number of at least 1", scalar.path);
  if (!std::isfinite(number) || (mustBePositive && number <= 0))
    return fmt::format("`{}` must be a {}number", scalar.path, mustBePositive ? "positive " : "finite ");
  return "";
}

} // namespace bdc::rules
