#include "daemon/config_table.h"

#include <fmt/format.h>

#include <array>
#include <type_traits>

#include "daemon/config_values.h"

namespace signet {
namespace {

using C = Config;
using L = http::Limits;

constexpr uint64_t kDay = 86'400;
constexpr uint64_t kMiB = 1024 * 1024;

const std::array kKeys{
    ConfigKey{.name = "data_dir",
              .place = &C::data_dir,
              .check = check_path,
              .default_text = "required",
              .cost = "Put it on a disk whose fdatasync is fast and honest: every change waits for one.",
              .doc = "Directory of the vault, the durable store, its mark and the admin socket. Made when absent."},
    ConfigKey{.name = "key_file",
              .place = &C::key_file,
              .check = check_path,
              .default_text = "DATA/vault.key",
              .cost = "None while running.",
              .doc = "File of 32 random octets, mode 0600, that opens the vault. Made with a new vault. Better kept on "
                     "another disk than the data: who has both has every key."},
    ConfigKey{.name = "issuer",
              .place = &C::issuer,
              .check = check_issuer,
              .default_text = "required",
              .reloadable = true,
              .cost = "Tokens issued under another issuer stop verifying at strict checkers.",
              .doc = "The issuer URL (`iss`) of the default tenant; other tenants get `/t/NAME` added. An https URL "
                     "without query, fragment or trailing slash; http only on a loopback host (RFC 8414 section 2)."},
    ConfigKey{.name = "listen",
              .place = &C::listen,
              .check = check_listen_address,
              .cost = "A listening socket per worker and address.",
              .doc = "Addresses of the public listener: IPv4, IPv6 or `unix:PATH`."},
    ConfigKey{.name = "console_listen",
              .place = &C::console_listen,
              .check = check_listen_address,
              .cost = "None.",
              .doc = "Addresses of the console listener with `/metrics` and `/healthz`. May be empty."},
    ConfigKey{.name = "plaintext",
              .place = &C::plaintext,
              .check = check_plaintext,
              .default_text = "unset",
              .cost = "Secrets cross the network in the clear unless a proxy in front ends TLS.",
              .doc = "`\"behind-proxy\"` allows listeners off loopback, which carry plain HTTP."},
    ConfigKey{.name = "trusted_proxies",
              .place = &C::trusted_proxies,
              .check = check_ip_address,
              .reloadable = true,
              .cost = "These peers are not bound by `limits.connections_per_address_max`.",
              .doc = "Literal addresses of proxies in front."},
    ConfigKey{.name = "workers",
              .place = &C::workers,
              .min = 0,
              .max = 256,
              .unit = "threads",
              .default_text = "0, one per core",
              .cost = "A thread, a loop and a signing context per key for each.",
              .doc = "Worker threads that serve the public listener."},
    ConfigKey{.name = "token_ttl_s",
              .place = &C::token_ttl_s,
              .min = 1,
              .max = kDay,
              .unit = "seconds",
              .reloadable = true,
              .cost = "A token that leaked is good for that long unless it is revoked.",
              .doc = "Lifetime of an access token whose client has none of its own. At most `token_ttl_max_s`."},
    ConfigKey{.name = "token_ttl_max_s",
              .place = &C::token_ttl_max_s,
              .min = 1,
              .max = kDay,
              .unit = "seconds",
              .cost = "A key that signed stays published for that long after its last signature.",
              .doc = "The longest lifetime that a client or an administrator may ask for."},
    ConfigKey{.name = "refresh_idle_s",
              .place = &C::refresh_idle_s,
              .min = 60,
              .max = 3650 * kDay,
              .unit = "seconds",
              .reloadable = true,
              .cost = "A refresh token that leaked unused is good for that long.",
              .doc =
                  "A refresh token that is not used for so long is over. At most `refresh_absolute_s`. Each use moves "
                  "the end of its family's tokens anew."},
    ConfigKey{
        .name = "refresh_absolute_s",
        .place = &C::refresh_absolute_s,
        .min = 60,
        .max = 3650 * kDay,
        .unit = "seconds",
        .reloadable = true,
        .cost = "Every family takes some 200 octets on disk until then.",
        .doc = "Lifetime of a family of refresh tokens, however often it is used; of families made from then on."},
    ConfigKey{.name = "refresh_grace_s",
              .place = &C::refresh_grace_s,
              .min = 0,
              .max = 600,
              .unit = "seconds",
              .reloadable = true,
              .cost = "A stolen token that its client has just used gives the thief the same successor for that long.",
              .doc =
                  "A client that lost the answer to a refresh may repeat it within so many seconds and gets the same "
                  "refresh token. Time in which the daemon did not serve does not count."},
    ConfigKey{.name = "clock_skew_s",
              .place = &C::clock_skew_s,
              .min = 0,
              .max = 600,
              .unit = "seconds",
              .cost = "A token may carry an `iat` that much before one that was issued earlier.",
              .doc = "How far the clock may be behind the time last written to the store before tokens are no longer "
                     "issued (503)."},
    ConfigKey{.name = "jwks_max_age_s",
              .place = &C::jwks_max_age_s,
              .min = 0,
              .max = kDay,
              .unit = "seconds",
              .reloadable = true,
              .cost = "A new key must be published for that long before it may sign.",
              .doc = "`max-age` with which the key set is served."},
    ConfigKey{.name = "batch_entries_max",
              .place = &C::batch_entries_max,
              .min = 1,
              .max = 100'000,
              .unit = "entries",
              .reloadable = true,
              .cost = "Memory for the answers of one request.",
              .doc = "Entries of one batch request."},
    ConfigKey{.name = "batch_entries_per_client",
              .place = &C::batch_entries_per_client,
              .min = 1,
              .max = 1'000'000,
              .unit = "entries",
              .reloadable = true,
              .cost = "The share of a worker that one client may hold.",
              .doc = "Batch entries of one client in the making on one worker; beyond, 429."},
    ConfigKey{.name = "verify_cache_entries",
              .place = &C::verify_cache_entries,
              .min = 0,
              .max = 16'777'216,
              .unit = "tokens",
              .cost = "1 KiB of memory each, in every worker, touched as it fills. A token that is not in the cache "
                      "costs the check of its signature.",
              .doc =
                  "Tokens whose signature a worker remembers to hold, for introspection and `/verify`; rounded up to "
                  "a power of two. Only the signature is remembered: expiry, revocation, client and audience are "
                  "looked up every time. 0 = none."},
    ConfigKey{.name = "feed_waiting_max",
              .place = &C::feed_waiting_max,
              .min = 1,
              .max = 1'000'000,
              .unit = "requests",
              .reloadable = true,
              .cost = "A connection and about 300 octets for each; `limits.connections_max` bounds them too.",
              .doc = "Long polls of revocation feeds that may wait at once, in all workers together; beyond, 503. They "
                     "do not count against `limits.in_flight_max`."},
    ConfigKey{.name = "drain_deadline_s",
              .place = &C::drain_deadline_s,
              .min = 0,
              .max = 600,
              .unit = "seconds",
              .reloadable = true,
              .cost = "How long a stop may take.",
              .doc = "After SIGTERM, how long requests in flight are waited for."},
    ConfigKey{.name = "log_level",
              .place = &C::log_level,
              .reloadable = true,
              .cost = "Lines on stderr.",
              .doc = "Least level that is logged: `debug`, `info`, `warning` or `error`."},

    ConfigKey{.section = "limits",
              .name = "head_deadline_ms",
              .place = &L::head_deadline_ms,
              .min = 100,
              .max = 600'000,
              .unit = "milliseconds",
              .reloadable = true,
              .cost = "Slow senders hold a connection.",
              .doc = "Deadline for a whole request head."},
    ConfigKey{.section = "limits",
              .name = "body_deadline_ms",
              .place = &L::body_deadline_ms,
              .min = 100,
              .max = 600'000,
              .unit = "milliseconds",
              .reloadable = true,
              .cost = "Slow senders hold a connection.",
              .doc = "Deadline for a whole request body."},
    ConfigKey{.section = "limits",
              .name = "write_stall_ms",
              .place = &L::write_stall_ms,
              .min = 100,
              .max = 600'000,
              .unit = "milliseconds",
              .reloadable = true,
              .cost = "Slow readers hold a connection and its output.",
              .doc = "How long a peer may take nothing of its answer."},
    ConfigKey{.section = "limits",
              .name = "idle_ms",
              .place = &L::idle_ms,
              .min = 100,
              .max = 3'600'000,
              .unit = "milliseconds",
              .reloadable = true,
              .cost = "Idle connections count against the limits.",
              .doc = "How long a kept-alive connection may be idle."},
    ConfigKey{.section = "limits",
              .name = "head_size_max",
              .place = &L::head_size_max,
              .min = 1024,
              .max = kMiB,
              .unit = "octets",
              .reloadable = true,
              .cost = "Memory per connection.",
              .doc = "Size of a request head; beyond, 431."},
    ConfigKey{.section = "limits",
              .name = "field_count_max",
              .place = &L::field_count_max,
              .min = 8,
              .max = 1024,
              .unit = "fields",
              .reloadable = true,
              .cost = "Time per head.",
              .doc = "Header fields of a request; beyond, 431."},
    ConfigKey{.section = "limits",
              .name = "target_size_max",
              .place = &L::target_size_max,
              .min = 256,
              .max = kMiB,
              .unit = "octets",
              .reloadable = true,
              .cost = "Memory per connection.",
              .doc = "Size of a request target; beyond, 414. Less than `limits.head_size_max`."},
    ConfigKey{.section = "limits",
              .name = "body_size_max",
              .place = &L::body_size_max,
              .min = 1024,
              .max = http::kBatchBodySizeMax,
              .unit = "octets",
              .reloadable = true,
              .cost = "Memory per connection.",
              .doc = "Size of a request body; beyond, 413. Batch requests may have 1 MiB."},
    ConfigKey{.section = "limits",
              .name = "pipeline_depth_max",
              .place = &L::pipeline_depth_max,
              .min = 1,
              .max = 1024,
              .unit = "requests",
              .reloadable = true,
              .cost = "Work one connection may queue.",
              .doc = "Unanswered requests of a connection; reading pauses there."},
    ConfigKey{.section = "limits",
              .name = "output_size_max",
              .place = &L::output_size_max,
              .min = 4096,
              .max = 64 * kMiB,
              .unit = "octets",
              .reloadable = true,
              .cost = "Memory per connection.",
              .doc = "Unsent octets of a connection; reading pauses there."},
    ConfigKey{.section = "limits",
              .name = "connections_max",
              .place = &L::connections_max,
              .min = 1,
              .max = 1'000'000,
              .unit = "connections",
              .reloadable = true,
              .cost = "A file descriptor each: raise LimitNOFILE with it.",
              .doc = "Connections of a worker; accepting pauses there."},
    ConfigKey{.section = "limits",
              .name = "connections_per_address_max",
              .place = &L::connections_per_address_max,
              .min = 0,
              .max = 1'000'000,
              .unit = "connections",
              .reloadable = true,
              .cost = "What one address may take from all others.",
              .doc = "Connections of one address at a worker; a newcomer is closed. 0 = no limit."},
    ConfigKey{.section = "limits",
              .name = "in_flight_max",
              .place = &L::in_flight_max,
              .min = 1,
              .max = 1'000'000,
              .unit = "requests",
              .cost = "Memory and waiting under overload.",
              .doc = "Requests in the making at a worker; beyond, 503 before any cryptography."},
    ConfigKey{.section = "limits",
              .name = "client_rate_per_s",
              .place = &C::client_rate_per_s,
              .min = 0,
              .max = 1'000'000,
              .unit = "requests a second",
              .reloadable = true,
              .cost = "A client with few connections gets the share of the workers that they are at.",
              .doc = "Requests of one authenticated client, over all workers: each worker allows its equal share. A "
                     "batch counts as one. Beyond, 429. 0 = no limit."},
    ConfigKey{.section = "limits",
              .name = "client_burst",
              .place = &C::client_burst,
              .min = 1,
              .max = 1'000'000,
              .unit = "requests",
              .reloadable = true,
              .cost = "Work that one client may bring at once.",
              .doc = "Requests of one client that a worker takes at once before `limits.client_rate_per_s` holds."},
    ConfigKey{.section = "limits",
              .name = "address_rate_per_s",
              .place = &C::address_rate_per_s,
              .min = 0,
              .max = 1'000'000,
              .unit = "requests a second",
              .reloadable = true,
              .cost = "Clients behind one address share it. Trusted proxies and unix sockets are exempt.",
              .doc = "Requests with client authentication from one address (IPv6: one /64), over all workers: each "
                     "worker allows its equal share. Beyond, 429. 0 = no limit."},
    ConfigKey{.section = "limits",
              .name = "address_burst",
              .place = &C::address_burst,
              .min = 1,
              .max = 1'000'000,
              .unit = "requests",
              .reloadable = true,
              .cost = "Work that one address may bring at once.",
              .doc = "Requests of one address that a worker takes at once before `limits.address_rate_per_s` holds."},
    ConfigKey{.section = "limits",
              .name = "failed_authentication_rate_per_s",
              .place = &C::failed_authentication_rate_per_s,
              .min = 0,
              .max = 1'000'000,
              .unit = "failures a second",
              .reloadable = true,
              .cost = "Clients behind one address share it: who cannot stop failing shuts the others there out, but "
                      "nobody elsewhere. Trusted proxies and unix sockets are exempt.",
              .doc = "Failed authentications of one address (IPv6: one /64), over all workers: each worker allows its "
                     "equal share. Beyond, 429 before any secret is checked. 0 = no limit."},
    ConfigKey{.section = "limits",
              .name = "failed_authentication_burst",
              .place = &C::failed_authentication_burst,
              .min = 1,
              .max = 1'000'000,
              .unit = "failures",
              .reloadable = true,
              .cost = "Guesses that one address has at once.",
              .doc = "Failed authentications of one address that a worker takes at once before "
                     "`limits.failed_authentication_rate_per_s` holds."},
};

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

std::span<const ConfigKey> config_keys() { return kKeys; }

const ConfigKey* find_config_key(std::string_view section, std::string_view name) {
  for (const ConfigKey& key : kKeys) {
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
