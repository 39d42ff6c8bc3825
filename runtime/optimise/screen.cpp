#include "runtime/optimise/make.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace bdc::runtime::optimise {
namespace {

/// First points of the unit cube, then optimisers that start from the best of them.
class Screened : public Optimiser {
public:
  Screened(const Parameters &parameters, std::unique_ptr<Optimiser> search, std::unique_ptr<Optimiser> inner,
           const Screening &screening, MakeFrom makeFrom)
      : parameters(parameters),
        search(std::move(search)),
        inner(std::move(inner)),
        screening(screening),
        makeFrom(std::move(makeFrom)),
        points{parameters.dimension()},
        places{parameters.dimension()},
        chosen{parameters.dimension()} {}

  bool usesGradient() const override { return inner->usesGradient(); }
  bool wantsGradient() const override { return !isSearching && inner->wantsGradient(); }
  int64_t batch() const override { return std::max(search->batch(), inner->batch()); }
  std::string ended() const override { return isSearching ? std::string() : inner->ended(); }
  std::vector<std::string> takeWarnings() override { return inner->takeWarnings(); }

  const Points &ask() override {
    if (!isSearching)
      return inner->ask();
    if (points.values.empty()) {
      const Points &cube = search->ask();
      points.values.resize(cube.values.size());
      for (int64_t i = 0; i < cube.count(); ++i)
        parameters.place(cube[i], points[i]);
    }
    return points;
  }

  Status tell(const Answers &answers) override {
    if (!isSearching)
      return inner->tell(answers);
    if (Status told = search->tell(answers); !told)
      return told;
    places.values.insert(places.values.end(), points.values.begin(), points.values.end());
    losses.insert(losses.end(), answers.losses.begin(), answers.losses.end());
    points.values.clear();
    return static_cast<int64_t>(losses.size()) < screening.points ? Status() : choose();
  }

  void exchange(Exchange &x) override {
    x("searching", isSearching);
    x.log("places", places.dimension, places.values);
    x.log("losses", 0, losses);
    x("chosen", chosen.values);
    x.inside("search", [&] { search->exchange(x); });
    points.values.clear();
    if (!x.isSaving() && !isSearching)
      if (Status made = makeMembers(); !made)
        return x.fail(made.error());
    x.inside("members", [&] { inner->exchange(x); });
  }

private:
  /// The best points become starts.
  Status choose() {
    std::vector<int64_t> order;
    for (int64_t i = 0; i < places.count(); ++i)
      if (std::isfinite(losses[i]))
        order.push_back(i);
    if (order.empty())
      return Error{ErrorKind::numeric, fmt::format("none of the first {} points has a finite loss", losses.size()),
                   "narrow the intervals, or try more points"};
    std::sort(order.begin(), order.end(),
              [&](int64_t a, int64_t b) { return std::pair(losses[a], a) < std::pair(losses[b], b); });
    for (int64_t i = 0; i < screening.starts; ++i)
      chosen.add(places[order[static_cast<size_t>(i) % order.size()]]);
    isSearching = false;
    return makeMembers();
  }

  Status makeMembers() {
    std::vector<std::vector<double>> starts;
    for (int64_t i = 0; i < chosen.count(); ++i)
      starts.emplace_back(chosen[i].begin(), chosen[i].end());
    auto made = makeFrom(starts);
    if (!made)
      return made.error();
    inner = std::move(*made);
    return {};
  }

  const Parameters &parameters;
  std::unique_ptr<Optimiser> search, inner; ///< the latter of no use until the starts are chosen
  Screening screening;
  MakeFrom makeFrom;
  bool isSearching = true;
  Points points, places, chosen; ///< of this step; all that were tried; the starts. In coordinates
  std::vector<double> losses;
};

} // namespace

std::unique_ptr<Optimiser> makeScreened(const Parameters &parameters, std::unique_ptr<Optimiser> search,
                                        std::unique_ptr<Optimiser> inner, const Screening &screening, MakeFrom makeFrom) {
  return std::make_unique<Screened>(parameters, std::move(search), std::move(inner), screening, std::move(makeFrom));
}

} // namespace bdc::runtime::optimise
