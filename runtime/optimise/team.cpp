#include "runtime/optimise/make.h"

#include <fmt/format.h>

#include <algorithm>

namespace bdc::runtime::optimise {
namespace {

class Team : public Optimiser {
public:
  explicit Team(std::vector<std::unique_ptr<Optimiser>> list) {
    for (auto &member : list)
      members.push_back({std::move(member)});
  }

  bool usesGradient() const override { return members.front().optimiser->usesGradient(); }

  int64_t batch() const override {
    int64_t sum = 0;
    for (const Member &m : members)
      sum += m.optimiser->batch();
    return sum;
  }

  const Points &ask() override {
    if (points.values.empty())
      for (Member &m : members) {
        m.asked = 0;
        if (!m.goesOn())
          continue;
        const Points &part = m.optimiser->ask();
        points.dimension = part.dimension;
        points.values.insert(points.values.end(), part.values.begin(), part.values.end());
        m.asked = part.count();
      }
    return points;
  }

  Status tell(const Answers &answers) override {
    const auto dimension = static_cast<size_t>(answers.gradients.dimension);
    auto loss = answers.losses.begin();
    auto gradient = answers.gradients.values.begin();
    Status last;
    for (size_t i = 0; i < members.size(); ++i) {
      Member &m = members[i];
      if (m.asked == 0)
        continue;
      Answers part{{loss, loss + m.asked}, {answers.gradients.dimension, {}}};
      loss += m.asked;
      if (dimension > 0) {
        const auto end = gradient + m.asked * answers.gradients.dimension;
        part.gradients.values.assign(gradient, end);
        gradient = end;
      }
      Status told = m.optimiser->tell(part);
      for (const std::string &warning : m.optimiser->takeWarnings())
        warnings.push_back(fmt::format("start {}: {}", i + 1, warning));
      if (told)
        continue;
      m.hasFailed = true;
      warnings.push_back(fmt::format("start {} is given up: {}", i + 1, told.error().message));
      last = told;
    }
    points.values.clear();
    const bool isLost = std::all_of(members.begin(), members.end(), [](const Member &m) { return m.hasFailed; });
    return isLost ? last : Status();
  }

  std::string ended() const override {
    for (const Member &m : members)
      if (m.goesOn())
        return {};
    return "every start has ended";
  }

  std::vector<std::string> takeWarnings() override { return std::exchange(warnings, {}); }

  void exchange(Exchange &x) override {
    for (size_t i = 0; i < members.size(); ++i)
      x.inside(fmt::format("start{}", i + 1), [&] {
        x("failed", members[i].hasFailed);
        members[i].optimiser->exchange(x);
      });
    points.values.clear();
  }

private:
  struct Member {
    std::unique_ptr<Optimiser> optimiser;
    int64_t asked = 0; ///< points of the present ask
    bool hasFailed = false;
    bool goesOn() const { return !hasFailed && optimiser->ended().empty(); }
  };
  std::vector<Member> members;
  Points points;
  std::vector<std::string> warnings;
};

} // namespace

std::unique_ptr<Optimiser> makeTeam(std::vector<std::unique_ptr<Optimiser>> members) {
  return std::make_unique<Team>(std::move(members));
}

} // namespace bdc::runtime::optimise
