// Config: the daemon's settings from TOML. Every key comes from one table (config_table.cc) that also makes its
// documentation: unit, default, cost, whether SIGHUP takes it. Unknown keys are errors that name the nearest known one.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/http/limits.h"
#include "daemon/http/server_loop.h"
#include "daemon/log.h"
#include "protocol/jwt/access_token.h"

namespace signet {

struct Config {
  std::string data_dir;
  bool start_sealed = false;     // --sealed: wait for `vault unseal` although the key file may be there
  std::string key_file;          // default: DATA/vault.key (say in the documents: better on another disk)
  std::string vault_credential;  // in place of the key file
  std::vector<std::string> listen{"127.0.0.1:8420"};
  std::vector<std::string> console_listen{"127.0.0.1:8421"};
  std::string plaintext;       // "behind-proxy" allows non-loopback listeners without TLS
  std::string issuer;          // absolute URL without trailing slash; required off --dev
  uint32_t workers = 0;        // 0 = one per core
  uint32_t token_ttl_s = 900;  // at most token_ttl_max_s
  uint32_t token_ttl_max_s = kAccessTokenLifetimeMaxS;
  uint32_t refresh_idle_s = 30 * 24 * 60 * 60;  // at most refresh_absolute_s
  uint32_t refresh_absolute_s = 365 * 24 * 60 * 60;
  uint32_t refresh_grace_s = 30;
  uint32_t clock_skew_s = 60;
  uint32_t jwks_max_age_s = 300;
  std::string rollback_anchor;  // a second mark, on another disk; empty = none
  uint32_t key_rotation_s = 90 * 24 * 60 * 60;
  std::vector<std::string> key_rotation;                     // "TENANT/ALG=SECONDS"
  std::string pkcs11_module, pkcs11_token, pkcs11_pin_file;  // all of them or none
  std::string signer = "auto";                               // or "portable"
  uint32_t signer_spot_check = 1024;                         // full groups; 0 = none is checked
  uint32_t pkcs11_threads = 4;
  uint32_t pkcs11_queue_max = 1024;
  uint32_t batch_entries_max = 1000;         // entries of one batch request
  uint32_t batch_entries_per_client = 4000;  // in flight on a worker
  // Requests a second over all workers, 0 = no limit, and what may come at once at one of them.
  uint32_t client_rate_per_s = 0;
  uint32_t client_burst = 1'000;
  uint32_t address_rate_per_s = 0;
  uint32_t address_burst = 1'000;
  uint32_t failed_authentication_rate_per_s = 10;
  uint32_t failed_authentication_burst = 100;
  uint32_t verify_cache_entries = 16'384;  // of a worker
  uint32_t feed_waiting_max = 10'000;      // long polls, in the process
  uint32_t drain_deadline_s = 30;
  std::vector<std::string> trusted_proxies;
  std::vector<std::string> dialects;          // names of shipped ones; "*" = all
  std::string dialect_dir;                    // of the operator's own; empty = none
  std::vector<std::string> dialect_switches;  // "novapost.sandbox=on"
  uint32_t password_threads = 1;              // that hash people's passwords, 64 MiB each
  std::string audit_issuance = "off";         // "off", "os" or "group"
  std::string audit_sink;                     // "syslog", "syslog:PATH" or "file:PATH"; empty = none
  LogLevel log_level = LogLevel::kInfo;
  http::Limits limits;
  bool dev = false;
};

// load_config reads and checks a file. The error text has a line for each mistake, naming file, line, key and what was
// expected. Blocks, allocates; any thread.
std::expected<Config, std::string> load_config(const std::string& path);
// parse_config is load_config of a text; `name` stands for the file in errors.
std::expected<Config, std::string> parse_config(std::string_view text, std::string_view name);

// config_reference renders the documentation of every key as Markdown.
std::string config_reference();

// apply_reload copies to `current` what a reload may change. Gives the keys that differ but need a restart; those keep
// their current value.
std::vector<std::string> apply_reload(const Config& loaded, Config& current);

}  // namespace signet
