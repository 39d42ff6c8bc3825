#include "compiler/target/split.h"

#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

#include "llvm/ADT/EquivalenceClasses.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace bdc::compiler {

namespace {

bool isDeclaration(Operation &op) {
  auto function = dyn_cast<FunctionOpInterface>(op);
  return function && function.isExternal();
}

int64_t sizeOf(Operation *definition) {
  int64_t size = 0;
  definition->walk([&](Operation *) { ++size; });
  return size;
}

/// Of bitcode, roughly.
constexpr int64_t bytesPerOperation = 16;

/// Definitions that name one another, in the module's order.
struct Cluster {
  SmallVector<Operation *> definitions;
  llvm::SmallSetVector<Operation *, 8> declarations;
  std::vector<const StepPart *> stepParts;
  int64_t size = 0; ///< operations
};

std::vector<Cluster> clustersOf(ModuleOp module) {
  SymbolTable symbols(module);
  llvm::EquivalenceClasses<Operation *> together;
  SmallVector<std::pair<Operation *, Operation *>> declared; // a definition, and a declaration that it needs
  for (Operation &op : *module.getBody()) {
    if (isDeclaration(op))
      continue;
    together.insert(&op);
    const std::optional<SymbolTable::UseRange> uses = SymbolTable::getSymbolUses(&op);
    for (const SymbolTable::SymbolUse &use : *uses) {
      Operation *named = symbols.lookup(use.getSymbolRef().getRootReference());
      if (isDeclaration(*named))
        declared.emplace_back(&op, named);
      else
        together.unionSets(&op, named);
    }
  }
  std::vector<Cluster> clusters;
  DenseMap<Operation *, size_t> place; // of the cluster, by its leader
  for (Operation &op : *module.getBody()) {
    if (isDeclaration(op))
      continue;
    auto [entry, isNew] = place.try_emplace(together.getLeaderValue(&op), clusters.size());
    if (isNew)
      clusters.emplace_back();
    clusters[entry->second].definitions.push_back(&op);
    clusters[entry->second].size += sizeOf(&op);
  }
  for (auto [definition, declaration] : declared)
    clusters[place.lookup(together.getLeaderValue(definition))].declarations.insert(declaration);
  for (const StepPart &part : stepParts()) {
    Cluster cluster;
    for (StringRef function : part.functions)
      if (Operation *declaration = symbols.lookup(function))
        cluster.declarations.insert(declaration);
    if (cluster.declarations.empty())
      continue;
    cluster.stepParts.push_back(&part);
    cluster.size = static_cast<int64_t>(part.bitcode.size()) / bytesPerOperation;
    clusters.push_back(std::move(cluster));
  }
  return clusters;
}

} // namespace

std::vector<ModuleShare> splitModule(ModuleOp module, unsigned most) {
  std::vector<Cluster> clusters = clustersOf(module);
  // The largest first, each to the smallest share so far. What takes as long as the largest alone need not be divided further.
  llvm::sort(clusters, [](const Cluster &a, const Cluster &b) { return a.size > b.size; });
  int64_t total = 0;
  for (const Cluster &cluster : clusters)
    total += cluster.size;
  const int64_t enough = clusters.empty() ? 1 : (total + clusters.front().size - 1) / clusters.front().size;
  std::vector<Cluster> bins(static_cast<size_t>(std::min<int64_t>(std::max(most, 1u), enough)));
  for (Cluster &cluster : clusters) {
    Cluster &bin = *llvm::min_element(bins, [](const Cluster &a, const Cluster &b) { return a.size < b.size; });
    llvm::append_range(bin.definitions, cluster.definitions);
    llvm::append_range(bin.stepParts, cluster.stepParts);
    bin.declarations.insert_range(cluster.declarations);
    bin.size += cluster.size;
  }
  std::vector<ModuleShare> shares;
  for (Cluster &bin : bins) {
    ModuleOp made = ModuleOp::create(module.getLoc());
    made->setAttrs(module->getAttrDictionary());
    for (Operation *declaration : bin.declarations)
      made.push_back(declaration->clone());
    for (Operation *definition : bin.definitions) {
      definition->remove();
      made.push_back(definition);
    }
    shares.push_back({mlir::OwningOpRef<ModuleOp>(made), std::move(bin.stepParts)});
  }
  return shares;
}

} // namespace bdc::compiler
