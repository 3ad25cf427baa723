#include "daemon/config_table.h"

#include <array>

#include "daemon/config_values.h"

namespace signet {
namespace {

using C = Config;

constexpr uint64_t kDay = 86'400;

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
    ConfigKey{
        .name = "rollback_anchor",
        .place = &C::rollback_anchor,
        .check = check_path,
        .default_text = "unset",
        .cost = "One more write to the page cache for each commit, and one more fsync a second while there are any.",
        .doc = "File of a second mark, best on another disk than the data: a start then refuses a data directory "
               "that was put back as a whole from an older copy, in which what was revoked since would be valid "
               "again. Without it only a store without its mark is noticed. Made with the first start that has "
               "it; a start without it forgets that there was one."},
    ConfigKey{.name = "vault_credential",
              .place = &C::vault_credential,
              .check = check_vault_credential,
              .default_text = "unset",
              .cost = "None while running.",
              .doc =
                  "In place of `key_file`: the name of a credential that systemd hands over (`LoadCredential=`, "
                  "`LoadCredentialEncrypted=`), which is a file of `$CREDENTIALS_DIRECTORY`. `\"NAME\"` holds the 32 "
                  "octets of a key file, `\"passphrase:NAME\"` a passphrase. Never made: it is there before the "
                  "first start."},
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
    ConfigKey{
        .name = "dialects",
        .place = &C::dialects,
        .check = check_dialect_name,
        .reloadable = true,
        .cost = "Each serves paths of its own, with keys of its own.",
        .doc = "Shipped dialects to serve: endpoints of other systems, for their clients. `\"*\"` is all of them."},
    ConfigKey{.name = "dialect_dir",
              .place = &C::dialect_dir,
              .check = check_path,
              .default_text = "unset",
              .reloadable = true,
              .cost = "Whoever can write there decides what is answered.",
              .doc = "Directory with dialects of your own, `NAME.toml` each. One of a shipped one's name replaces it."},
    ConfigKey{.name = "dialect_switches",
              .place = &C::dialect_switches,
              .check = check_dialect_switch,
              .reloadable = true,
              .cost = "Some weaken what is accepted: see the dialect's README.",
              .doc = "Switches of dialects, `\"DIALECT.SWITCH=on\"` or `=off`, where they differ from the file."},
    ConfigKey{.name = "password_threads",
              .place = &C::password_threads,
              .min = 1,
              .max = 64,
              .unit = "threads",
              .cost = "64 MiB for each while it works. Passwords wait in one queue of 64.",
              .doc = "Threads that hash the passwords of people, whose accounts some dialects serve."},
    ConfigKey{.name = "workers",
              .place = &C::workers,
              .min = 0,
              .max = 256,
              .unit = "threads",
              .default_text = "0, one per core",
              .cost = "A thread, a loop and a signing context per key for each.",
              .doc = "Worker threads that serve the public listener."},
    ConfigKey{.name = "signer",
              .place = &C::signer,
              .check = check_signer,
              .cost = "`portable`: an EdDSA or ES256 signature takes ten times as long, one of RSA three to six times.",
              .doc =
                  "What makes signatures of EdDSA, ES256, RS256 and PS256 (2048 and 3072 bits). `auto` signs eight at "
                  "once where the processor has AVX-512 IFMA and the signer passes its test at start, see "
                  "`keystore/signing`; else, and with `portable`, libsodium and OpenSSL sign one after the "
                  "other. The signatures are of the same kind."},
    ConfigKey{.name = "signer_spot_check",
              .place = &C::signer_spot_check,
              .min = 0,
              .max = 1'000'000,
              .unit = "groups",
              .cost = "One more libsodium signature, or OpenSSL verification, in so many groups: of EdDSA 2 ns a token "
                      "by default and 2 us with 1, of ES256 four times that.",
              .doc =
                  "Of so many full groups of eight EdDSA or ES256 signatures, one has a random signature compared with "
                  "libsodium's, or verified by OpenSSL, before any of them leaves; in groups that are not full the "
                  "idle lanes are compared always, and each RSA signature is verified. A wrong one ends the signer of "
                  "eight for good. 0 looks at none of a full group."},
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
    ConfigKey{
        .name = "jwks_max_age_s",
        .place = &C::jwks_max_age_s,
        .min = 0,
        .max = kDay,
        .unit = "seconds",
        .reloadable = true,
        .cost = "A new key must be published for that long before it may sign.",
        .doc = "`max-age` with which the key set is served; less when a key of it is to make its next step sooner."},
    ConfigKey{.name = "key_rotation_s",
              .place = &C::key_rotation_s,
              .min = 0,
              .max = 3650 * kDay,
              .unit = "seconds",
              .reloadable = true,
              .cost = "Each key stays published for `token_ttl_max_s` after it signed last: many short periods make a "
                      "large key set.",
              .doc =
                  "How long a key signs before its successor does; 0 = until `signetctl key rotate`. The successor is "
                  "published early enough. HMAC keys of audiences are never replaced by themselves. At least 3600, "
                  "unless 0. A tenant may have a period of its own (`signetctl tenant update`)."},
    ConfigKey{.name = "key_rotation",
              .place = &C::key_rotation,
              .check = check_key_rotation,
              .reloadable = true,
              .cost = "As `key_rotation_s`.",
              .doc = "Other periods for some keys, `\"TENANT/ALG=SECONDS\"` each, where `*` is every tenant or "
                     "algorithm. The first that fits counts."},
    ConfigKey{.name = "pkcs11_module",
              .place = &C::pkcs11_module,
              .check = check_absolute_path,
              .default_text = "unset, no token",
              .cost = "The library runs in this process, beside every key in its memory.",
              .doc =
                  "PKCS#11 library of a token in which signing keys may live, see `keystore/pkcs11`. Writable by root "
                  "and this user alone. Needs `pkcs11_token` and `pkcs11_pin_file`."},
    ConfigKey{.name = "pkcs11_token",
              .place = &C::pkcs11_token,
              .check = check_token_name,
              .default_text = "unset",
              .cost = "While it does not answer, its keys sign nothing (503) and `/readyz` says so.",
              .doc = "The token, by its label or its serial number; there must be exactly one of that name."},
    ConfigKey{.name = "pkcs11_pin_file",
              .place = &C::pkcs11_pin_file,
              .check = check_path,
              .default_text = "unset",
              .cost = "A wrong PIN is tried once per start: tokens lock themselves after a few.",
              .doc = "File with the token's user PIN in one line, mode 0600 or stricter."},
    ConfigKey{.name = "pkcs11_threads",
              .place = &C::pkcs11_threads,
              .min = 1,
              .max = 64,
              .unit = "threads",
              .cost = "A thread and a session of the token for each.",
              .doc = "Threads that sign in the token, one signature each at a time. More help where the token signs "
                     "several at once, or is far away."},
    ConfigKey{.name = "pkcs11_queue_max",
              .place = &C::pkcs11_queue_max,
              .min = 1,
              .max = 100'000,
              .unit = "requests",
              .cost = "The last one in the queue waits as many signatures, divided by the threads.",
              .doc = "Requests that may wait for the token, over all workers; beyond, 503."},
    ConfigKey{
        .name = "audit_issuance",
        .place = &C::audit_issuance,
        .check = check_audit_issuance,
        .cost = "`off`: nothing. `os`: a write to a file, shared by what comes together. `group`: a durable commit, "
                "shared likewise, and some 250 octets of the store for each token until `signetctl audit prune`.",
        .doc = "Whether every issued token is on record, before it is answered. `os` hands the record to the "
               "operating system (`DATA/issuance`): it survives the daemon, not the machine. `group` puts it into "
               "the audit log, durable. Records name client, key, times and scope, never the token. While no "
               "record can be kept, no token is issued (503)."},
    ConfigKey{.name = "audit_sink",
              .place = &C::audit_sink,
              .check = check_audit_sink,
              .default_text = "unset",
              .cost = "One read and one write for each audit record, on a thread of its own. A slow or failing sink "
                      "delays nobody: it falls behind, and goes on where it was.",
              .doc = "Where every audit record is copied to as a line of JSON, besides the audit log itself: "
                     "`\"syslog\"`, `\"syslog:PATH\"` (another socket than /dev/log) or `\"file:PATH\"`. SIGHUP opens "
                     "the file anew, for logrotate."},
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
};

}  // namespace

std::span<const ConfigKey> config_keys() {
  static const std::vector<ConfigKey> all = [] {
    std::vector<ConfigKey> keys(kKeys.begin(), kKeys.end());
    const auto limits = config_limit_keys();
    keys.insert(keys.end(), limits.begin(), limits.end());
    return keys;
  }();
  return all;
}

}  // namespace signet
