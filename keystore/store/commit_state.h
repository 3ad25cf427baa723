// CommitState: the counters and chains that every commit carries on, and their row.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "keystore/revocation/restore_point.h"
#include "keystore/store/safe_time.h"
#include "protocol/base/digest.h"

namespace signet::store {

// What of the audit log is elsewhere.
struct AuditLogState {
  uint64_t base_sequence = 0;  // records up to here were pruned
  Sha256Digest base_hash{};    // of that one
  uint64_t exported = 0;       // records up to here are in an export
};

struct CommitState {
  uint64_t commit = 0;
  Sha256Digest chain_hash{};
  uint64_t revision = 0;     // last one given out
  uint32_t next_tenant = 0;  // numbers are never reused
  uint64_t audit_sequence = 0;
  Sha256Digest audit_hash{};
  AuditLogState audit_log;
  PersistedTime time;
  uint64_t feed_epoch = 0;  // random; a follower of another one starts anew
  RestorePoint restore_point;
  bool anchored = false;  // there is a second mark elsewhere
};

std::string encode_state(const CommitState& state);
std::optional<CommitState> decode_state(std::string_view value);

// The chain: hash of this commit = SHA-256(hash before, commit number, SHA-256(contents)).
Sha256Digest next_chain_hash(const Sha256Digest& before, uint64_t commit, std::string_view contents);

// Recent commits are kept in a ring, so that a mark that is behind the store can be looked up. The committer makes the
// mark durable long before a lap.
inline constexpr uint64_t kCommitRing = 65536;
std::string commit_key(uint64_t commit);
std::string encode_commit(uint64_t commit, const Sha256Digest& chain_hash);
struct CommitRecord {
  uint64_t commit = 0;
  Sha256Digest chain_hash{};
};
std::optional<CommitRecord> decode_commit(std::string_view value);

}  // namespace signet::store
