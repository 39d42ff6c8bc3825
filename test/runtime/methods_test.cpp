// The table of methods: what is refused, and that docs/fitting.md has each of them with each of its options.
#include "test/runtime/objectives.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

using namespace bdc::runtime;
using namespace bdc::runtime::optimise;
using namespace bdc::runtime::test;

TEST(Methods, WhatIsWrongIsSaid) {
  auto refused = [](std::string_view name, const std::vector<Setting> &settings) {
    const auto made = Method::choose(name, settings);
    return made ? "accepted" : joined(made.error());
  };
  EXPECT_EQ(refused("adan", {}), "there is no method `adan` to fit by | did you mean `adam`?");
  EXPECT_EQ(refused("gradient_descent", {}).substr(0, 86),
            "there is no method `gradient_descent` to fit by | there are adam, adamw, sgd, rmsprop,");
  EXPECT_EQ(refused("adam", {{"rat", 1}}), "the method adam has no option `rat` | did you mean `rate`?");
  EXPECT_EQ(refused("direct", {{"rate", 1}}), "the method direct has no option `rate` | it has none");
  EXPECT_EQ(refused("adam", {{"rate", -1}}), "`rate` of adam cannot be -1 | it is a number from 0 to 1e+09: length of a step");
  EXPECT_EQ(refused("grid", {{"points", 2.5}}), "`points` of grid cannot be 2.5 | it is a whole number from 2 to 1e+06: values "
                                                "of each coordinate, the ends of its interval "
                                                "among them");
  EXPECT_EQ(refused("adam", {{"schedule", 0, "linear"}}),
            "`schedule` of adam cannot be linear | it can be constant, exponential, cosine, step");
  EXPECT_EQ(refused("adam", {{"rate", 0, "fast"}}), "`rate` of adam is a number, not `fast` | ");
  EXPECT_EQ(method("lbfgs", {{"memory", 5}}).text(), "lbfgs(step = 0.1, tolerance = 1e-08, memory = 5)");
}

namespace {

std::string defaultOf(const OptionInfo &option) {
  if (!option.words.empty())
    return option.words.front();
  return std::isnan(option.value) ? "" : fmt::format("{:g}", option.value);
}

/// Options that go down the gradient together have one row for all methods.
bool isShared(const OptionInfo &option) {
  const MethodInfo &sgd = *findMethod("sgd");
  for (size_t i = 3; i < sgd.options.size(); ++i) // behind rate, momentum and nesterov
    if (std::string_view(option.name) == sgd.options[i].name)
      return true;
  return false;
}

std::string methodRow(const MethodInfo &m) {
  std::string options;
  for (const OptionInfo &option : m.options)
    if (!isShared(option)) {
      const std::string value = defaultOf(option);
      options += fmt::format("{}`{}`{}{}", options.empty() ? "" : ", ", option.name, value.empty() ? "" : " ", value);
    }
  return fmt::format("| `{}` | {} | {} | {} | {} |\n", m.name, m.meaning,
                     m.usesGradient ? "gradient"
                     : m.needsBox   ? "intervals"
                                    : "",
                     m.space == Coordinates::free ? "free" : "box", options);
}

std::string optionRow(const OptionInfo &option) {
  return fmt::format("| `{}` | {} | {} |\n", option.name,
                     option.words.empty() ? defaultOf(option) : fmt::format("{}", fmt::join(option.words, ", ")), option.meaning);
}

} // namespace

TEST(Methods, AreInTheDocuments) {
  std::ostringstream text;
  text << std::ifstream(std::string(BDC_DOCS) + "/fitting.md").rdbuf();
  std::string missing;
  auto look = [&](const std::string &row) {
    if (text.str().find(row) == std::string::npos && missing.find(row) == std::string::npos)
      missing += row;
  };
  for (const MethodInfo &m : methods())
    look(methodRow(m));
  for (const MethodInfo &m : methods())
    for (const OptionInfo &option : m.options)
      if (isShared(option))
        look(optionRow(option));
      else
        look(fmt::format("| `{}` | {} |\n", option.name, option.meaning));
  EXPECT_EQ(missing, "") << "rows that docs/fitting.md lacks";
}
