// What a recorded value is made of: variables of a population, an observer or a synapse, all of the same elements.
#include "frontend/rules/experiment.h"

#include <algorithm>
#include <fmt/format.h>

namespace bdc::rules {

using syntax::dynAs;

Scope::Answer ExperimentBuilder::valueOf(const ModelInstance &instance, int variable, Range range) {
  Expr *expr = context.node(Op::Element, range, instance.terms[variable]);
  expr->index = variable;
  expr->unit = instance.model.variables[variable].unit;
  return {true, expr};
}

/// Reads `E.v[0:10]` in a quantity; all reads of one quantity are of the same elements.
Scope::Answer ExperimentBuilder::element(const syntax::Name &name, const syntax::IndexExpr *slice, const syntax::Name &member,
                                         Range range) {
  if (Answer synaptic = ofSynapse(name, slice, member, range); synaptic.known)
    return synaptic;
  if (int observer = network.findObserver(name.text); observer >= 0)
    return observed(observer, slice, member, range);
  int population = network.population(name);
  if (population < 0)
    return {true, nullptr};
  if (member.text == "size" && network.instanceOf(population).model.indexOf("size") < 0)
    return {true, network.readScalar(network.findScalar(fmt::format("{}.size", name.text)), range)};
  int variable = network.memberOf(population, member,
                                  {VariableRole::State, VariableRole::Let, VariableRole::Input, VariableRole::Param}, "state");
  if (variable < 0 || !sameElements({.population = population}, name, slice, range))
    return {true, nullptr};
  const ModelInstance &instance = network.instanceOf(population);
  if (instance.model.variables[variable].noisy) {
    context.report(Kind::MisplacedNoise, range, fmt::format("`{}` is noise, which has no value at one time", context.text(range)))
        .also(instance.model.variables[variable].range, "it reads `white`")
        .withHelp("record a state whose derivative has the noise in it");
    return {true, nullptr};
  }
  return valueOf(instance, variable, range);
}

/// `bold`, `bold[0:10]`, `bold.f`: the output of an observer, or something else of it.
Scope::Answer ExperimentBuilder::observed(int index, const syntax::IndexExpr *slice, const syntax::Name &member, Range range) {
  const Observer &observer = program.observers[index];
  const ModelInstance &instance = network.instanceOf(observer);
  int variable = member ? network.memberOf(instance, observer.name, member,
                                           {VariableRole::State, VariableRole::Let, VariableRole::Input, VariableRole::Param}, "state")
                        : instance.output();
  syntax::Name name{observer.name, range};
  if (variable < 0 || !sameElements({.population = observer.population, .observer = index}, name, slice, range))
    return {true, nullptr};
  current->every = network.readScalar(observer.every, range);
  return valueOf(instance, variable, range);
}

/// Whether a projection may have this name whose statement is in error: where none has it.
bool ExperimentBuilder::isOfLostProjection(std::string_view name) const {
  return context.engine.hasErrors() && std::ranges::any_of(network.declaration().body, [&](const syntax::StmtPtr &stmt) {
    auto *project = dynAs<syntax::ProjectStmt>(stmt);
    if (!project || project->sources.empty())
      return false;
    std::optional<PlaceName> source = placeName(*project->sources[0]);
    return project->label ? project->label.text == name : source && name.starts_with(fmt::format("{}_to_", source->population.text));
  });
}

/// Whether a name that nothing has is nearly that of a projection; it is reported.
bool ExperimentBuilder::isLikeProjection(const syntax::Name &name) {
  if (network.findPopulation(name.text) >= 0 || network.findObserver(name.text) >= 0)
    return false;
  std::vector<std::string_view> names;
  for (const Projection &projection : program.projections)
    names.insert(names.end(), {projection.statement, projection.name});
  if (diag::didYouMean(name.text, names).empty())
    return false;
  context.reportUnknown(Kind::UnknownName, name, fmt::format("there is no projection `{}`", name.text), names);
  return true;
}

/// `E_to_I.g`: what the synapse of a projection has on each element of the target. Unknown where no projection has the name.
Scope::Answer ExperimentBuilder::ofSynapse(const syntax::Name &name, const syntax::IndexExpr *slice, const syntax::Name &member, Range range) {
  std::vector<int> pairs;
  for (int i = 0; i < int(program.projections.size()); ++i)
    if (program.projections[i].name == name.text || program.projections[i].statement == name.text)
      pairs.push_back(i);
  if (pairs.empty())
    return {isOfLostProjection(name.text) || isLikeProjection(name), nullptr};
  const Projection &projection = program.projections[pairs[0]];
  if (member.text == "weight" || member.text == "delay") {
    context.report(Kind::Unsupported, range, "what each connection has cannot be recorded yet");
  } else if (!projection.synapse) {
    const std::string target = fmt::format("{}.{}", program.populations[projection.target].name,
                                           network.instanceOf(projection.target).model.variables[projection.input].name);
    context.report(Kind::UnknownMember, member.range, fmt::format("`{}` has no synapse: its events are added to `{}`", name.text, target))
        .withHelp(fmt::format("`{}`", target));
  } else if (pairs.size() > 1) {
    std::string names;
    for (int pair : pairs)
      names += fmt::format("{}`{}.{}`", names.empty() ? "" : ", ", program.projections[pair].name, member.text);
    context.report(Kind::MisplacedExpression, range, fmt::format("`{}` has {} pairs of populations, and a synapse for each", name.text, pairs.size()))
        .withHelp(names);
  } else {
    const ModelInstance &synapse = network.synapseOf(projection);
    const int variable = network.memberOf(synapse, std::string(name.text), member, {VariableRole::State, VariableRole::Let, VariableRole::Output}, "state");
    if (variable < 0 || !sameElements({.population = projection.target, .projection = pairs[0]}, name, slice, range))
      return {true, nullptr};
    return valueOf(synapse, variable, range);
  }
  return {true, nullptr};
}

/// Notes which elements the quantity is made of, those of `owner`; false, and reported, where it was made of others before.
bool ExperimentBuilder::sameElements(const Quantity &owner, const syntax::Name &name, const syntax::IndexExpr *slice, Range range) {
  auto written = [&](const syntax::IndexExpr *index) {
    return index && !index->subscripts.empty() ? fmt::format("[{}]", context.text(index->subscripts[0].range)) : "";
  };
  if (current->population < 0) {
    current->population = owner.population;
    current->observer = owner.observer;
    current->projection = owner.projection;
    current->slice = network.slice(slice, owner.population, owner.observer);
    currentSlice = slice;
    return true;
  }
  if (current->isOfSame(owner) && written(slice) == written(currentSlice))
    return true;
  context.report(Kind::MixedElements, range, "one recorded value is made of the same elements of one population")
      .withLabel(fmt::format("this is of {}{}", name.text, written(slice)))
      .withNote(fmt::format("what stands before it is of {}{}", program.nameOf(*current), written(currentSlice)));
  return false;
}

} // namespace bdc::rules
