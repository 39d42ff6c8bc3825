#include "runtime/suggest.h"

#include <fmt/format.h>

#include <algorithm>

namespace bdc::runtime {
namespace {

/// Number of single-letter edits between two names.
size_t distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j)
    row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])});
      diagonal = above;
    }
  }
  return row.back();
}

} // namespace

std::string suggestionFor(std::string_view name, const std::vector<std::string_view> &names) {
  std::string_view best;
  size_t least = std::max<size_t>(2, name.size() / 3) + 1;
  for (const std::string_view known : names)
    if (const size_t edits = distance(name, known); edits < least) {
      least = edits;
      best = known;
    }
  return best.empty() ? "" : fmt::format("did you mean `{}`?", best);
}

} // namespace bdc::runtime
