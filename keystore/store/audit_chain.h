// Audit records: each administrative change carries one in its own commit, chained by hash so that none can be taken
// out or altered unseen. Never a secret, and never a hash of one, but for the id of an API token, which names it: the
// keyed hash of 192 random bits.
#pragma once

#include <expected>
#include <functional>
#include <string>
#include <string_view>

#include "keystore/store/audit_record.h"
#include "keystore/store/audit_row_view.h"
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
  std::string_view what;      // "client.add"
  std::string_view subject;   // client id, kid, tenant name
  std::string before;         // JSON; empty = did not exist
  std::string after;          // JSON; empty = exists no more
  std::string_view issued{};  // records of issued tokens, a line each
};

// The kind of a row that holds records of issued tokens.
inline constexpr std::string_view kTokenIssued = "token.issued";

struct AuditRowBytes {
  std::string key;
  std::string value;
};

// next_audit_row makes the row of `entry` and moves the sequence and hash of `state` on.
AuditRowBytes next_audit_row(const AuditEntry& entry, UnixMs now_ms, uint64_t commit, CommitState& state);

// AuditChainCheck follows the chain over rows in order. One thread.
class AuditChainCheck {
 public:
  enum class Verdict : uint8_t {
    kFollows,
    kUnreadable,
    kMoved,    // it has another number than its place
    kAltered,  // its hash, or that of the one before, is not of its content
  };
  // Reads the next row; `record` says what is in it, where that can be read, and `issued` gets the records of tokens.
  Verdict next(std::string_view value, AuditRecord& record, std::string& issued);
  // The same without telling what is in it, and without a copy: gives the row when it follows; else nothing has
  // changed, and `next` says why.
  std::optional<AuditRowView> follow(std::string_view value);
  // Goes on behind a record of that number and hash.
  void start_behind(uint64_t sequence, const Sha256Digest& hash) {
    sequence_ = sequence;
    hash_ = hash;
  }
  // Goes on behind the row of that number, whose hash is taken as it is. False: it cannot be read.
  [[nodiscard]] bool start_after(uint64_t sequence, std::string_view value);
  uint64_t sequence() const { return sequence_; }
  const Sha256Digest& hash() const { return hash_; }

 private:
  uint64_t sequence_ = 0;
  Sha256Digest hash_{};
};

// read_audit_record reads the record of a row, all but its hash. False: it is none.
bool read_audit_record(std::string_view bytes, AuditRecord& record, std::string& issued);

// JSON for `before` and `after`.
std::string audit_json(const std::function<void(JsonWriter&)>& write);
std::string audit_json_of(const Client& client);
// `overridden`: the rule of its life that this step did not meet; empty = none.
std::string audit_json_of(const KeyRow& key, std::string_view overridden = {});
std::string audit_json_of(const TenantRow& tenant);
std::string audit_json_of(const RefreshFamily& family);  // no hash, no salt
std::string audit_json_of(const ApiToken& token);

}  // namespace signet::store
