#include "protocol/base/nearest.h"

#include <algorithm>
#include <vector>

#include "protocol/base/ascii_case.h"

namespace signet {

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> before(b.size() + 1), previous(b.size() + 1), row(b.size() + 1);
  const auto same = [&](size_t i, size_t j) { return ascii_lower(a[i]) == ascii_lower(b[j]); };
  for (size_t j = 0; j <= b.size(); ++j) previous[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t replaced = previous[j - 1] + (same(i - 1, j - 1) ? 0 : 1);
      row[j] = std::min({previous[j] + 1, row[j - 1] + 1, replaced});
      bool swapped = i > 1 && j > 1 && same(i - 1, j - 2) && same(i - 2, j - 1);
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, previous);
    std::swap(previous, row);
  }
  return previous[b.size()];
}

std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known) {
  if (known.empty()) return {};
  name = name.substr(0, kNearestNameSizeMax);
  return *std::ranges::min_element(known, {}, [&](std::string_view one) { return edit_distance(name, one); });
}

std::string_view likely_name(std::string_view name, std::span<const std::string_view> known) {
  const std::string_view nearest = nearest_name(name, known);
  if (name.size() > kNearestNameSizeMax || edit_distance(name, nearest) > name.size() / 2) return {};
  return nearest;
}

}  // namespace signet
