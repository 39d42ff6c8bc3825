#include "dialects/units/suggest.h"

#include <algorithm>
#include <cctype>
#include <vector>

namespace bdc::units {

static int replaceCost(char a, char b) {
  if (a == b)
    return 0;
  return std::tolower((unsigned char)a) == std::tolower((unsigned char)b) ? 1 : 2;
}

int editDistance2(std::string_view a, std::string_view b) {
  std::vector<int> older(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j)
    above[j] = 2 * int(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = 2 * int(i);
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({above[j] + 2, row[j - 1] + 2, above[j - 1] + replaceCost(a[i - 1], b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], older[j - 2] + 2);
    }
    std::swap(older, above);
    std::swap(above, row);
  }
  return above[b.size()];
}

std::string closest(std::string_view name, std::span<const std::string> candidates) {
  std::string best;
  // A third of the word may be wrong; of one-letter words nothing but the case.
  int limit = name.size() <= 2 ? int(name.size()) : 2 * int((name.size() + 2) / 3);
  int bestDistance = limit + 1;
  for (const std::string &candidate : candidates) {
    size_t longer = std::max(name.size(), candidate.size()), shorter = std::min(name.size(), candidate.size());
    if (2 * (longer - shorter) >= size_t(bestDistance)) // so many letters at least are left out, however long the name
      continue;
    int distance = editDistance2(name, candidate);
    bool replacesAll = candidate.size() == 1 && distance > 1;
    if (distance < bestDistance && !replacesAll) {
      bestDistance = distance;
      best = candidate;
    }
  }
  return best;
}

} // namespace bdc::units
