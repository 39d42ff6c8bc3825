#pragma once

#include <span>
#include <string_view>
#include <vector>

/// The words of the language and where each begins a statement or clause.
namespace bdc::syntax {

/// Places where a word of the language begins a statement; a word may have several.
enum Place : unsigned {
  InFile = 1,
  InModel = 2,
  InOn = 4,
  InNetwork = 8,
  InProject = 16,
  InExperiment = 32,
};

/// The places in which a word begins a statement; 0 for any other word.
unsigned placesOf(std::string_view word);
/// All words that begin a statement in a place.
std::vector<std::string_view> wordsOf(Place place);
/// "a network", for messages.
std::string_view describe(Place place);

/// Words that the language has, but that this grammar reads over as a whole.
bool isReadOver(std::string_view word, Place place);

/// Words of statements that declare no name which others could miss: `on`, `drive`, `record`, …
bool isEffective(std::string_view word);

/// `and`, `or`, `not`, `if`, `then`, `else`: never a name.
bool isOperatorWord(std::string_view word);
/// Words inside a statement (`for`, `from`, `every`, …): a name only where no clause can begin.
bool isClauseWord(std::string_view word);
/// True of everything above: such a word is never a unit.
bool isLanguageWord(std::string_view word);

/// `normal`, `uniform`, …: a unit may follow their closing bracket, even one that begins with `/`.
bool isDistribution(std::string_view word);
/// Also of misspelt ones, which are missed by name later.
bool mayBeDistribution(std::string_view word);
/// Helps where a unit follows another bracket.
inline constexpr const char *helpOnUnits =
    "a unit stands after a number, or after the closing bracket of a range or distribution; a product needs `*`";

} // namespace bdc::syntax
