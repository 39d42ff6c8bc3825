#include "frontend/syntax/words.h"

#include "frontend/diagnostics/diagnostic.h"

#include <algorithm>
#include <array>

namespace bdc::syntax {

namespace {

struct Word {
  std::string_view text;
  unsigned places;
  unsigned readOver = 0; ///< those of the places where the statement is not gone into
};

constexpr Word statements[] = {
    {"import", InFile},
    {"function", InFile},
    {"surrogate", InFile},
    {"neuron", InFile},
    {"synapse", InFile | InProject},
    {"effect", InFile | InProject},
    {"plasticity", InFile | InProject},
    {"mass", InFile},
    {"mechanism", InFile},
    {"noise", InFile},
    {"observer", InFile},
    {"coupling", InFile},
    {"network", InFile},
    {"experiment", InFile},
    {"cell", InFile, InFile},
    {"layer", InFile | InNetwork, InFile | InNetwork},
    {"param", InModel | InNetwork},
    {"state", InModel},
    {"input", InModel | InNetwork, InNetwork},
    {"output", InModel},
    {"term", InModel},
    {"source", InModel},
    {"on", InModel},
    {"current", InModel},
    {"step", InModel},
    {"emit", InOn},
    {"hold", InOn},
    {"population", InNetwork},
    {"project", InNetwork},
    {"start", InNetwork},
    {"connectome", InNetwork},
    {"matrix", InNetwork},
    {"nodes", InNetwork},
    {"couple", InNetwork},
    {"disturb", InNetwork},
    {"observe", InNetwork},
    {"connect", InProject},
    {"weight", InProject},
    {"delay", InProject},
    {"simulate", InExperiment},
    {"drive", InExperiment},
    {"record", InExperiment},
    {"summarise", InExperiment},
    {"plot", InExperiment},
    {"let", InExperiment},
    {"minimise", InExperiment},
    {"maximise", InExperiment},
    {"fit", InExperiment},
    {"sweep", InExperiment},
    {"sensitivity", InExperiment},
    {"train", InExperiment, InExperiment},
    {"gradient", InExperiment, InExperiment},
    {"validate", InExperiment, InExperiment},
    {"phase_plane", InExperiment, InExperiment},
    {"continue", InExperiment, InExperiment},
};

constexpr std::array<std::string_view, 6> operators = {"and", "or", "not", "if", "then", "else"};
constexpr std::array<std::string_view, 15> clauses = {"for",  "from", "to",   "every", "by",      "against", "like",
                                                      "with", "over", "each", "in",    "discard", "except",  "at", "as"};
constexpr std::array<std::string_view, 14> effective = {"on",     "emit",  "hold",     "current", "project", "start", "connect",
                                                        "weight", "delay", "simulate", "drive",   "record",  "plot",  "disturb"};
constexpr std::array<std::string_view, 7> distributions = {"normal",      "uniform", "lognormal", "gamma",
                                                           "exponential", "poisson", "bernoulli"};

template <typename Words>
bool contains(const Words &words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

const Word *find(std::string_view text) {
  auto at = std::find_if(std::begin(statements), std::end(statements), [&](const Word &w) { return w.text == text; });
  return at == std::end(statements) ? nullptr : at;
}

} // namespace

unsigned placesOf(std::string_view word) {
  const Word *found = find(word);
  return found ? found->places : 0;
}

std::vector<std::string_view> wordsOf(Place place) {
  std::vector<std::string_view> result;
  for (const Word &word : statements)
    if (word.places & place & ~word.readOver)
      result.push_back(word.text);
  return result;
}

std::string_view describe(Place place) {
  switch (place) {
  case InFile: return "the file, outside all definitions";
  case InModel: return "a model";
  case InOn: return "`on … { }`";
  case InNetwork: return "a network";
  case InProject: return "`project … { }`";
  case InExperiment: return "an experiment";
  }
  return "";
}

bool isReadOver(std::string_view word, Place place) {
  const Word *found = find(word);
  return found && (found->readOver & place);
}

bool isOperatorWord(std::string_view word) { return contains(operators, word); }
bool isEffective(std::string_view word) { return contains(effective, word); }
bool isClauseWord(std::string_view word) { return contains(clauses, word); }
bool isDistribution(std::string_view word) { return contains(distributions, word); }
bool mayBeDistribution(std::string_view word) {
  return isDistribution(word) || !diag::didYouMean(word, {distributions.begin(), distributions.end()}).empty();
}
bool isLanguageWord(std::string_view word) {
  return isOperatorWord(word) || isClauseWord(word) || placesOf(word) != 0;
}

} // namespace bdc::syntax
