#include "frontend/diagnostics/diagnostic.h"

#include <algorithm>
#include <cctype>

namespace bdc::diag {

namespace {

/// Cost of writing one letter for another in half steps: a wrong case is half a mistake.
unsigned substitution(char a, char b) {
  if (a == b)
    return 0;
  auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  return lower(a) == lower(b) ? 1 : 2;
}

/// Distance of optimal string alignment in half steps: insert, leave out, replace, swap two neighbours.
unsigned distance(std::string_view a, std::string_view b) {
  std::vector<unsigned> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j)
    last[j] = static_cast<unsigned>(2 * j);
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = static_cast<unsigned>(2 * i);
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 2, row[j - 1] + 2, last[j - 1] + substitution(a[i - 1], b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 2);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

} // namespace

std::string_view didYouMean(std::string_view name, const std::vector<std::string_view> &candidates) {
  // One mistake in three letters may be one too many to guess, but a name of one letter has no near ones.
  size_t length = std::min<size_t>(name.size(), 64);
  unsigned best = length <= 1 ? 1 : static_cast<unsigned>(2 * std::max<size_t>(1, length / 3));
  std::string_view found;
  for (std::string_view candidate : candidates) {
    size_t difference = candidate.size() > name.size() ? candidate.size() - name.size() : name.size() - candidate.size();
    if (2 * difference > best || candidate == name)
      continue;
    unsigned here = distance(name, candidate);
    if (here < best || (here == best && found.empty())) {
      best = here;
      found = candidate;
    }
  }
  if (!found.empty() || name.size() < 3)
    return found;
  // Nothing is near: an abbreviation of the shortest that begins with it, or the longest word with something added.
  for (std::string_view candidate : candidates)
    if (candidate != name && candidate.starts_with(name) && (found.empty() || candidate.size() < found.size()))
      found = candidate;
  if (!found.empty())
    return found;
  for (std::string_view candidate : candidates)
    if (candidate != name && candidate.size() >= std::max<size_t>(4, found.size() + 1) && name.starts_with(candidate))
      found = candidate;
  return found;
}

std::string didYouMeanHelp(std::string_view name, const std::vector<std::string_view> &candidates) {
  std::string_view found = didYouMean(name, candidates);
  return found.empty() ? std::string() : "did you mean `" + std::string(found) + "`?";
}

} // namespace bdc::diag
