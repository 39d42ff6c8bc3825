#include "frontend/diagnostics/diagnostic.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <tuple>

namespace bdc::diag {

namespace {
constexpr std::array kinds = {
#define BDC_DIAGNOSTIC(NAME, ID, SEVERITY, DESCRIPTION) KindInfo{ID, Severity::SEVERITY, DESCRIPTION},
#include "frontend/diagnostics/kinds.def"
};

/// Places in the order of the texts, those without a place first.
auto placeOf(const Diagnostic &diagnostic) {
  const Range &range = diagnostic.range;
  return std::tuple(range.valid() ? int64_t(range.source) : int64_t(-1), range.begin);
}
} // namespace

const KindInfo &info(Kind kind) { return kinds[static_cast<size_t>(kind)]; }
size_t kindCount() { return kinds.size(); }

Diagnostic &Diagnostic::withLabel(std::string text) {
  label = std::move(text);
  return *this;
}

Diagnostic &Diagnostic::also(Range where, std::string text) {
  if (where.valid())
    labels.push_back({where, std::move(text)});
  return *this;
}

Diagnostic &Diagnostic::withNote(std::string text) {
  notes.push_back(std::move(text));
  return *this;
}

Diagnostic &Diagnostic::withHelp(std::string text) {
  help = std::move(text);
  return *this;
}

void Engine::Ranges::add(Range range) {
  while (!ranges.empty() && ranges.back().begin >= range.begin)
    ranges.pop_back();
  ranges.push_back(range);
}

bool Engine::Ranges::overlap(Range range) const {
  uint32_t last = std::max(range.begin, range.end - std::min(range.end, 1u)); // an empty range is a place
  auto behind =
      std::upper_bound(ranges.begin(), ranges.end(), range.begin, [](uint32_t at, const Range &each) { return at < each.end; });
  return behind != ranges.end() && behind->begin <= last;
}

void Engine::markDamaged(const Damage &damage) {
  doubtful.insert(damage.words.begin(), damage.words.end());
  damaged[damage.range.source].add(damage.range);
  if (damage.mayDeclare)
    incomplete[damage.range.source].add(damage.range);
  if (damage.mayDeclare && damage.isOutside)
    incompleteOutside.insert(damage.range.source);
}

bool Engine::isDamaged(Range range) const {
  auto found = damaged.find(range.source);
  return found != damaged.end() && found->second.overlap(range);
}

bool Engine::isIncomplete(Range range) const {
  auto found = incomplete.find(range.source);
  return found != incomplete.end() && found->second.overlap(range);
}

Diagnostic &Engine::report(Kind kind, Range range, std::string message) {
  if (kind > Kind::NestedTooDeeply && isDamaged(range))
    return dropped = {};
  Severity severity = info(kind).severity;
  errors += severity == Severity::Error;
  all.push_back({kind, severity, range, std::move(message), {}, {}, {}, {}});
  return all.back();
}

std::vector<Diagnostic> Engine::sorted() const {
  std::vector<size_t> order(all.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return std::tuple(placeOf(all[a]), a) < std::tuple(placeOf(all[b]), b);
  });
  std::vector<Diagnostic> kept;
  for (size_t index : order) {
    const Diagnostic &next = all[index];
    bool repeated = false;
    for (auto earlier = kept.rbegin(); earlier != kept.rend() && placeOf(*earlier) == placeOf(next) && next.range.valid(); ++earlier)
      repeated |= earlier->severity == next.severity && (next.severity == Severity::Error || earlier->kind == next.kind);
    if (!repeated)
      kept.push_back(next);
  }
  return kept;
}

static bool isError(const Diagnostic &diagnostic) { return diagnostic.severity == Severity::Error; }

Engine::Shown Engine::shown() const {
  Shown result;
  size_t errorsShown = 0, warningsShown = 0;
  for (Diagnostic &next : sorted()) {
    const bool error = isError(next);
    size_t &count = error ? errorsShown : warningsShown;
    if (count == mostShown) {
      ++(error ? result.errorsLeftOut : result.warningsLeftOut);
      continue;
    }
    ++count;
    result.diagnostics.push_back(std::move(next));
  }
  return result;
}

size_t Engine::Shown::errors() const { return errorsLeftOut + std::ranges::count_if(diagnostics, isError); }

const Diagnostic *Engine::Shown::onlyError() const { return errors() == 1 ? &*std::ranges::find_if(diagnostics, isError) : nullptr; }

std::string Engine::Shown::rest() const {
  size_t count = errorsLeftOut + warningsLeftOut;
  return count ? "… and " + std::to_string(count) + " more" : "";
}

std::optional<SourceId> load(Sources &sources, const std::string &path, Engine &engine, Range where) {
  std::string reason;
  std::optional<SourceId> id = sources.load(path, reason);
  if (!id)
    engine.report(Kind::UnreadableFile, where, "the file `" + path + "` cannot be read: " + reason);
  return id;
}

} // namespace bdc::diag
