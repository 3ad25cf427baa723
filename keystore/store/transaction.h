// Transaction: one commit in the making. Operations read and write through it and see what the earlier ones of the same
// commit did; an operation that is refused leaves no trace. Committer thread.
#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "keystore/revocation/revocation_index.h"
#include "keystore/store/api_token_uses.h"
#include "keystore/store/audit_chain.h"
#include "keystore/store/client_counts.h"
#include "keystore/store/commit_state.h"
#include "keystore/store/database.h"
#include "keystore/store/recent_rows.h"
#include "keystore/store/rows.h"
#include "keystore/store/store.h"

namespace signet::store {

class Transaction {
 public:
  // `revocations` may be null: then only those of this commit are known.
  Transaction(Database& database, SafeTime& time, const CommitState& state, const RevocationIndex* revocations);

  // --- for operations ---
  // Nothing when there is no such row, and after a failed read (then `failure` is set, and the commit is given up).
  std::optional<std::string> get(Family family, std::string_view key);
  // scan visits the rows whose key starts with `prefix`, in no order; `visit` may write. False from it ends the scan.
  void scan(Family family, std::string_view prefix, const Database::Visit& visit);
  // scan_committed visits the rows of [from, to) in order as of the commit before this one.
  void scan_committed(Family family, std::string_view from, std::string_view to, const Database::Visit& visit);
  void put(Family family, std::string_view key, std::string value);
  void erase(Family family, std::string_view key);

  std::optional<Client> client(uint32_t tenant, std::string_view client_id);
  // The client's flags (ClientFlag), nothing when there is none; remembered from commit to commit, since every rotation
  // asks.
  std::optional<uint32_t> client_flags(uint32_t tenant, std::string_view client_id);
  // put_client gives the client its next revision, writes and publishes it.
  void put_client(Client& client);
  bool tenant_exists(uint32_t number);
  std::optional<TenantRow> tenant(uint32_t number);
  // How many clients a tenant has: counted once, and kept from then on. Who adds or removes one says so.
  uint64_t client_count(uint32_t tenant);
  ClientCounts& client_counts() { return client_counts_; }
  std::optional<TenantRow> tenant_by_name(std::string_view name);

  // publish tells the listener once the commit is durable, in this order.
  void publish(StoreChange change);
  // Whether anything revokes `facts`: what was published, or an earlier operation of this commit.
  bool revoked(const TokenFacts& facts) const;
  // The criterion's time so far, 0 = none.
  UnixMs issued_before(const Revocation& criterion) const;
  void audit(const AuditEntry& entry);
  // The records of issued tokens, each with its line feed, as one row.
  void audit_issuance(std::string_view lines);
  const AuditLogState& audit_state() const { return state_.audit_log; }
  void note_audit_export(uint64_t last) { state_.audit_log.exported = std::max(state_.audit_log.exported, last); }
  // prune_audit drops the audit records up to `last`, whose hash is given. Nothing of them may have been written by
  // this commit.
  void prune_audit(uint64_t last, const Sha256Digest& hash);
  uint64_t next_revision() { return ++state_.revision; }
  uint32_t take_tenant_number() { return state_.next_tenant++; }
  UnixMs now_ms() const { return now_ms_; }
  UnixSeconds now_s() const { return now_ms_ / 1000; }
  // What destructive expiry may follow.
  UnixSeconds safe_s() const { return state_.time.safe_ms / 1000; }
  // The service clock (SafeTime) of this commit, and where this start found it.
  int64_t service_ms() const { return state_.time.service_ms; }
  int64_t opened_service_ms() const { return time_.opened_service_ms(); }
  // accept_clock takes the wall clock as right.
  void accept_clock();
  // What the last restore left behind; to be changed by what restores, and by what ends it.
  RestorePoint& restore_point() { return state_.restore_point; }
  // Followers of every feed start anew.
  void new_feed_epoch(uint64_t epoch) { state_.feed_epoch = epoch; }
  // Clients removed since the store was opened, by this commit too.
  uint64_t client_removals() const;
  // Uses of API tokens, noted until somebody writes them.
  ApiTokenUses& api_token_uses() { return api_token_uses_; }
  // touch makes this a commit even if no row changes, so that the time is persisted.
  void touch() { touched_ = true; }
  // damaged: a row that cannot be read; the commit is given up.
  void damaged(Family family, std::string_view key);

  // --- for the committer ---
  // read_families_ahead reads rows of Family::kRefreshFamilies that `get` is going to be asked for: together they cost
  // less than one by one. `keys` is used up. What fails here fails again in `get`.
  void read_families_ahead(std::vector<std::string>& keys);
  void begin_operation();
  void keep_operation();
  void drop_operation();
  bool empty() const { return batch_.size_bytes() == empty_bytes_ && !touched_; }
  size_t size_bytes() const { return batch_.size_bytes(); }
  const std::optional<std::string>& failure() const { return failure_; }
  // finish adds the rows that every commit has; nothing may be written after it.
  void finish();
  Batch& batch() { return batch_; }
  const CommitState& state() const { return state_; }
  std::vector<StoreChange> take_changes() { return std::exchange(changes_, {}); }
  // committed: what this wrote is durable.
  void committed();
  // restart makes this the next commit after `state`.
  void restart(const CommitState& state);

 private:
  using Value = std::optional<std::string>;  // nothing = erased
  struct Undo {
    std::string place;
    std::optional<Value> before;  // nothing = had not been written
  };
  static std::string place_of(Family family, std::string_view key);
  void set(Family family, std::string_view key, Value value);
  void forget_client(std::string_view place);
  void fail(const DatabaseError& error) { failure_ = error.text; }

  Database& database_;
  SafeTime& time_;
  const RevocationIndex* revocations_;
  Batch batch_;
  const size_t empty_bytes_;
  CommitState state_;
  CommitState state_before_operation_;
  UnixMs now_ms_ = 0;
  bool touched_ = false;
  std::unordered_map<std::string, Value> written_;  // by family octet and key
  std::vector<Undo> undo_;
  std::vector<StoreChange> changes_;
  size_t changes_before_operation_ = 0;
  std::optional<std::string> failure_;
  ClientCodec codec_;
  // By the client's key. Right at every moment: whatever changes a client's row comes through here.
  std::unordered_map<std::string, std::optional<uint32_t>> client_flags_;
  // Of Family::kRefreshFamilies: most of 32,768 of the usual 256 octets.
  static constexpr size_t kRecentFamilyOctets = size_t{8} << 20;
  RecentRows recent_families_{kRecentFamilyOctets};
  ApiTokenUses api_token_uses_;  // lives over commits
  ClientCounts client_counts_;   // likewise
  uint64_t removed_by_commits_before_ = 0;
};

}  // namespace signet::store
