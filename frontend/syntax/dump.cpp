#include "frontend/syntax/dump_impl.h"

#include <fmt/format.h>

namespace bdc::syntax {

namespace {

/// Writes one line for each statement, two blanks deeper for each level.
class TreeDumper {
public:
  std::string result;

  void declaration(const Decl &decl);

private:
  void line(std::string text) { result += fmt::format("{:{}}{}\n", "", 2 * level, text); }
  void doc(const std::string &text);
  /// A node with children: `(head` … `)`.
  template <typename Children>
  void block(std::string head, Children children) {
    line("(" + head);
    ++level;
    children();
    --level;
    result.back() = ')';
    result += '\n';
  }
  void statements(const std::vector<StmtPtr> &body) {
    for (const StmtPtr &statement : body)
      this->statement(*statement);
  }
  void statement(const Stmt &stmt);
  void modelStatement(const Stmt &stmt);
  void networkStatement(const Stmt &stmt);
  void experimentStatement(const Stmt &stmt);
  void variable(const VariableStmt &variable);
  void use(std::string head, const ModelUse &use);
  void settings(const std::vector<Setting> &settings);
  void project(const ProjectStmt &project);
  void couple(const CoupleStmt &couple);

  int level = 0;
};

void TreeDumper::doc(const std::string &text) {
  for (size_t begin = 0; !text.empty() && begin != std::string::npos;) {
    size_t end = text.find('\n', begin);
    line(fmt::format("; {}", text.substr(begin, end == std::string::npos ? end : end - begin)));
    begin = end == std::string::npos ? end : end + 1;
  }
}

void TreeDumper::variable(const VariableStmt &v) {
  constexpr std::string_view roles[] = {"param", "state", "input", "output", "source", "term"};
  std::string text(roles[static_cast<size_t>(v.role)]);
  if (v.side != Side::Own)
    text += v.side == Side::Pre ? " pre" : " post";
  if (v.name)
    text += withUnit(fmt::format(" {}", v.name.text), v.unit);
  if (v.steady)
    text += " = steady";
  if (v.value)
    text += fmt::format(" {}{}", v.name ? v.drawn ? "~ " : "= " : "", dumpTree(*v.value));
  line(fmt::format("({}{})", text, v.trainable ? " trainable" : ""));
}

void TreeDumper::settings(const std::vector<Setting> &settings) {
  for (const Setting &setting : settings)
    if (setting.value)
      line(fmt::format("(set {} {} {})", setting.name.text, setting.drawn ? "~" : "=", dumpTree(*setting.value)));
    else
      line(fmt::format("(set {})", setting.name.text));
}

void TreeDumper::use(std::string head, const ModelUse &use) {
  if (use)
    block(fmt::format("{} {}", head, use.model.text), [&] { settings(use.settings); });
}

void TreeDumper::project(const ProjectStmt &p) {
  std::string label = p.label ? fmt::format(" {}:", p.label.text) : "";
  block(fmt::format("project{}{} ->{}", label, dumpEach(p.sources), dumpEach(p.targets)), [&] {
    if (p.connect)
      line(fmt::format("(connect {})", dumpTree(*p.connect)));
    use("synapse", p.synapse);
    if (p.weight)
      line(fmt::format("(weight {} {})", p.weight.drawn ? "~" : "=", dumpTree(*p.weight.expr)));
    if (p.delay)
      line(fmt::format("(delay {} {})", p.delay.drawn ? "~" : "=", dumpTree(*p.delay.expr)));
    use("effect", p.effect);
    use("plasticity", p.plasticity);
  });
}

void TreeDumper::couple(const CoupleStmt &c) {
  std::string label = c.label ? fmt::format(" {}:", c.label.text) : "";
  block(fmt::format("couple{} {} -> {}", label, dumpTree(*c.source), dumpTree(*c.target)), [&] {
    use("by", c.rule);
    if (c.weight)
      line(fmt::format("(weight {})", dumpTree(*c.weight)));
    if (c.delay)
      line(fmt::format("(delay {})", dumpTree(*c.delay)));
    if (c.steps)
      line(fmt::format("(steps {})", dumpTree(*c.steps)));
    if (c.history)
      line(fmt::format("(history {})", dumpTree(*c.history)));
  });
}

void TreeDumper::modelStatement(const Stmt &stmt) {
  if (auto *s = dynAs<VariableStmt>(&stmt)) {
    variable(*s);
  } else if (auto *s = dynAs<DefinitionStmt>(&stmt)) {
    line(fmt::format("(define {} {})", s->name.text, dumpTree(*s->value)));
  } else if (auto *s = dynAs<DerivativeStmt>(&stmt)) {
    line(fmt::format("(derivative {} {})", s->name.text, dumpTree(*s->value)));
  } else if (auto *s = dynAs<OnStmt>(&stmt)) {
    std::string trigger = s->trigger == Trigger::Spike      ? "spike"
                          : s->trigger == Trigger::PreSpike ? "pre spike"
                          : s->trigger == Trigger::PostSpike ? "post spike"
                                                             : dumpTree(*s->condition);
    block("on " + trigger, [&] { statements(s->body); });
  } else if (auto *s = dynAs<CurrentStmt>(&stmt)) {
    line(fmt::format("(current {})", dumpTree(*s->value)));
  } else if (auto *s = dynAs<StepStmt>(&stmt)) {
    line(fmt::format("(step {})", dumpTree(*s->value)));
  } else if (auto *s = dynAs<UpdateStmt>(&stmt)) {
    line(fmt::format("(update {} {} {})", s->name.text, symbol(s->op), dumpTree(*s->value)));
  } else if (auto *s = dynAs<EmitStmt>(&stmt)) {
    line(fmt::format("(emit {})", s->event.text));
  } else if (auto *s = dynAs<HoldStmt>(&stmt)) {
    std::string names = joined(s->names, [](const Name &name) { return name.text; });
    line(fmt::format("(hold{} for {})", names, dumpTree(*s->duration)));
  }
}

void TreeDumper::networkStatement(const Stmt &stmt) {
  if (auto *s = dynAs<PopulationStmt>(&stmt)) {
    std::string like = s->like ? fmt::format(" like {}", s->like.text) : "";
    std::string place = s->at ? fmt::format(" at {}", dumpTree(*s->at)) : "";
    std::string except = s->except ? fmt::format(" except {}", dumpTree(*s->except)) : "";
    block(fmt::format("{} {} {} {}{}{}{}", s->nodes ? "nodes" : "population", s->name.text, s->use.model.text, dumpTree(*s->size), except, like, place),
          [&] { settings(s->use.settings); });
  } else if (auto *s = dynAs<ProjectStmt>(&stmt)) {
    project(*s);
  } else if (auto *s = dynAs<StartStmt>(&stmt)) {
    line(fmt::format("(start{} {} {})", dumpEach(s->places), s->drawn ? "~" : "=", dumpTree(*s->value)));
  } else if (auto *s = dynAs<ConnectomeStmt>(&stmt)) {
    line(fmt::format("(connectome {} {})", s->name.text, dumpTree(*s->source)));
  } else if (auto *s = dynAs<MatrixStmt>(&stmt)) {
    line(fmt::format("(matrix {} {})", s->name.text, dumpTree(*s->source)));
  } else if (auto *s = dynAs<CoupleStmt>(&stmt)) {
    couple(*s);
  } else if (auto *s = dynAs<DisturbStmt>(&stmt)) {
    block(fmt::format("disturb{}", dumpEach(s->places)), [&] { use("by", s->noise); });
  } else if (auto *s = dynAs<ObserveStmt>(&stmt)) {
    std::string every = s->every ? " every " + dumpTree(*s->every) : "";
    block(fmt::format("observe {} {}{}", s->name.text, s->source ? dumpTree(*s->source) : "", every), [&] {
      use("by", s->use);
      if (s->weight)
        line(fmt::format("(weight {})", dumpTree(*s->weight)));
    });
  }
}

void TreeDumper::experimentStatement(const Stmt &stmt) {
  if (auto *s = dynAs<SimulateStmt>(&stmt)) {
    std::string discard = s->discard ? fmt::format(" discard={}", dumpTree(*s->discard)) : "";
    line(fmt::format("(simulate {} for {}{}{})", s->network.text, dumpTree(*s->duration), joined(s->options, dumpArgument), discard));
  } else if (auto *s = dynAs<DriveStmt>(&stmt)) {
    std::string from = s->from ? fmt::format(" from {}", dumpTree(*s->from)) : "";
    std::string to = s->to ? fmt::format(" to {}", dumpTree(*s->to)) : "";
    line(fmt::format("(drive{} {} {}{}{})", dumpEach(s->places), s->drawn ? "~" : "=", dumpTree(*s->value), from, to));
  } else if (auto *s = dynAs<RecordStmt>(&stmt)) {
    line(fmt::format("(record{}{})", dumpEach(s->items), s->every ? " every " + dumpTree(*s->every) : ""));
  } else if (auto *s = dynAs<SummariseStmt>(&stmt)) {
    line(fmt::format("(summarise{})", joined(s->items, dumpArgument)));
  } else if (auto *s = dynAs<PlotStmt>(&stmt)) {
    line(fmt::format("(plot{})", dumpEach(s->items)));
  } else if (auto *s = dynAs<LetStmt>(&stmt)) {
    line(fmt::format("(let {} {})", s->name.text, dumpTree(*s->value)));
  } else if (auto *s = dynAs<SweepStmt>(&stmt)) {
    std::string axes = joined(s->axes, [](const SweepAxis &axis) {
      return fmt::format("({} {} {})", dumpTree(*axis.parameter), axis.isRange ? "in" : "over", dumpTree(*axis.values));
    });
    line(fmt::format("(sweep{}{})", axes, s->sampling ? " by " + dumpTree(*s->sampling) : ""));
  } else if (auto *s = dynAs<MinimiseStmt>(&stmt)) {
    line(fmt::format("({} {})", s->isMaximum ? "maximise" : "minimise", dumpTree(*s->value)));
  } else if (auto *s = dynAs<FitStmt>(&stmt)) {
    std::string axes = joined(s->axes, [](const FitAxis &axis) {
      std::string interval = axis.interval ? " in " + dumpTree(*axis.interval) : "", as = axis.transform ? fmt::format(" as {}", axis.transform.text) : "";
      return fmt::format("({}{}{}{}{})", dumpTree(*axis.parameter), axis.each ? " each" : "", interval, as, axis.prior ? " ~ " + dumpTree(*axis.prior) : "");
    });
    line(fmt::format("(fit{}{}{})", axes, s->method ? " by " + dumpTree(*s->method) : "", joined(s->options, dumpArgument)));
  } else if (auto *s = dynAs<SensitivityStmt>(&stmt)) {
    line(fmt::format("(sensitivity{}{} to{})", dumpEach(s->items), s->every ? " every " + dumpTree(*s->every) : "", dumpEach(s->parameters)));
  } else if (auto *s = dynAs<UnsupportedStmt>(&stmt)) {
    line(fmt::format("(unsupported {})", s->keyword.text));
  }
}

void TreeDumper::statement(const Stmt &stmt) {
  doc(stmt.doc);
  modelStatement(stmt);
  networkStatement(stmt);
  experimentStatement(stmt);
}

void TreeDumper::declaration(const Decl &decl) {
  doc(decl.doc);
  if (auto *d = dynAs<ImportDecl>(&decl)) {
    for (const ImportPath &path : d->paths) {
      std::string text = joined(path.segments, [](const Name &name) { return name.text; }, ".");
      line(fmt::format("(import {})", text.substr(1)));
    }
  } else if (auto *d = dynAs<FunctionDecl>(&decl)) {
    std::string parameters;
    for (size_t i = 0; i < d->parameters.size(); ++i)
      parameters += d->defaults[i] ? fmt::format(" ({} = {})", d->parameters[i].text, dumpTree(*d->defaults[i])) : fmt::format(" {}", d->parameters[i].text);
    line(fmt::format("({} ({}{}) {})", d->isSurrogate ? "surrogate" : "function", d->name.text, parameters, dumpTree(*d->body)));
  } else if (auto *d = dynAs<ModelDecl>(&decl)) {
    block(fmt::format("{} {}", word(d->model), d->name.text), [&] { statements(d->body); });
  } else if (auto *d = dynAs<NetworkDecl>(&decl)) {
    block(fmt::format("network {}", d->name.text), [&] { statements(d->body); });
  } else if (auto *d = dynAs<ExperimentDecl>(&decl)) {
    block(fmt::format("experiment {}", d->name.text), [&] { statements(d->body); });
  } else if (auto *d = dynAs<UnsupportedDecl>(&decl)) {
    line(fmt::format("(unsupported {} {})", d->keyword.text, d->name.text));
  }
}

} // namespace

std::string dumpTree(const File &file) {
  TreeDumper dumper;
  for (const DeclPtr &decl : file.declarations)
    dumper.declaration(*decl);
  return dumper.result;
}

} // namespace bdc::syntax
