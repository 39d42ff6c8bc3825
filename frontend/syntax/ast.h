#pragma once

#include "frontend/syntax/ast_stmt.h"

/// The syntax tree: what was written, with its place, and nothing that would have to be looked up. Names
/// and units are views into the text of the file, which the `diag::Sources` keeps alive.
namespace bdc::syntax {

enum class DeclKind : uint8_t { Import, Function, Model, Network, Experiment, Unsupported };

struct Decl {
  const DeclKind kind;
  Range range;
  std::string doc;
  Name name; ///< of what is defined; empty for an import

  explicit Decl(DeclKind kind) : kind(kind) {}
  virtual ~Decl() = default;
};
using DeclPtr = std::unique_ptr<Decl>;

template <DeclKind K>
struct DeclOf : Decl {
  static constexpr DeclKind Kind = K;
  DeclOf() : Decl(K) {}
};

/// `neurons.LIF`.
struct ImportPath {
  std::vector<Name> segments;
  Range range;

  const Name &last() const { return segments.back(); }
};

/// `import masses.Hopf, neurons.LIF`. Every path has at least one segment.
struct ImportDecl : DeclOf<DeclKind::Import> {
  std::vector<ImportPath> paths;
};

/// `function logistic(x, k = 1) = 1 / (1 + exp(-k * x))`; `surrogate relu(x, alpha = 0.3, width = 1) = …`.
struct FunctionDecl : DeclOf<DeclKind::Function> {
  bool isSurrogate = false; ///< the derivative that gradients take for a spike, as a function of the distance from threshold
  std::vector<Name> parameters;
  std::vector<ExprPtr> defaults; ///< for each parameter; null where none
  ExprPtr body;
};

enum class ModelKind : uint8_t { Neuron, Synapse, Effect, Plasticity, Mass, Mechanism, Noise, Observer, Coupling };

/// The word that begins a definition of this kind: `neuron`.
std::string_view word(ModelKind kind);
/// `a neuron`, `an observer`.
std::string aWord(ModelKind kind);

/// A dynamical definition.
struct ModelDecl : DeclOf<DeclKind::Model> {
  ModelKind model = ModelKind::Neuron;
  Range keyword;
  std::vector<StmtPtr> body;
};

struct NetworkDecl : DeclOf<DeclKind::Network> {
  std::vector<StmtPtr> body;
};

struct ExperimentDecl : DeclOf<DeclKind::Experiment> {
  std::vector<StmtPtr> body;
};

/// A definition that the language has and this grammar does not go into (`cell`, `layer`).
struct UnsupportedDecl : DeclOf<DeclKind::Unsupported> {
  Name keyword;
};

/// One file.
struct File {
  diag::SourceId source = 0;
  std::vector<DeclPtr> declarations;
};

} // namespace bdc::syntax
