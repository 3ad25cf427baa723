#include "daemon/config.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <type_traits>
#include <utility>

#include "daemon/config_nearest.h"
#include "daemon/config_table.h"
#include "keystore/keys/key_schedule.h"
#include "protocol/base/errno_text.h"
#include "protocol/base/toml_octets.h"

namespace signet {
namespace {

constexpr size_t kFileSizeMax = 1024 * 1024;

// Collects every mistake, so that one run shows them all.
class Reader {
 public:
  explicit Reader(std::string_view file) : file_(file) {}

  void read(const toml::table& table) {
    read_table({}, table);
    for (const char* required : {"data_dir", "issuer"}) {
      if (!table.contains(required)) error(0, required, "is required but not set");
    }
    check_relations();
  }

  std::expected<Config, std::string> result() && {
    if (!errors_.empty()) return std::unexpected(error_text());
    if (config_.key_file.empty()) config_.key_file = config_.data_dir + "/vault.key";
    return std::move(config_);
  }

 private:
  using Error = std::pair<toml::source_index, std::string>;  // line, message

  // In the order of the lines; tables give their keys in another one.
  std::string error_text() {
    std::ranges::sort(errors_);
    std::string text;
    for (const Error& error : errors_) text += (text.empty() ? "" : "\n") + error.second;
    return text;
  }

  void error(toml::source_index line, std::string_view key, std::string_view message) {
    errors_.emplace_back(line, line == 0 ? fmt::format("{}: {}: {}", file_, key, message)
                                         : fmt::format("{}:{}: {}: {}", file_, line, key, message));
  }
  void expected(const toml::node& node, const ConfigKey& key, std::string_view what) {
    error(node.source().begin.line, key.full_name(), fmt::format("expected {}", what));
  }

  void read_table(std::string_view section, const toml::table& table) {
    for (const auto& [name, node] : table) {
      if (const ConfigKey* key = find_config_key(section, name.str())) {
        read_key(*key, node);
      } else if (section.empty() && name.str() == "limits" && node.is_table()) {
        read_table("limits", *node.as_table());
      } else {
        unknown(section, name, node);
      }
    }
  }

  void unknown(std::string_view section, const toml::key& name, const toml::node& node) {
    std::string full = section.empty() ? std::string(name.str()) : fmt::format("{}.{}", section, name.str());
    bool is_section = section.empty() && node.is_table();
    std::string nearest = is_section ? "limits" : nearest_config_key(section, name.str());
    error(name.source().begin.line, full, fmt::format("unknown key; did you mean \"{}\"?", nearest));
  }

  void read_key(const ConfigKey& key, const toml::node& node) {
    std::visit([&](auto member) { read_value(key, node, place(member)); }, key.place);
  }
  template <typename T>
  T& place(T Config::* member) {
    return config_.*member;
  }
  template <typename T>
  T& place(T http::Limits::* member) {
    return config_.limits.*member;
  }

  template <typename Integer>
    requires std::is_unsigned_v<Integer>
  void read_value(const ConfigKey& key, const toml::node& node, Integer& to) {
    auto* value = node.as_integer();
    if (value == nullptr || value->get() < static_cast<int64_t>(key.min) ||
        value->get() > static_cast<int64_t>(key.max)) {
      return expected(node, key, fmt::format("an integer from {} to {} ({})", key.min, key.max, key.unit));
    }
    to = static_cast<Integer>(value->get());
  }

  void read_value(const ConfigKey& key, const toml::node& node, std::string& to) {
    auto* value = node.as_string();
    if (value == nullptr) return expected(node, key, "a text");
    if (std::string_view wanted = key.check(value->get()); !wanted.empty()) {
      return expected(node, key, fmt::format("{}, not \"{}\"", wanted, value->get()));
    }
    to = value->get();
  }

  void read_value(const ConfigKey& key, const toml::node& node, std::vector<std::string>& to) {
    const toml::array* array = node.as_array();
    if (array == nullptr) return expected(node, key, "a list of texts");
    to.clear();
    for (const toml::node& entry : *array) {
      to.emplace_back();
      read_value(key, entry, to.back());
    }
  }

  void read_value(const ConfigKey& key, const toml::node& node, LogLevel& to) {
    auto* value = node.as_string();
    for (LogLevel level : {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarning, LogLevel::kError}) {
      if (value != nullptr && value->get() == log_level_name(level)) return static_cast<void>(to = level);
    }
    expected(node, key, R"("debug", "info", "warning" or "error")");
  }

  void check_relations() {
    if (!errors_.empty()) return;  // the values are not all there
    if (config_.listen.empty()) error(0, "listen", "expected at least one address");
    if (!config_.vault_credential.empty() && !config_.key_file.empty()) {
      error(0, "vault_credential", "expected in place of key_file, not beside it");
    }
    if (config_.refresh_idle_s > config_.refresh_absolute_s) {
      error(0, "refresh_idle_s", "expected at most refresh_absolute_s");
    }
    if (config_.key_rotation_s != 0 && config_.key_rotation_s < kKeyPeriodMinS) {
      error(0, "key_rotation_s", fmt::format("expected 0, or at least {}", kKeyPeriodMinS));
    }
    if (config_.token_ttl_s > config_.token_ttl_max_s) error(0, "token_ttl_s", "expected at most token_ttl_max_s");
    if (config_.limits.target_size_max >= config_.limits.head_size_max) {
      error(0, "limits.target_size_max", "expected less than limits.head_size_max");
    }
    check_token();
    check_plaintext_listeners("listen", config_.listen);
    check_plaintext_listeners("console_listen", config_.console_listen);
  }

  void check_token() {
    const std::pair<std::string_view, const std::string&> all[] = {{"pkcs11_module", config_.pkcs11_module},
                                                                   {"pkcs11_token", config_.pkcs11_token},
                                                                   {"pkcs11_pin_file", config_.pkcs11_pin_file}};
    const auto set = [](const auto& one) { return !one.second.empty(); };
    if (std::ranges::none_of(all, set)) return;
    for (const auto& [key, value] : all) {
      if (value.empty()) error(0, key, "is not set: a token needs pkcs11_module, pkcs11_token and pkcs11_pin_file");
    }
  }

  // Without TLS, secrets would cross the network in the clear.
  void check_plaintext_listeners(std::string_view key, const std::vector<std::string>& addresses) {
    for (const std::string& text : addresses) {
      auto address = http::parse_listen_address(text);
      if (config_.plaintext.empty() && !(address && http::is_loopback(*address))) {
        error(0, key,
              fmt::format("{} is off loopback and carries no TLS; put a proxy that ends TLS in front and set "
                          "plaintext = \"behind-proxy\"",
                          text));
      }
    }
  }

  std::string file_;
  std::vector<Error> errors_;
  Config config_;
};

}  // namespace

std::expected<Config, std::string> parse_config(std::string_view text, std::string_view name) {
  if (text.size() > kFileSizeMax) return std::unexpected(fmt::format("{}: larger than 1 MiB", name));
  if (size_t line = stray_octet_line(text); line != 0) {
    return std::unexpected(
        fmt::format("{}:{}: not TOML: a quote, or an octet outside ASCII, where neither may be", name, line));
  }
  try {
    Reader reader(name);
    reader.read(toml::parse(text, name));
    return std::move(reader).result();
  } catch (const toml::parse_error& e) {
    return std::unexpected(fmt::format("{}:{}: not TOML: {}", name, e.source().begin.line, e.description()));
  }
}

std::expected<Config, std::string> load_config(const std::string& path) {
  std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "re"), &std::fclose);
  if (!file) return std::unexpected(fmt::format("{}: cannot be opened: {}", path, errno_text(errno)));
  std::string text(kFileSizeMax + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0) return std::unexpected(fmt::format("{}: cannot be read", path));
  return parse_config(text, path);
}

}  // namespace signet
