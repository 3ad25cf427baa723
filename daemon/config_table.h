// The table of configuration keys: one row makes a key's parser, its place in a reload and its documentation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "daemon/config.h"

namespace signet {

// Where a key's value lives; the alternative tells its type.
using ConfigPlace = std::variant<std::string Config::*, std::vector<std::string> Config::*, uint32_t Config::*,
                                 LogLevel Config::*, uint32_t http::Limits::*, size_t http::Limits::*>;

// Gives what was expected instead of `value`, or an empty text when it is good.
using ConfigTextCheck = std::string_view (*)(std::string_view value);

struct ConfigKey {
  std::string_view section;  // TOML table; empty = top level
  std::string_view name;
  ConfigPlace place;
  uint64_t min = 0;  // of integers
  uint64_t max = 0;
  ConfigTextCheck check = nullptr;  // of texts, and of each entry of a list
  std::string_view unit;            // for people
  std::string_view default_text;    // only where the initial value of Config does not say it
  bool reloadable = false;          // SIGHUP takes it
  std::string_view cost;            // what a larger or another value costs
  std::string_view doc;

  std::string full_name() const;  // "limits.idle_ms"
};

// All keys, in the order of the documentation. Static storage.
std::span<const ConfigKey> config_keys();
// Those of the table `limits` alone, which are the last of them. Static storage.
std::span<const ConfigKey> config_limit_keys();
// Null when there is none of that name.
const ConfigKey* find_config_key(std::string_view section, std::string_view name);

// config_value_text renders the value that `config` has for a key, as TOML.
std::string config_value_text(const ConfigKey& key, const Config& config);
// copy_config_value copies one key's value.
void copy_config_value(const ConfigKey& key, const Config& from, Config& to);

}  // namespace signet
