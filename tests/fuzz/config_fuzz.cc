// The configuration: any text either reads, and then every value is within its bounds, or gives an error with the
// file's name in each line.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/config.h"
#include "protocol/base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto config = signet::parse_config({reinterpret_cast<const char*>(data), size}, "fuzz.toml");
  if (!config) {
    SIGNET_CHECK(config.error().starts_with("fuzz.toml"));
    return 0;
  }
  SIGNET_CHECK(!config->data_dir.empty() && !config->key_file.empty() && !config->issuer.empty());
  SIGNET_CHECK(!config->listen.empty());
  SIGNET_CHECK(config->token_ttl_s >= 1 && config->token_ttl_s <= config->token_ttl_max_s);
  SIGNET_CHECK(config->token_ttl_max_s <= 86'400);
  SIGNET_CHECK(config->workers <= 256);
  return 0;
}
