#pragma once

#include "frontend/diagnostics/source.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace bdc::diag {

enum class Severity : uint8_t { Error, Warning };

/// Every kind of diagnostic, from kinds.def.
enum class Kind : uint16_t {
#define BDC_DIAGNOSTIC(NAME, ID, SEVERITY, DESCRIPTION) NAME,
#include "frontend/diagnostics/kinds.def"
};

struct KindInfo {
  std::string_view id;
  Severity severity;
  std::string_view description;
};

const KindInfo &info(Kind kind);
size_t kindCount();

/// A further place that a diagnostic speaks of.
struct Label {
  Range range;
  std::string text;
};

/// One mistake: the narrowest wrong place (`range`, drawn with ^), what is there (`label`), the places it
/// disagrees with (`labels`, drawn with ~), notes, and a way out.
struct Diagnostic {
  Kind kind;
  Severity severity;
  Range range;
  std::string message;
  std::string label;
  std::vector<Label> labels;
  std::vector<std::string> notes;
  std::string help;

  Diagnostic &withLabel(std::string text);
  Diagnostic &also(Range where, std::string text);
  Diagnostic &withNote(std::string text);
  Diagnostic &withHelp(std::string text);
};

/// Text in which the parser has found a mistake.
struct Damage {
  Range range;
  std::vector<std::string_view> words; ///< all that stand in it
  bool mayDeclare = false;             ///< something, in the definition around it
  bool isOutside = false;              ///< of all definitions
};

/// Collects the diagnostics of a compilation.
///
///     engine.report(Kind::UnitMismatch, addend, "units do not agree in the derivative of v")
///         .withLabel("I is in pA (current)")
///         .also(left, "`v_rest - v` is in mV (voltage)")
///         .withHelp("a current becomes a voltage through a resistance: …");
class Engine {
public:
  /// The reference is valid until the next report.
  Diagnostic &report(Kind kind, Range range, std::string message);

  /// What later rules say of damaged text (every kind behind the grammar's) is dropped: it may be the consequence of the
  /// mistake that is in it.
  void markDamaged(const Damage &damage);
  /// Whether some of the range is damaged.
  bool isDamaged(Range range) const;
  /// Whether something may have been declared in the range that is not known of: then no name is missed there.
  bool isIncomplete(Range range) const;
  /// The same of a file, outside all of its definitions.
  bool isIncomplete(SourceId source) const { return incompleteOutside.contains(source); }
  /// Whether a name stands in damaged text, where it may have been declared: then it is not missed anywhere.
  bool isDoubtful(std::string_view name) const { return doubtful.contains(name); }

  size_t errorCount() const { return errors; }
  bool hasErrors() const { return errors > 0; }

  /// Sorted by place; of several errors at one place only the first that was reported. Warnings are kept
  /// beside an error, but not twice at one place with one kind. Diagnostics without a place come first.
  std::vector<Diagnostic> sorted() const;

  /// Of those the first `mostShown` errors and as many warnings: a text that is none has one at each word.
  struct Shown {
    std::vector<Diagnostic> diagnostics;
    size_t errorsLeftOut = 0, warningsLeftOut = 0;
    size_t errors() const; ///< shown or left out
    const Diagnostic *onlyError() const; ///< null where there are none or several
    /// "… and 12 more"; empty where nothing was left out.
    std::string rest() const;
  };
  static constexpr size_t mostShown = 100;
  Shown shown() const;

private:
  std::vector<Diagnostic> all;
  /// Ranges of one text in the order of their ends.
  struct Ranges {
    std::vector<Range> ranges;
    void add(Range range);
    bool overlap(Range range) const;
  };

  std::map<SourceId, Ranges> damaged, incomplete;
  std::set<SourceId> incompleteOutside;
  std::set<std::string, std::less<>> doubtful;
  Diagnostic dropped{};
  size_t errors = 0;
};

/// Reads a file; where that fails, reports it (at `where`, if something in a text asked for the file).
std::optional<SourceId> load(Sources &sources, const std::string &path, Engine &engine, Range where = {});

/// One diagnostic as language.md shows it; ends with a newline.
std::string render(const Diagnostic &diagnostic, const Sources &sources);
/// The diagnostics of the engine that are shown, sorted, and a line that counts the others.
std::string render(const Engine &engine, const Sources &sources);

/// A JSON array of objects (kind, severity, message, file, line, column, end_line, end_column, label,
/// labels, notes, help), for machines. Lines and columns count from 1. Where some are left out, the last object
/// says so; its kind is "more".
std::string renderJson(const Engine &engine, const Sources &sources);

/// The candidate nearest to a misspelt name by Damerau–Levenshtein distance, upper and lower case counting
/// as half a step; else one that begins with the name, or with which it begins. Empty where none can be meant.
std::string_view didYouMean(std::string_view name, const std::vector<std::string_view> &candidates);

/// "did you mean `x`?", or an empty text.
std::string didYouMeanHelp(std::string_view name, const std::vector<std::string_view> &candidates);

} // namespace bdc::diag
