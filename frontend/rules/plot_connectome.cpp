// `plot SC`, `plot SC.lengths`: the matrices of a connectome.
#include "frontend/rules/experiment.h"

#include <fmt/format.h>

namespace bdc::rules {

/// Whether the item is a connectome, or one of its matrices; it is then planned, or reported.
bool ExperimentBuilder::plotConnectome(const syntax::Expr &item) {
  std::optional<PlaceName> place = placeName(item);
  const int connectome = place ? network.findConnectome(place->population.text) : -1;
  if (connectome < 0)
    return false;
  static const std::vector<std::string_view> parts = {"weights", "lengths"};
  if (place->slice || (place->member && place->member.text != parts[0] && place->member.text != parts[1])) {
    context.reportUnknown(Kind::UnknownMember, place->member ? place->member : place->population,
                          fmt::format("{} is no matrix of {}", context.quote(item.range), place->population.text), parts,
                          fmt::format("`plot {0}`, `plot {0}.weights`, `plot {0}.lengths`", place->population.text));
    return true;
  }
  Request request;
  request.kind = RequestKind::Plot;
  request.function = "connectome";
  request.text = context.text(item.range);
  request.range = item.range;
  request.connectome = connectome;
  request.part = std::string(place->member.text);
  program.experiment.requests.push_back(std::move(request));
  return true;
}

} // namespace bdc::rules
