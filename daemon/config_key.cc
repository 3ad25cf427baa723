// What is done with any row of the table of keys.
#include <fmt/format.h>

#include <type_traits>

#include "daemon/config_table.h"
#include "daemon/config_values.h"

namespace signet {
namespace {

std::string quoted(std::string_view text) { return fmt::format("\"{}\"", text); }

struct ValueText {
  std::string operator()(const std::string& value) const { return quoted(value); }
  std::string operator()(const std::vector<std::string>& values) const {
    std::string text = "[";
    for (const std::string& value : values) text += (text.size() > 1 ? ", " : "") + quoted(value);
    return text + "]";
  }
  std::string operator()(LogLevel value) const { return quoted(log_level_name(value)); }
  std::string operator()(uint64_t value) const { return fmt::format("{}", value); }
};

// Calls `use` with a reference to the key's value in each of `configs`.
template <typename Use, typename... Configs>
decltype(auto) with_value(const ConfigKey& key, Use use, Configs&... configs) {
  return std::visit(
      [&](auto member) -> decltype(auto) {
        if constexpr (std::is_same_v<decltype(member), uint32_t http::Limits::*> ||
                      std::is_same_v<decltype(member), size_t http::Limits::*>) {
          return use(configs.limits.*member...);
        } else {
          return use(configs.*member...);
        }
      },
      key.place);
}

}  // namespace

std::string ConfigKey::full_name() const {
  return section.empty() ? std::string(name) : fmt::format("{}.{}", section, name);
}

const ConfigKey* find_config_key(std::string_view section, std::string_view name) {
  for (const ConfigKey& key : config_keys()) {
    if (key.section == section && key.name == name) return &key;
  }
  return nullptr;
}

std::string config_value_text(const ConfigKey& key, const Config& config) {
  return with_value(key, [](const auto& value) { return ValueText()(value); }, config);
}

void copy_config_value(const ConfigKey& key, const Config& from, Config& to) {
  std::visit(
      [&](auto member) {
        if constexpr (std::is_same_v<decltype(member), uint32_t http::Limits::*> ||
                      std::is_same_v<decltype(member), size_t http::Limits::*>) {
          to.limits.*member = from.limits.*member;
        } else {
          to.*member = from.*member;
        }
      },
      key.place);
}

}  // namespace signet
