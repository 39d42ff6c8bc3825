#include "runtime/optimise/methods.h"

#include "runtime/suggest.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace bdc::runtime::optimise {
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN(), most = 1e9;

using Options = std::vector<OptionInfo>;

OptionInfo number(const char *name, double value, double low, double high, const char *meaning) {
  return {name, meaning, value, low, high};
}
OptionInfo whole(const char *name, double value, double low, double high, const char *meaning) {
  return {name, meaning, value, low, high, true};
}
OptionInfo choice(const char *name, std::vector<const char *> words, const char *meaning) {
  return {name, meaning, 0, 0, 0, false, std::move(words)};
}

/// What all methods that go down the gradient step by step have.
Options descent(double rate, Options own) {
  Options all{number("rate", rate, 0, most, "length of a step")};
  all.insert(all.end(), own.begin(), own.end());
  const Options shared{
      choice("schedule", {"constant", "exponential", "cosine", "step"}, "how the rate changes over the steps"),
      number("factor", 0.5, 1e-6, 1, "exponential, step: the rate after `every` steps, as a part of the one before"),
      whole("every", 100, 1, most, "exponential, step: steps after which the rate has been multiplied by `factor`"),
      number("final", 0, 0, 1, "cosine: the rate at the last step, as a part of the first"),
      whole("warmup", 0, 0, most, "steps in which the rate rises from 0"),
      number("clip_norm", 0, 0, most, "the gradient is shortened to this norm; 0: never"),
      number("clip_value", 0, 0, most, "each part of the gradient is held within ± this; 0: never"),
  };
  all.insert(all.end(), shared.begin(), shared.end());
  return all;
}

Options local(Options more = {}) {
  Options all{number("step", 0.1, 1e-9, most, "first step, as a part of the interval, or of the size of the start"),
              number("tolerance", 1e-8, 0, 1, "ends where loss and coordinates change by less, relatively")};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

const OptionInfo batchOption = whole("batch", 16, 1, 65536, "points of one step");
const OptionInfo beta1 = number("beta1", 0.9, 0, 0.999999, "decay of the mean of gradients");
const OptionInfo beta2 = number("beta2", 0.999, 0, 0.999999999, "decay of the mean of squared gradients");
const OptionInfo epsilon = number("epsilon", 1e-8, 0, 1, "added to the root of the mean square");

std::vector<MethodInfo> makeTable() {
  return {
      {"adam", "Adam (Kingma and Ba 2015)", Coordinates::free, true, false, true, descent(0.05, {beta1, beta2, epsilon})},
      {"adamw", "Adam with decoupled weight decay (Loshchilov and Hutter 2019)", Coordinates::free, true, false, true,
       descent(0.05,
               {beta1, beta2, epsilon, number("decay", 0.01, 0, 1, "part of each coordinate that a step of rate 1 takes away")})},
      {"sgd", "gradient descent with momentum", Coordinates::free, true, false, true,
       descent(0.01, {number("momentum", 0, 0, 0.999999, "part of the last step that is taken again"),
                      choice("nesterov", {"no", "yes"}, "the gradient is looked at ahead (Nesterov)")})},
      {"rmsprop", "RMSprop (Tieleman and Hinton 2012)", Coordinates::free, true, false, true,
       descent(0.01, {number("average", 0.99, 0, 0.999999999, "decay of the mean of squared gradients"), epsilon,
                      number("momentum", 0, 0, 0.999999, "part of the last step that is taken again")})},
      {"lbfgs", "limited-memory BFGS with bounds (NLopt)", Coordinates::box, true, false, true,
       local({whole("memory", 10, 1, 1000, "steps that the curvature is made of")})},
      {"nelder_mead", "Nelder and Mead's simplex (NLopt)", Coordinates::box, false, false, true, local()},
      {"subplex", "Rowan's subplex: Nelder and Mead in subspaces (NLopt)", Coordinates::box, false, false, true, local()},
      {"bobyqa", "Powell's quadratic models with bounds (NLopt)", Coordinates::box, false, false, true, local()},
      {"crs",
       "controlled random search with local mutation (NLopt)",
       Coordinates::box,
       false,
       true,
       false,
       {whole("population", none, 3, 1e6, "crs: points that are held; 10 (n + 1) unless given")}},
      {"direct", "dividing rectangles, locally biased (NLopt)", Coordinates::box, false, true, false, {}},
      {"cma_es",
       "covariance matrix adaptation (Hansen 2016)",
       Coordinates::free,
       false,
       false,
       true,
       {whole("population", none, 4, 65536, "cma_es: points of one step; 4 + 3 log n unless given"),
        number("sigma", 0.5, 1e-12, most, "first standard deviation, in coordinates"),
        choice("covariance", {"full", "diagonal"}, "diagonal: for many parameters"),
        whole("restarts", 0, 0, 20, "times that it begins again, with twice the population")}},
      {"evolution",
       "differential evolution (Storn and Price 1997), current to best",
       Coordinates::box,
       false,
       true,
       false,
       {whole("population", none, 5, 65536, "evolution: points of one step; 10 n, from 16 to 128, unless given"),
        number("crossover", 0.9, 0, 1, "part of the coordinates that are changed together")}},
      {"bayes",
       "Bayesian optimisation: expected improvement of a Gaussian process",
       Coordinates::box,
       false,
       true,
       false,
       {whole("batch", 4, 1, 256, "points of one step"),
        whole("initial", none, 2, 1000, "points before there is a model; 2 (n + 1), at least 8, unless given")}},
      {"grid",
       "every combination of equally spaced values",
       Coordinates::box,
       false,
       true,
       false,
       {whole("points", 10, 2, 1e6, "values of each coordinate, the ends of its interval among them"), batchOption}},
      {"sobol", "Sobol's points, which fill the intervals evenly", Coordinates::box, false, true, false, {batchOption}},
      {"random", "points drawn uniformly", Coordinates::box, false, true, false, {batchOption}},
  };
}

const std::vector<MethodInfo> &table() {
  static const std::vector<MethodInfo> made = makeTable();
  return made;
}

Error unknownOption(const MethodInfo &method, const std::string &name) {
  std::vector<std::string_view> names;
  std::string all;
  for (const OptionInfo &option : method.options) {
    names.emplace_back(option.name);
    all += fmt::format("{}{}", all.empty() ? "" : ", ", option.name);
  }
  const std::string near = suggestionFor(name, names);
  return inputError(fmt::format("the method {} has no option `{}`", method.name, name), !near.empty() ? near
                                                                                        : all.empty() ? "it has none"
                                                                                                      : "it has " + all);
}

Status checkWord(const MethodInfo &method, const OptionInfo &option, const Setting &setting) {
  std::string all;
  for (const char *word : option.words) {
    if (setting.word == word)
      return {};
    all += fmt::format("{}{}", all.empty() ? "" : ", ", word);
  }
  const std::string given = setting.word.empty() ? fmt::format("{:g}", setting.number) : setting.word;
  return inputError(fmt::format("`{}` of {} cannot be {}", option.name, method.name, given), "it can be " + all);
}

Status checkNumber(const MethodInfo &method, const OptionInfo &option, const Setting &setting) {
  const char *what = option.isWhole ? "a whole number" : "a number";
  if (!setting.word.empty())
    return inputError(fmt::format("`{}` of {} is {}, not `{}`", option.name, method.name, what, setting.word));
  const double x = setting.number;
  if (!(x >= option.low && x <= option.high) || (option.isWhole && x != std::floor(x)))
    return inputError(fmt::format("`{}` of {} cannot be {:g}", option.name, method.name, x),
                      fmt::format("it is {} from {:g} to {:g}: {}", what, option.low, option.high, option.meaning));
  return {};
}

} // namespace

std::span<const MethodInfo> methods() { return table(); }

const MethodInfo *findMethod(std::string_view name) {
  for (const MethodInfo &method : table())
    if (name == method.name)
      return &method;
  return nullptr;
}

Result<Method> Method::choose(std::string_view name, const std::vector<Setting> &settings) {
  Method made;
  made.known = findMethod(name);
  if (!made.known) {
    std::vector<std::string_view> names;
    std::string all;
    for (const MethodInfo &method : table()) {
      names.emplace_back(method.name);
      all += fmt::format("{}{}", all.empty() ? "" : ", ", method.name);
    }
    const std::string near = suggestionFor(name, names);
    return inputError(fmt::format("there is no method `{}` to fit by", name), near.empty() ? "there are " + all : near);
  }
  for (const OptionInfo &option : made.known->options)
    if (option.words.empty())
      made.numbers[option.name] = option.value;
    else
      made.words[option.name] = option.words.front();
  for (const Setting &setting : settings) {
    const OptionInfo *option = nullptr;
    for (const OptionInfo &candidate : made.known->options)
      if (setting.name == candidate.name)
        option = &candidate;
    if (!option)
      return unknownOption(*made.known, setting.name);
    const bool hasWords = !option->words.empty();
    if (Status s = hasWords ? checkWord(*made.known, *option, setting) : checkNumber(*made.known, *option, setting); !s)
      return s.error();
    if (hasWords)
      made.words[setting.name] = setting.word;
    else
      made.numbers[setting.name] = setting.number;
  }
  return made;
}

std::string Method::withOptions(bool all) const {
  std::string out;
  for (const OptionInfo &option : known->options) {
    const bool isNumber = option.words.empty();
    const std::string value = isNumber ? fmt::format("{}", numbers.at(option.name)) : words.at(option.name);
    const bool isUsual = isNumber ? numbers.at(option.name) == option.value : value == option.words.front();
    if (value != "nan" && (all || !isUsual))
      out += fmt::format("{}{} = {}", out.empty() ? "" : ", ", option.name, value);
  }
  return out.empty() ? known->name : fmt::format("{}({})", known->name, out);
}

} // namespace bdc::runtime::optimise
