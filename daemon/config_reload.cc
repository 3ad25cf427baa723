#include "daemon/config.h"
#include "daemon/config_table.h"

namespace signet {

std::vector<std::string> apply_reload(const Config& loaded, Config& current) {
  std::vector<std::string> need_restart;
  for (const ConfigKey& key : config_keys()) {
    if (config_value_text(key, loaded) == config_value_text(key, current)) continue;
    if (key.reloadable) {
      copy_config_value(key, loaded, current);
    } else {
      need_restart.push_back(key.full_name());
    }
  }
  return need_restart;
}

}  // namespace signet
