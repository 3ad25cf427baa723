#include "daemon/config_nearest.h"

#include <algorithm>
#include <vector>

#include "daemon/config_table.h"

namespace signet {
namespace {

constexpr size_t kWordSizeMax = 64;  // bounds the work that a hostile file can cause

}  // namespace

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> before(b.size() + 1), previous(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) previous[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t replaced = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({previous[j] + 1, row[j - 1] + 1, replaced});
      bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, previous);
    std::swap(previous, row);
  }
  return previous[b.size()];
}

std::string nearest_config_key(std::string_view section, std::string_view name) {
  name = name.substr(0, kWordSizeMax);
  auto distance = [&](const ConfigKey& key) {
    return edit_distance(name, key.name) + (key.section == section ? 0 : 1);
  };
  auto keys = config_keys();
  return std::ranges::min_element(keys, {}, distance)->full_name();
}

}  // namespace signet
