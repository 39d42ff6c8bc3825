#include "frontend/rules/check.h"

#include "frontend/rules/experiment.h"
#include "frontend/rules/lanes.h"
#include "frontend/rules/methods.h"
#include "frontend/rules/values.h"
#include "frontend/syntax/parser.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

namespace bdc::rules {

using syntax::dynAs;

const Program *Checked::find(std::string_view experiment) const {
  for (const std::unique_ptr<Program> &program : programs)
    if (experiment.empty() || program->experiment.name == experiment)
      return program.get();
  return nullptr;
}

namespace {

bool isSupported(syntax::ModelKind kind) {
  using syntax::ModelKind;
  return kind <= ModelKind::Effect || kind == ModelKind::Mass || kind == ModelKind::Noise || kind == ModelKind::Observer ||
         kind == ModelKind::Coupling;
}

/// A function on its own: its parameters may be of any unit.
class FreeParameters : public Scope {
public:
  FreeParameters(Context &context, const syntax::FunctionDecl &function) : context(context), function(function) {
    for (size_t i = 0; i < function.parameters.size(); ++i)
      terms.push_back(context.solver.fresh());
    allowsTime = true;
    extent = function.range;
  }
  Answer name(const syntax::Name &name) override {
    for (size_t i = 0; i < terms.size(); ++i)
      if (function.parameters[i].text == name.text)
        return {true, context.node(Op::Number, name.range, terms[i])};
    return {};
  }
  void candidates(std::vector<std::string_view> &names) const override {
    for (const syntax::Name &parameter : function.parameters)
      names.push_back(parameter.text);
  }

private:
  Context &context;
  const syntax::FunctionDecl &function;
  std::vector<UnitTerm> terms;
};

/// The check of one file.
class Checker {
public:
  Checker(diag::Sources &sources, diag::Engine &engine) : sources(sources), engine(engine), definitions(sources, engine) {}

  Checked run(const syntax::File &file) {
    const FileScope &main = definitions.load(file);
    Checked result;
    checkFunctions();
    std::vector<const syntax::Decl *> simulated;
    for (const syntax::DeclPtr &decl : file.declarations)
      if (auto *experiment = dynAs<syntax::ExperimentDecl>(decl))
        checkExperiment(main, *experiment, simulated, result);
    for (const syntax::DeclPtr &decl : file.declarations)
      if (auto *network = dynAs<syntax::NetworkDecl>(decl))
        if (std::find(simulated.begin(), simulated.end(), decl.get()) == simulated.end())
          checkAlone(main, *network);
    // Last: what is recorded of a model is not unused.
    std::set<std::string> recorded;
    for (const std::unique_ptr<Program> &program : result.programs)
      collectRecorded(*program, recorded);
    for (const FileScope *scope : definitions.userScopes())
      checkDefinitions(*scope, recorded);
    warnUnusedParams(file);
    return result;
  }

private:
  /// What is read of models to be recorded, summarised, drawn, made small or followed, as "Model.variable".
  static void collectRecorded(const Program &program, std::set<std::string> &recorded) {
    program.experiment.eachQuantity([&](const Quantity &quantity, const Expr *, Range) {
      const Model &model = program.modelOf(quantity);
      anyNode(quantity.value, [&](const Expr &e) {
        if (e.op == Op::Element)
          recorded.insert(fmt::format("{}.{}", model.definition, model.variables[e.index].name));
        return false;
      });
    });
  }

  /// Notes which params of its network a program reads.
  void collectRead(const Program &program, const syntax::Decl &network) {
    for (const Expr &expr : program.nodes)
      if (expr.op == Op::Scalar)
        read[&network].insert(program.scalars[expr.index].path);
  }

  /// What is set from outside has an effect in one experiment at least.
  void warnUnusedParams(const syntax::File &file) {
    if (engine.hasErrors())
      return;
    for (const syntax::DeclPtr &decl : file.declarations)
      if (auto *network = dynAs<syntax::NetworkDecl>(decl))
        for (const syntax::StmtPtr &stmt : network->body)
          if (auto *param = dynAs<syntax::VariableStmt>(stmt); param && !read[network].contains(std::string(param->name.text)))
            engine.report(Kind::UnusedVariable, param->name.range, fmt::format("the param `{}` is never used", param->name.text));
  }

  void checkDefinitions(const FileScope &scope, const std::set<std::string> &recorded) {
    for (const syntax::DeclPtr &decl : scope.file->declarations) {
      Program scratch;
      Context context(scratch, definitions, sources, engine);
      if (auto *model = dynAs<syntax::ModelDecl>(decl)) {
        if (isSupported(model->model))
          instantiate(context, {decl.get(), &scope}, &recorded);
        else
          engine.report(Kind::Unsupported, model->keyword,
                        fmt::format("definitions of kind `{}` cannot be simulated yet", syntax::word(model->model)));
      } else if (auto *unsupported = dynAs<syntax::UnsupportedDecl>(decl))
        engine.report(Kind::Unsupported, unsupported->keyword.range,
                      fmt::format("definitions of kind `{}` cannot be simulated yet", unsupported->keyword.text));
    }
  }

  /// Functions come first, each after those that it calls, so that what is wrong in one is known at its calls.
  void checkFunctions() {
    definitions.isBroken = [this](const Definition &definition) { return isBroken(definition); };
    for (const FileScope *scope : definitions.userScopes())
      for (const syntax::DeclPtr &decl : scope->file->declarations)
        if (decl->kind == syntax::DeclKind::Function)
          isBroken({decl.get(), scope});
  }

  bool isBroken(const Definition &definition) {
    auto [at, isNew] = broken.try_emplace(definition.decl, engine.isDamaged(definition.decl->range));
    if (!isNew || definition.scope->fromLibrary)
      return at->second;
    size_t errorsBefore = engine.errorCount();
    checkFunction(*definition.scope, syntax::as<syntax::FunctionDecl>(*definition.decl));
    return broken[definition.decl] |= engine.errorCount() > errorsBefore;
  }

  void checkFunction(const FileScope &scope, const syntax::FunctionDecl &function) {
    Program scratch;
    Context context(scratch, definitions, sources, engine);
    for (size_t i = 0; i < function.parameters.size(); ++i)
      for (size_t j = 0; j < i; ++j)
        if (function.parameters[i].text == function.parameters[j].text)
          engine
              .report(Kind::DuplicateName, function.parameters[i].range,
                      fmt::format("`{}` is declared twice", function.parameters[i].text))
              .also(function.parameters[j].range, "first here");
    FreeParameters parameters(context, function);
    parameters.file = &scope;
    if (function.body)
      ExprChecker(context, parameters, fmt::format("the function {}", function.name.text)).numberOrCondition(*function.body);
  }

  void checkAlone(const FileScope &main, const syntax::NetworkDecl &decl) {
    Program scratch;
    Context context(scratch, definitions, sources, engine);
    NetworkBuilder(context, main, decl).run();
    collectRead(scratch, decl);
  }

  void checkExperiment(const FileScope &main, const syntax::ExperimentDecl &decl, std::vector<const syntax::Decl *> &simulated,
                       Checked &result) {
    const syntax::SimulateStmt *simulate = nullptr;
    bool unsupported = false;
    for (const syntax::StmtPtr &stmt : decl.body) {
      if (auto *another = dynAs<syntax::SimulateStmt>(stmt)) {
        if (simulate)
          engine.report(Kind::DuplicateClause, another->range, "an experiment simulates one network")
              .also(simulate->range, "first here");
        else
          simulate = another;
      } else if (auto *other = dynAs<syntax::UnsupportedStmt>(stmt)) {
        unsupported = true;
        engine.report(Kind::Unsupported, other->keyword.range,
                      fmt::format("`{}` in an experiment is not available yet", other->keyword.text));
      }
    }
    if (!simulate) {
      if (!unsupported && !engine.isDamaged(decl.range))
        engine.report(Kind::MissingClause, decl.name.range, fmt::format("experiment `{}` simulates nothing", decl.name.text))
            .withHelp("`simulate NETWORK for 1 s, dt = 0.1 ms`");
      return;
    }
    const Definition *found = main.find(simulate->network.text);
    if (!found || found->decl->kind != syntax::DeclKind::Network) {
      std::vector<std::string_view> names;
      for (const auto &[name, definition] : main.names)
        if (definition.decl->kind == syntax::DeclKind::Network)
          names.push_back(name);
      if (!simulate->network)
        return; // reported
      if (!found && (engine.isDoubtful(simulate->network.text) || engine.isIncomplete(main.file->source)))
        return;
      if (definitions.firstUse(simulate->network, {main.file->source, 0, 0}) != simulate->network.range)
        return; // missed by another experiment
      engine
          .report(found ? Kind::WrongKind : Kind::UnknownModel, simulate->network.range,
                  found ? fmt::format("`{}` is not a network", simulate->network.text)
                        : fmt::format("there is no network `{}`", simulate->network.text))
          .withHelp(diag::didYouMeanHelp(simulate->network.text, names));
      return;
    }
    simulated.push_back(found->decl);
    auto program = std::make_unique<Program>();
    Context context(*program, definitions, sources, engine);
    NetworkBuilder network(context, *found->scope, syntax::as<syntax::NetworkDecl>(*found->decl));
    network.run();
    ExperimentBuilder(context, network, main, decl).run(*simulate);
    network.finish();
    collectRead(*program, *found->decl);
    checkMethods(*program, engine);
    checkNoise(*program, engine);
    checkValues(*program, {}, engine);
    checkSweeps(*program);
    result.programs.push_back(std::move(program));
  }

  /// With the model's own numbers; of a box its corners. A run looks at all of its own lanes.
  void checkSweeps(const Program &program) {
    constexpr size_t most = 1000; // about as long as all else
    if (program.experiment.sweeps.empty() || engine.hasErrors())
      return;
    if (std::optional<Lanes> lanes = lanesOf(program, {}, 1, 0, cornersOfCube, engine); lanes && lanes->lanes.size() <= most)
      checkLanes(program, {}, *lanes, engine);
  }

  diag::Sources &sources;
  diag::Engine &engine;
  Definitions definitions;
  std::map<const syntax::Decl *, std::set<std::string>> read; ///< params of networks, and other scalars, that are read
  std::map<const syntax::Decl *, bool> broken; ///< functions that have been checked, or are being checked
};

} // namespace

Checked check(diag::Sources &sources, const syntax::File &file, diag::Engine &engine) {
  return Checker(sources, engine).run(file);
}

Checked checkFile(diag::Sources &sources, const std::string &path, diag::Engine &engine) {
  std::optional<diag::SourceId> source = diag::load(sources, path, engine);
  if (!source)
    return {};
  syntax::File file = syntax::parse(sources, *source, engine);
  return check(sources, file, engine);
}

} // namespace bdc::rules
