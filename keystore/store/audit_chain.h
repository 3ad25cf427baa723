// Audit records: each administrative change carries one in its own commit, chained by hash so that none can be taken
// out or altered unseen. Never a secret, and never a hash of one, but for the id of an API token, which names it: the
// keyed hash of 192 random bits.
#pragma once

#include <expected>
#include <functional>
#include <string>
#include <string_view>

#include "keystore/store/commit_state.h"
#include "keystore/store/store.h"

namespace signet {
class JsonWriter;
}

namespace signet::store {

// What an operation says about itself.
struct AuditEntry {
  const AuditActor& actor;
  uint32_t tenant = 0;
  std::string_view what;     // "client.add"
  std::string_view subject;  // client id, kid, tenant name
  std::string before;        // JSON; empty = did not exist
  std::string after;         // JSON; empty = exists no more
};

struct AuditRowBytes {
  std::string key;
  std::string value;
};

// next_audit_row makes the row of `entry` and moves the sequence and hash of `state` on.
AuditRowBytes next_audit_row(const AuditEntry& entry, UnixMs now_ms, uint64_t commit, CommitState& state);

// AuditChainCheck follows the chain over rows in order. One thread.
class AuditChainCheck {
 public:
  // False: this row does not follow from the one before, or cannot be read.
  [[nodiscard]] bool next(std::string_view value);
  uint64_t sequence() const { return sequence_; }
  const Sha256Digest& hash() const { return hash_; }

 private:
  uint64_t sequence_ = 0;
  Sha256Digest hash_{};
};

// JSON for `before` and `after`.
std::string audit_json(const std::function<void(JsonWriter&)>& write);
std::string audit_json_of(const Client& client);
std::string audit_json_of(const KeyRow& key);
std::string audit_json_of(const TenantRow& tenant);
std::string audit_json_of(const RefreshFamily& family);  // no hash, no salt
std::string audit_json_of(const ApiToken& token);

}  // namespace signet::store
