// Store: durable state in the domain's words, asynchronously. Nothing above this header knows which database is below,
// so that a second implementation can follow.
//
// Order of every operation: queued -> checked and applied by the one committer, in order -> one durable batch (synced)
// -> mark -> StoreListener::committed (publication) -> completion. A completion is called on the committer's thread or
// on the reclamation thread, or before return on the caller's when the operation could not be queued (kBusy, closed);
// it must not block, and callers post to their own loop. An operation refused by its check changes nothing. After a
// failed sync nothing can be trusted: every operation fails with kUnavailable from then on.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "keystore/clients/client.h"
#include "keystore/grants/api_token_index.h"
#include "keystore/grants/api_token_request.h"
#include "keystore/grants/issuance_batch.h"
#include "keystore/grants/refresh_family.h"
#include "keystore/grants/rotation_request.h"
#include "keystore/keys/key_set.h"
#include "keystore/revocation/feed_entry.h"
#include "keystore/revocation/feed_tail.h"
#include "keystore/revocation/revocation.h"
#include "keystore/store/audit_record.h"
#include "keystore/store/client_changes.h"
#include "keystore/store/dialect_record.h"
#include "keystore/store/grant_queries.h"
#include "keystore/store/store_backup.h"
#include "keystore/store/store_rows.h"

namespace signet {

class RevocationIndex;

// One committed change, in commit order, as the listener sees it.
struct ClientPut {
  Client client;
};
struct ClientRemoved {
  uint32_t tenant;
  std::string client_id;
};
struct TenantPut {
  TenantRow tenant;
};
struct TenantRemoved {
  uint32_t number;
};
struct KeyPut {
  KeyRow key;
};
struct SecretPut {
  SecretRow secret;
};
struct RevocationPut {
  RevocationRow row;
  Sha256Digest chain_hash{};  // of the tenant's feed up to and including it
};
struct ApiTokenPut {
  ApiTokenEntry token;
};
struct ApiTokenRemoved {
  uint32_t tenant;
  ApiTokenId id;
};
// What a restore suspended holds again.
struct ApiTokensAccepted {};
// Of resident kinds alone (is_resident).
struct DialectRecordPut {
  DialectRecord record;
  std::shared_ptr<const void> companion;  // of the change that put it
};
struct DialectRecordErased {
  uint32_t tenant;
  DialectRecordKind kind;
  std::string id;
};
using StoreChange =
    std::variant<ClientPut, ClientRemoved, TenantPut, TenantRemoved, KeyPut, SecretPut, RevocationPut, ApiTokenPut,
                 ApiTokenRemoved, ApiTokensAccepted, DialectRecordPut, DialectRecordErased>;

// Makes a row's sealed cell anew; nothing when it does not open. The store knows nothing of what is in it.
struct CellReseal {
  using Cell = std::optional<std::vector<uint8_t>>;
  std::function<Cell(const KeyRow&)> key;
  std::function<Cell(const KeyRow&)> location;  // of keys in a token
  std::function<Cell(const SecretRow&)> secret;
  std::function<Cell(const DialectRecord&)> record;  // of sealed kinds
};

class StoreListener {
 public:
  virtual ~StoreListener() = default;
  // Committer thread, after every commit: `changes` may be empty. Publishes them, then calls `published` exactly once:
  // at once for additions, after every worker has passed for a withdrawal (a client disabled, removed or narrowed; a
  // key withdrawn). Must not block.
  virtual void committed(std::span<const StoreChange> changes, std::function<void()> published) = 0;
  // Any thread: storage failed hard. The daemon fails readiness and exits non-zero.
  virtual void storage_failed(const std::string& why) = 0;
};

// What open found. Called on the opening thread, before anything is served.
class StoreLoader {
 public:
  virtual ~StoreLoader() = default;
  virtual void on_tenant(TenantRow row) = 0;
  virtual void on_key(KeyRow row) = 0;
  virtual void on_secret(SecretRow row) = 0;
  // Before the first of them: about how many there are.
  virtual void reserve_revocations(size_t about) {}
  // Those that have not expired, in no order. From several threads, one at a time. Views of the call only.
  virtual void on_revocations(std::span<const Revocation> revocations) {}
  // The same of API tokens.
  virtual void reserve_api_tokens(size_t about) {}
  virtual void on_api_tokens(std::span<const ApiTokenEntry> tokens) {}
  // Those of resident kinds, after their tenant.
  virtual void on_dialect_record(DialectRecord&& record) {}
  // What the last restore left behind, once, before anything that is revoked.
  virtual void on_restore_point(const RestorePoint& point) {}
  // The epoch of all feeds, once; then the end of each tenant's feed that ever had an entry.
  virtual void on_feed_epoch(uint64_t epoch) {}
  virtual void on_feed(uint32_t tenant, const FeedTail& tail) {}
  virtual void on_client(const Client& client) = 0;  // may be called from several threads, for different clients
  // Only after every on_client; the client exists. One thread.
  virtual void on_last_used(const LastUsedRow& row) {}
};

struct RevocationOutcome {
  bool fresh = false;           // else it was revoked already
  uint64_t sequence = 0;        // of the tenant's feed, when fresh
  RevocationKind kind{};        // kClient where one criterion took the place of too many single entries
  UnixMs issued_before_ms = 0;  // of criteria: what holds now
  UnixSeconds expires_at = 0;   // when fresh
};

// What a listing asks for: a tenant's revocations in the order of their sequence.
struct RevocationQuery {
  uint32_t tenant = 0;
  std::optional<RevocationKind> kind;  // nothing = all
  uint64_t after = 0;                  // sequence of the last one seen
  uint32_t rows_max = 1000;            // 1 to kRevocationPageMax
};
inline constexpr uint32_t kRevocationPageMax = 1000;  // also of rows looked at, so that nothing waits long behind it
struct RevocationPage {
  std::vector<RevocationRow> rows;  // not those that have expired
  uint64_t next = 0;                // `after` of the next page; 0 = there is none
};

// What to read of a tenant's feed: entries after `after` and up to `until`.
struct FeedRange {
  uint32_t tenant = 0;
  uint64_t after = 0;
  uint64_t until = 0;  // at most the end of the feed as it was published
  uint32_t limit = 1'000;
  bool live = false;  // a snapshot: what has not expired by the safe time; else the feed, every entry of it
};
struct FeedRows {
  std::vector<FeedEntry> entries;  // ascending; of the feed: dense from after + 1
  uint64_t last = 0;               // everything up to here has been looked at
  // Of the feed: the entry after `after` is not kept any more.
  bool gap = false;
  // The chain's hash after `until`, when `last` got there and that entry is still kept.
  std::optional<Sha256Digest> until_hash;
};

struct StoreStatus {
  bool writable = false;
  bool clock_jumped = false;  // the wall clock jumped by more than an hour: waits for `clock accept`
  bool clock_behind = false;  // the wall clock is behind the last persisted time minus skew: do not sign
  bool boot_known = false;    // else every start counts as one after a reboot
  UnixMs safe_time_ms = 0;    // what destructive expiry may follow; advances no faster than the monotonic clock
  UnixMs restored_ms = 0;     // of the last restore of a backup that ended tokens
  bool anchored = false;      // a second mark is kept elsewhere
  uint64_t commit = 0;
  uint64_t queued = 0;
  uint64_t batches = 0;
  uint64_t operations = 0;
  double last_batch_size = 0;  // operations
  double sync_ms_median = 0;   // of the last 256 syncs
  double sync_ms_max = 0;
  std::string path;
};

class Store {
 public:
  virtual ~Store() = default;

  // kConflict when there is one of that name. What an earlier one of the same name was given stays dead: where there
  // was one, everything "issued before now" is revoked, so that not even the same keys, imported again, revive it.
  virtual void add_tenant(AuditActor actor, std::string name, TenantLimits limits, StoreDone<TenantRow> done) = 0;
  void add_tenant(AuditActor actor, std::string name, StoreDone<TenantRow> done) {
    add_tenant(std::move(actor), std::move(name), TenantLimits{}, std::move(done));
  }
  // Changes what a tenant may. Lowered below what is there already, a limit refuses new clients, and shortens the
  // tokens of then. `bounds` is what the configuration allows: the tenant's keys are told in the same commit when its
  // tokens may live longer than before. kNotFound, kInvalid.
  virtual void update_tenant(AuditActor actor, std::string name, TenantUpdate update, KeyBounds bounds,
                             StoreDone<TenantRow> done) = 0;
  // Refused while the tenant has clients or unretired keys, unless `force`.
  virtual void remove_tenant(AuditActor actor, std::string name, bool force, StoreDone<void> done) = 0;
  virtual void add_client(AuditActor actor, Client client, StoreDone<Client> done) = 0;
  virtual void update_client(AuditActor actor, uint32_t tenant, std::string client_id, ClientUpdate update,
                             StoreDone<Client> done) = 0;
  virtual void remove_client(AuditActor actor, uint32_t tenant, std::string client_id, StoreDone<void> done) = 0;
  virtual void import_clients(AuditActor actor, ImportChunk chunk, StoreDone<ImportOutcome> done) = 0;
  // The next chunk number of an import (0 when unknown).
  virtual void import_progress(std::string import_id, StoreDone<uint64_t> done) = 0;
  // Adds a key. Refuses a second active key of one algorithm (and audience, for HMAC), or of one dialect, in a tenant.
  // `terms.lifetime_s` is what the installation allows; a tenant that allows less lowers it.
  virtual void add_key(AuditActor actor, KeyRow key, StoreDone<KeyRow> done) = 0;
  // One step in the life of a key, by the rules of keys/key_life.h, judged by the wall clock or the safe time,
  // whichever is earlier. kNotFound: no such key. kInvalid: a rule is not met, the text says which and when it will be.
  // kConflict: the key was on its way already.
  virtual void step_key(AuditActor actor, KeyStep step, StoreDone<KeyStepDone> done) = 0;
  // Raises the bounds of every key that is pending or active to `bounds`, where they are lower: durable before a
  // configuration is in force that allows more than the one before it did. A tenant whose tokens live shorter has a
  // lower one (longest_ttl_s). Audited for each key that changes.
  virtual void raise_key_bounds(AuditActor actor, KeyBounds bounds, StoreDone<void> done) = 0;
  // Replaces every sealed cell by what `reseal` makes of it, all in one commit, and gives how many there were. kInvalid
  // when one does not open: then nothing was replaced. `reseal` is called on the committer's thread.
  virtual void reseal_cells(AuditActor actor, CellReseal reseal, StoreDone<size_t> done) = 0;
  virtual void put_secret(AuditActor actor, SecretRow secret, StoreDone<void> done) = 0;
  // An audit record alone, e.g. export of a secret: durable before `done`.
  virtual void append_audit(AuditActor actor, std::string what, std::string detail_json, StoreDone<void> done) = 0;
  // Puts records of issued tokens into the audit log, as one row, durable before the batch is completed. Allocates
  // nothing on the caller's thread. Refused as busy or unavailable when the store cannot.
  virtual void record_issuance(IssuanceBatch& batch) = 0;
  // Remembers, with an audit record, that an export holds everything up to a record. kInvalid when the store's own
  // record there has another hash, kNotFound when it has none.
  virtual void note_audit_export(AuditActor actor, AuditExport exported, StoreDone<void> done) = 0;
  // Drops audit records for good, and keeps sequence and hash of the last one dropped, with an audit record of it.
  // Gives how many were dropped; none is no error. kInvalid beyond what was exported, unless the loss is accepted, and
  // beyond the end; kNotFound when the record is not there.
  virtual void prune_audit(AuditActor actor, AuditPruning pruning, StoreDone<uint64_t> done) = 0;
  // Coarse last-used minutes. Not audited. Rows of clients that are gone are left out. An empty list is allowed and
  // commits the time of day alone, so that an idle installation knows after a restart how late it is. `removals_seen`
  // is what client_removals said before the rows were collected from what had been published: while it still says so,
  // no client need be looked up.
  using LastUsed = LastUsedRow;
  virtual void put_last_used(std::vector<LastUsed> rows, uint64_t removals_seen, StoreDone<void> done) = 0;
  // How many clients have been removed since the store was opened, each counted once the listener knows it. Any thread.
  virtual uint64_t client_removals() const = 0;
  // Revokes, once what it is about has been checked by the caller. What is revoked already, to the same or a greater
  // extent, is no new entry, and no error. A criterion without a time holds for what was issued until now, and at least
  // until `arrived_ms`; one in the future is kInvalid. Without `expires_at` it is remembered for as long as anything
  // that it may concern can live. More than kSingleRevocationsMax live single entries of one client become one "client,
  // issued before now".
  static constexpr uint32_t kSingleRevocationsMax = 10'000;
  virtual void revoke(AuditActor actor, Revocation revocation, StoreDone<RevocationOutcome> done) = 0;
  virtual void list_revocations(RevocationQuery query, StoreDone<RevocationPage> done) = 0;
  // Creates a family, as given: its id new, its first token's hash in it. Refused when the client does not exist
  // (kNotFound), is disabled, or may not have the scope (kInvalid). Audited when there is an actor: one that an
  // administrator makes.
  virtual void create_family(std::optional<AuditActor> actor, RefreshFamily family, StoreDone<RefreshFamily> done) = 0;
  // Ends a family of that client, and with it every access token that names it. kNotFound when there is none, kInvalid
  // when it is another client's; one that has ended already is no error.
  virtual void revoke_family(AuditActor actor, uint32_t tenant, FamilyId family, std::string client_id,
                             StoreDone<RevocationOutcome> done) = 0;
  // Decides about presented refresh tokens and rotates their families, each by itself and in this order, see
  // RotationRequest. One call for many wakes the committer once, and they share a commit. Does not allocate on the
  // caller's thread. Not audited, but for a revocation because of reuse.
  virtual void rotate_families(std::span<RotationRequest* const> requests) = 0;
  void rotate_family(RotationRequest& request) {
    RotationRequest* const one = &request;
    rotate_families({&one, 1});
  }
  // Creates an API token, as given but for created_ms, which is the commit's time: its id is that of its text under the
  // key version named. Refused when the client does not exist (kNotFound), is disabled, or may not have the scope, when
  // a member is out of its bounds (kInvalid); in the millisecond of a revocation that would concern it, kBusy. Audited
  // when there is an actor: one that an administrator makes.
  virtual void create_api_token(std::optional<AuditActor> actor, ApiToken token, StoreDone<ApiToken> done) = 0;
  // Removes one for good. kNotFound when there is none, or when it is not the client's or the subject's that is named.
  // Its access tokens live on until they expire. The removal of a client takes so many rows of its API tokens away at
  // most; further ones stay, revoked for good.
  static constexpr uint32_t kApiTokensRemovedAtOnce = 10'000;
  virtual void remove_api_token(AuditActor actor, ApiTokenRemoval removal, StoreDone<void> done) = 0;
  // Decides about a presented API token, see ApiTokenRequest, in the order of the changes: one that was answered is
  // seen. Does not allocate on the caller's thread. Writes nothing: a use is noted in memory.
  virtual void redeem_api_token(ApiTokenRequest& request) = 0;
  // Writes some of the noted uses; gives how many are left. Not audited.
  virtual void flush_api_token_uses(StoreDone<size_t> done) = 0;
  // Applies all of the changes, in their order, in one commit, or none of them. Gives the revision of each record that
  // was put, 0 for one that was erased. kConflict when one is not in the state that was expected, kInvalid when a
  // member is out of its bounds, kNotFound when there is no such tenant; StoreError::entry says which change. An
  // erasure of what is not there is no error, unless a revision was expected. Audited when there is an actor. Records
  // of sealed kinds: through Keystore::change_dialect_records.
  virtual void change_dialect_records(std::optional<AuditActor> actor, std::vector<DialectRecordChange> changes,
                                      DialectAudit audit, StoreDone<std::vector<uint64_t>> done) = 0;
  virtual void accept_clock(AuditActor actor, StoreDone<void> done) = 0;
  // back_up writes a backup while everything goes on, see store_backup.h. Blocks for as long as that takes; one at a
  // time. `close` ends it.
  virtual std::expected<StoreBackup, StoreError> back_up(const StoreBackupOrder& order) = 0;
  virtual void stop_backup() = 0;  // any thread
  // What a restored backup must not revive is ended, see RestoreRules. Before the store is served from.
  virtual void finish_restore(AuditActor actor, RestoreRules rules, StoreDone<RestorePoint> done) = 0;
  // API tokens that a restore suspended hold again. No error when there are none.
  virtual void accept_restored_tokens(AuditActor actor, StoreDone<void> done) = 0;
  // Waits for everything queued before it to be durable; changes nothing.
  virtual void barrier(StoreDone<void> done) = 0;

  // Reads a page of a feed, on a thread of its own, beside the queue of operations; `done` is called on that thread, or
  // before return with kBusy or kUnavailable. It shows at least what has been published.
  virtual void read_feed(FeedRange query, StoreDone<FeedRows> done) = 0;

  // A page of the audit log, likewise on that thread, with the chain of hashes followed.
  virtual void read_audit(AuditRange range, StoreDone<AuditPage> done) = 0;

  // The same for records of dialects: on that thread, showing at least every change that was answered before. Not those
  // that have expired. The value of a sealed kind is as the vault sealed it.
  virtual void get_dialect_record(uint32_t tenant, DialectRecordKind kind, std::string id,
                                  StoreDone<std::optional<DialectRecord>> done) = 0;
  virtual void list_dialect_records(DialectRecordQuery query, StoreDone<DialectRecordPage> done) = 0;

  // Reads beside the committer, of what is durable. Any thread; block for as long as the disk takes.
  virtual std::expected<std::optional<RefreshFamily>, StoreError> find_family(uint32_t tenant,
                                                                              const FamilyId& id) const = 0;
  virtual std::expected<FamilyPage, StoreError> list_families(const FamilyQuery& query) const = 0;
  // Expired and revoked ones too, while their rows are there.
  virtual std::expected<std::optional<ApiToken>, StoreError> find_api_token(uint32_t tenant,
                                                                            const ApiTokenId& id) const = 0;
  virtual std::expected<ApiTokenPage, StoreError> list_api_tokens(const ApiTokenQuery& query) const = 0;

  // Whether anything is stored that only a family key makes sense of. Any thread; one short read.
  virtual std::expected<bool, StoreError> needs_family_key() const = 0;

  // From here on the store is in service: grace windows run. Called just before the daemon says that it is ready.
  virtual void begin_service() = 0;
  virtual StoreStatus status() const = 0;  // any thread
  // What destructive expiry may follow: the safe time (see StoreStatus); 0 while the wall clock has jumped, since
  // nothing may expire then. Any thread, cheap.
  virtual UnixMs safe_time_ms() const = 0;
  // Stops taking operations, finishes what is queued, fsyncs the mark, closes. Blocks. Idempotent.
  virtual void close() = 0;
};

struct StoreOptions {
  std::string path;                    // DATA
  std::array<uint8_t, 16> vault_id{};  // a store of another vault is refused
  bool create = false;                 // make it when DATA/store does not exist
  uint32_t queue_max = 65536;          // operations
  uint32_t clock_skew_s = 60;          // the clock may be that far behind the last persisted time
  std::string rollback_anchor;         // path of a second mark, on another disk; empty = none
  StoreListener* listener = nullptr;   // outlives the store; may be null in tests
  // What is revoked, as the listener publishes it; the committer reads it. Outlives the store; may be null in tests
  // that revoke nothing.
  const RevocationIndex* revocations = nullptr;
};

enum class StoreOpenError : uint8_t {
  kNotFound,
  kInUse,
  kOtherVersion,
  kOtherVault,
  kBehindMark,
  kMarkDamaged,
  kMarkMissing,
  kAnchor,  // the second mark is missing, damaged, or says that the whole directory was rolled back
  kDamaged,
  kIo,
};
struct StoreOpenFailure {
  StoreOpenError kind{};
  std::string text;  // says what to do
};

// open_rocks_store opens (or creates) DATA/store and DATA/mark, checks the mark, and feeds `loader` with all rows.
// Blocks. On failure nothing was changed.
std::expected<std::unique_ptr<Store>, StoreOpenFailure> open_rocks_store(const StoreOptions& options,
                                                                         StoreLoader& loader);

}  // namespace signet
