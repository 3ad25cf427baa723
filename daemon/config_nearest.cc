#include "daemon/config_nearest.h"

#include <algorithm>

#include "daemon/config_table.h"
#include "protocol/base/nearest.h"

namespace signet {

std::string nearest_config_key(std::string_view section, std::string_view name) {
  name = name.substr(0, kNearestNameSizeMax);
  auto distance = [&](const ConfigKey& key) {
    return edit_distance(name, key.name) + (key.section == section ? 0 : 1);
  };
  auto keys = config_keys();
  return std::ranges::min_element(keys, {}, distance)->full_name();
}

}  // namespace signet
