// Client: a registered client as the admin side handles it, and ClientRecord, its packed immutable resident form.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "keystore/vault/argon2id.h"
#include "protocol/base/digest.h"
#include "protocol/base/time.h"
#include "protocol/jose/algorithm.h"

namespace signet {

// Bit set of grants a client may use. On disk: never renumber.
enum GrantBits : uint32_t {
  kGrantClientCredentials = 1u << 0,
  kGrantRefreshToken = 1u << 1,
};

// Flags. On disk: never renumber.
enum ClientFlags : uint32_t {
  kClientDisabled = 1u << 0,
  kClientFeed = 1u << 1,                    // may follow the revocation feed
  kClientRefreshWithCredentials = 1u << 2,  // client_credentials answers hold a refresh token
  kClientIntrospectAll = 1u << 3,           // --introspect '*'
};

// One live secret: never the secret, only its keyed hash.
struct ClientSecret {
  KeyedHash256 hash{};  // see client_secret.h
  uint8_t pepper_version = 0;
  uint32_t last_used_minute = 0;  // Unix minutes, 0 = never; coarse, kept in rows of its own, not part of the revision
  UnixSeconds created_at = 0;
};
inline constexpr size_t kClientSecretsMax = 2;

// What a person's password is verified against: never the password (password_check.h).
struct PasswordVerifier {
  PasswordSalt salt{};
  PasswordHash hash{};
  PasswordCost cost;
  uint8_t pepper_version = 0;
  bool operator==(const PasswordVerifier&) const = default;
};

// The whole of a client, as add, list, show and update see it.
struct Client {
  uint32_t tenant = 0;
  std::string client_id;  // 1-128 of A-Za-z0-9-._~
  uint32_t grants = kGrantClientCredentials;
  uint32_t flags = 0;
  std::string scope;                    // space-separated, may be empty
  std::vector<std::string> audiences;   // absolute URIs; may be empty (then the issuer)
  std::vector<std::string> introspect;  // audiences it may introspect
  JwsAlgorithm algorithm = JwsAlgorithm::kEdDSA;
  uint32_t ttl_s = 0;  // 0 = the server's default
  std::vector<ClientSecret> secrets;
  std::optional<PasswordVerifier> password = std::nullopt;  // of clients that stand for a person or a legacy account
  UnixSeconds created_at = 0;
  uint64_t revision = 0;  // of its last change: grows with every change in the store, never reused
};

// fits_client_record: whether every part of `client` fits the packed form's fields (id 128 octets, scope 16384,
// each entry 4096, 255 entries of each list, two secrets). The store refuses others with kInvalid. Any thread, does not
// allocate.
bool fits_client_record(const Client& client);

// Packed, immutable but for the last-used minutes: one heap block of header and characters. Made by make_client_record
// (client_record.h).
class ClientRecord {
 public:
  ClientRecord(const ClientRecord&) = delete;
  ClientRecord& operator=(const ClientRecord&) = delete;

  uint32_t tenant() const { return tenant_; }
  uint64_t revision() const { return revision_; }
  uint32_t grants() const { return grants_; }
  uint32_t flags() const { return flags_; }
  bool disabled() const { return (flags_ & kClientDisabled) != 0; }
  JwsAlgorithm algorithm() const { return algorithm_; }
  uint32_t ttl_s() const { return ttl_s_; }
  std::string_view client_id() const;
  std::string_view scope() const;
  size_t audience_count() const { return audience_count_; }
  std::string_view audience(size_t index) const;  // O(index)
  size_t introspect_count() const { return introspect_count_; }
  std::string_view introspect(size_t index) const;
  size_t secret_count() const { return secret_count_; }
  const ClientSecret& secret(size_t index) const;
  const PasswordVerifier* password() const;  // null when it has none
  size_t resident_bytes() const;             // with the allocator's overhead
  Client unpack() const;

  // mark_used: one relaxed store of the minute of use of secret `index`; returns whether the minute changed. Later
  // minutes only: a clock set back does not erase a later use.
  bool mark_used(size_t index, uint32_t unix_minute) const;
  uint32_t last_used_minute(size_t index) const;

 private:
  friend struct ClientRecordAccess;
  ClientRecord() = default;
  uint64_t revision_ = 0;
  uint32_t tenant_ = 0;
  uint32_t ttl_s_ = 0;
  uint32_t size_ = 0;
  uint16_t scope_size_ = 0;
  uint8_t client_id_size_ = 0;
  JwsAlgorithm algorithm_{};
  uint8_t grants_ = 0;
  uint8_t flags_ = 0;
  uint8_t audience_count_ = 0;
  uint8_t introspect_count_ = 0;
  uint8_t secret_count_ = 0;
  bool has_password_ = false;
  int64_t created_at_ = 0;
  mutable std::array<std::atomic<uint32_t>, kClientSecretsMax> last_used_minute_{};
  // followed by: secrets, password if there is one, client_id, scope, {u16 size, bytes} per audience and per introspect
  // entry
};

}  // namespace signet
