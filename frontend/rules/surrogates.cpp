// `population H = LIF[256] { surrogate = relu(alpha = 0.3, width = 1) }`: the slope that gradients take for a spike.
#include "frontend/rules/network.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace bdc::rules {

using syntax::dynAs;

const Expr *NetworkBuilder::surrogateOf(const syntax::PopulationStmt &stmt, const ModelInstance &instance) {
  auto setting = std::ranges::find_if(stmt.use.settings, [](const syntax::Setting &each) { return each.name.text == "surrogate"; });
  if (setting == stmt.use.settings.end() || instance.model.kind != syntax::ModelKind::Neuron || instance.model.indexOf("surrogate") >= 0 || !setting->value)
    return nullptr;
  auto *call = dynAs<syntax::CallExpr>(setting->value);
  auto *name = dynAs<syntax::NameExpr>(call ? call->callee.get() : setting->value.get());
  const FileScope &library = context.definitions.standard("surrogates.bd");
  auto isSurrogate = [](const Definition *definition) {
    auto *function = definition ? dynAs<syntax::FunctionDecl>(definition->decl) : nullptr;
    return function && function->isSurrogate;
  };
  const Definition *found = name ? file->find(name->name.text) : nullptr;
  if (name && !isSurrogate(found))
    found = library.find(name->name.text);
  if (!isSurrogate(found)) {
    std::vector<std::string_view> known = library.surrogates();
    std::ranges::copy(file->surrogates(), std::back_inserter(known));
    std::string help = name ? diag::didYouMeanHelp(name->name.text, known) : "";
    context.report(Kind::UnknownFunction, setting->value->range, name ? fmt::format("there is no surrogate `{}`", name->name.text) : "a surrogate is named")
        .withHelp(help.empty() ? fmt::format("there are {}", fmt::join(known, ", ")) : help);
    return nullptr;
  }
  syntax::CallExpr plain; // `surrogate = arctan`
  plain.range = setting->value->range;
  const Expr *x = context.node(Op::Term, setting->value->range, UnitTerm());
  const Expr *value = ExprChecker(context, *this, "the surrogate").surrogate(call ? *call : plain, *found, x);
  if (!value || !context.expect(*value, {UnitTerm(), "", {}, "a surrogate"}, "the surrogate"))
    return nullptr;
  return value;
}

} // namespace bdc::rules
