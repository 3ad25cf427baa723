#include "keystore/store/rocks_store.h"

#include <atomic>
#include <shared_mutex>

#include "keystore/store/api_token_reads.h"
#include "keystore/store/audit_reads.h"
#include "keystore/store/backup_run.h"
#include "keystore/store/committer.h"
#include "keystore/store/dialect_record_reads.h"
#include "keystore/store/family_reads.h"
#include "keystore/store/load.h"
#include "keystore/store/open_failure.h"
#include "keystore/store/operations/operations.h"
#include "keystore/store/reader_thread.h"
#include "keystore/store/revocation_reader.h"
#include "keystore/store/store_files.h"

namespace signet::store {
namespace {

// BackgroundErrors carries RocksDB's reports to the committer, which is made after the database and dies before it.
class BackgroundErrors {
 public:
  void report(const std::string& why) {
    const std::lock_guard lock(mutex_);
    if (committer_ != nullptr) {
      committer_->fail(why);
    } else if (first_.empty()) {
      first_ = why;
    }
  }
  void attach(Committer* committer) {
    const std::lock_guard lock(mutex_);
    committer_ = committer;
    if (committer != nullptr && !first_.empty()) committer->fail(first_);
  }

 private:
  std::mutex mutex_;
  Committer* committer_ = nullptr;
  std::string first_;
};

class RocksStore final : public Store {
 public:
  RocksStore(const StoreOptions& options, StoreFiles files, Clock& clock, std::shared_ptr<BackgroundErrors> errors)
      : path_(options.path),
        files_(std::move(files)),
        time_(clock, files_.state.time, int64_t{options.clock_skew_s} * 1000),
        errors_(std::move(errors)),
        committer_({*files_.database, *files_.mark, files_.anchor.get(), time_, options.listener, options.queue_max,
                    options.revocations},
                   files_.state) {
    errors_->attach(&committer_);
  }
  ~RocksStore() override { close(); }

  void add_tenant(AuditActor actor, std::string name, TenantLimits limits, StoreDone<TenantRow> done) override {
    committer_.submit(store::add_tenant(std::move(actor), std::move(name), limits, std::move(done)));
  }
  void update_tenant(AuditActor actor, std::string name, TenantUpdate update, KeyBounds bounds,
                     StoreDone<TenantRow> done) override {
    committer_.submit(store::update_tenant(std::move(actor), std::move(name), update, bounds, std::move(done)));
  }
  void remove_tenant(AuditActor actor, std::string name, bool force, StoreDone<void> done) override {
    committer_.submit(store::remove_tenant(std::move(actor), std::move(name), force, std::move(done)));
  }
  void add_client(AuditActor actor, Client client, StoreDone<Client> done) override {
    committer_.submit(store::add_client(std::move(actor), std::move(client), std::move(done)));
  }
  void update_client(AuditActor actor, uint32_t tenant, std::string client_id, ClientUpdate update,
                     StoreDone<Client> done) override {
    committer_.submit(
        store::update_client(std::move(actor), tenant, std::move(client_id), std::move(update), std::move(done)));
  }
  void remove_client(AuditActor actor, uint32_t tenant, std::string client_id, StoreDone<void> done) override {
    committer_.submit(store::remove_client(std::move(actor), tenant, std::move(client_id), std::move(done)));
  }
  void import_clients(AuditActor actor, ImportChunk chunk, StoreDone<ImportOutcome> done) override {
    committer_.submit(store::import_clients(std::move(actor), std::move(chunk), std::move(done)));
  }
  void import_progress(std::string import_id, StoreDone<uint64_t> done) override {
    committer_.submit(store::import_progress(std::move(import_id), std::move(done)));
  }
  void add_key(AuditActor actor, KeyRow key, StoreDone<KeyRow> done) override {
    committer_.submit(store::add_key(std::move(actor), std::move(key), std::move(done)));
  }
  void step_key(AuditActor actor, KeyStep step, StoreDone<KeyStepDone> done) override {
    committer_.submit(store::step_key(std::move(actor), std::move(step), std::move(done)));
  }
  void raise_key_bounds(AuditActor actor, KeyBounds bounds, StoreDone<void> done) override {
    committer_.submit(store::raise_key_bounds(std::move(actor), bounds, std::move(done)));
  }
  void reseal_cells(AuditActor actor, CellReseal reseal, StoreDone<size_t> done) override {
    committer_.submit(store::reseal_cells(std::move(actor), std::move(reseal), std::move(done)));
  }
  void put_secret(AuditActor actor, SecretRow secret, StoreDone<void> done) override {
    committer_.submit(store::put_secret(std::move(actor), std::move(secret), std::move(done)));
  }
  void append_audit(AuditActor actor, std::string what, std::string detail_json, StoreDone<void> done) override {
    committer_.submit(store::append_audit(std::move(actor), std::move(what), std::move(detail_json), std::move(done)));
  }
  void record_issuance(IssuanceBatch& batch) override { committer_.submit(store::record_issuance(batch)); }
  void note_audit_export(AuditActor actor, AuditExport exported, StoreDone<void> done) override {
    committer_.submit(store::note_audit_export(std::move(actor), std::move(exported), std::move(done)));
  }
  // The rows are gone when it is answered, the files some time later.
  void prune_audit(AuditActor actor, AuditPruning pruning, StoreDone<uint64_t> done) override {
    auto told = [this, last = pruning.last, done = std::move(done)](std::expected<uint64_t, StoreError> dropped) {
      const bool any = dropped && *dropped != 0;
      done(std::move(dropped));
      if (any) {
        read<bool>([this, last] { return drop_audit_files(*files_.database, last); },
                   [](const std::expected<bool, StoreError>&) {});
      }
    };
    committer_.submit(store::prune_audit(std::move(actor), pruning, std::move(told)));
  }
  void put_last_used(std::vector<LastUsed> rows, uint64_t removals_seen, StoreDone<void> done) override {
    committer_.submit(store::put_last_used(std::move(rows), removals_seen, std::move(done)));
  }
  uint64_t client_removals() const override { return committer_.client_removals(); }
  void revoke(AuditActor actor, Revocation revocation, StoreDone<RevocationOutcome> done) override {
    committer_.submit(store::revoke(std::move(actor), std::move(revocation), std::move(done)));
  }
  void list_revocations(RevocationQuery query, StoreDone<RevocationPage> done) override {
    committer_.submit(store::list_revocations(query, std::move(done)));
  }
  void create_family(std::optional<AuditActor> actor, RefreshFamily family, StoreDone<RefreshFamily> done) override {
    committer_.submit(store::create_family(std::move(actor), std::move(family), std::move(done)));
  }
  void revoke_family(AuditActor actor, uint32_t tenant, FamilyId family, std::string client_id,
                     StoreDone<RevocationOutcome> done) override {
    committer_.submit(store::revoke_family(std::move(actor), tenant, family, std::move(client_id), std::move(done)));
  }
  void rotate_families(std::span<RotationRequest* const> requests) override {
    std::array<OperationPtr, 64> some;
    while (!requests.empty()) {
      const size_t count = std::min(requests.size(), some.size());
      for (size_t i = 0; i < count; ++i) some[i] = store::rotate_family(*requests[i]);
      committer_.submit(std::span(some).first(count));
      requests = requests.subspan(count);
    }
  }
  void create_api_token(std::optional<AuditActor> actor, ApiToken token, StoreDone<ApiToken> done) override {
    committer_.submit(store::create_api_token(std::move(actor), std::move(token), std::move(done)));
  }
  void remove_api_token(AuditActor actor, ApiTokenRemoval removal, StoreDone<void> done) override {
    committer_.submit(store::remove_api_token(std::move(actor), std::move(removal), std::move(done)));
  }
  void redeem_api_token(ApiTokenRequest& request) override { committer_.submit(store::redeem_api_token(request)); }
  void flush_api_token_uses(StoreDone<size_t> done) override {
    committer_.submit(store::flush_api_token_uses(std::move(done)));
  }
  void change_dialect_records(std::optional<AuditActor> actor, std::vector<DialectRecordChange> changes,
                              DialectAudit audit, StoreDone<std::vector<uint64_t>> done) override {
    committer_.submit(
        store::change_dialect_records(std::move(actor), std::move(changes), std::move(audit), std::move(done)));
  }
  void accept_clock(AuditActor actor, StoreDone<void> done) override {
    committer_.submit(store::accept_clock(std::move(actor), std::move(done)));
  }
  std::expected<StoreBackup, StoreError> back_up(const StoreBackupOrder& order) override {
    return backups_.create(*files_.database, order);
  }
  void stop_backup() override { backups_.stop(); }
  void finish_restore(AuditActor actor, RestoreRules rules, StoreDone<RestorePoint> done) override {
    committer_.submit(store::finish_restore(std::move(actor), rules, std::move(done)));
  }
  void accept_restored_tokens(AuditActor actor, StoreDone<void> done) override {
    committer_.submit(store::accept_restored_tokens(std::move(actor), std::move(done)));
  }
  void barrier(StoreDone<void> done) override { committer_.submit(store::barrier(std::move(done))); }

  void read_feed(FeedRange query, StoreDone<FeedRows> done) override {
    read<FeedRows>([this, query] { return read_feed_page(*files_.database, query, time_.safe_ms() / 1000); },
                   std::move(done));
  }
  void read_audit(AuditRange range, StoreDone<AuditPage> done) override {
    read<AuditPage>([this, range = std::move(range)] { return read_audit_page(*files_.database, range); },
                    std::move(done));
  }
  void get_dialect_record(uint32_t tenant, DialectRecordKind kind, std::string id,
                          StoreDone<std::optional<DialectRecord>> done) override {
    read<std::optional<DialectRecord>>(
        [this, tenant, kind, id = std::move(id)] {
          return read_dialect_record(*files_.database, tenant, kind, id, time_.wall_ms() / 1000);
        },
        std::move(done));
  }
  void list_dialect_records(DialectRecordQuery query, StoreDone<DialectRecordPage> done) override {
    read<DialectRecordPage>(
        [this, query = std::move(query)] {
          return read_dialect_record_page(*files_.database, query, time_.wall_ms() / 1000);
        },
        std::move(done));
  }
  std::expected<std::optional<RefreshFamily>, StoreError> find_family(uint32_t tenant,
                                                                      const FamilyId& id) const override {
    const std::shared_lock lock(reads_);
    if (closed_) return refuse(StoreErrorKind::kUnavailable, "the store is closed");
    return read_family(*files_.database, tenant, id);
  }
  std::expected<FamilyPage, StoreError> list_families(const FamilyQuery& query) const override {
    const std::shared_lock lock(reads_);
    if (closed_) return refuse(StoreErrorKind::kUnavailable, "the store is closed");
    return read_family_page(*files_.database, query);
  }
  std::expected<std::optional<ApiToken>, StoreError> find_api_token(uint32_t tenant,
                                                                    const ApiTokenId& id) const override {
    const std::shared_lock lock(reads_);
    if (closed_) return refuse(StoreErrorKind::kUnavailable, "the store is closed");
    return read_api_token(*files_.database, tenant, id);
  }
  std::expected<ApiTokenPage, StoreError> list_api_tokens(const ApiTokenQuery& query) const override {
    const std::shared_lock lock(reads_);
    if (closed_) return refuse(StoreErrorKind::kUnavailable, "the store is closed");
    return read_api_token_page(*files_.database, query);
  }

  std::expected<bool, StoreError> needs_family_key() const override { return any_family(*files_.database); }

  void begin_service() override { time_.begin_service(); }

  StoreStatus status() const override {
    StoreStatus status;
    committer_.status(status);
    status.clock_jumped = time_.jumped();
    status.clock_behind = time_.behind();
    status.boot_known = time_.boot_known();
    status.safe_time_ms = time_.safe_ms();
    status.restored_ms = files_.state.restore_point.at_ms;
    status.path = path_;
    return status;
  }

  UnixMs safe_time_ms() const override { return time_.jumped() ? 0 : time_.safe_ms(); }

  void close() override {
    {
      const std::unique_lock lock(reads_);
      if (closed_) return;
      closed_ = true;
    }
    backups_.close();
    committer_.close();
    reader_.close();
    if (!committer_.failed()) files_.database->flush_if_large();
    errors_->attach(nullptr);
    files_.database->close();
  }

 private:
  // On the reader's thread.
  template <typename T, typename Read>
  void read(Read how, StoreDone<T> done) {
    reader_.submit(make_read_task<T>(std::move(how), std::move(done)));
  }

  const std::string path_;
  StoreFiles files_;
  SafeTime time_;
  const std::shared_ptr<BackgroundErrors> errors_;
  Committer committer_;
  ReaderThread reader_;              // of the database and the time
  BackupRun backups_;                // of the database
  mutable std::shared_mutex reads_;  // administrators' reads, which the close waits for
  bool closed_ = false;              // under reads_
};

}  // namespace

std::expected<std::unique_ptr<Store>, StoreOpenFailure> open_rocks_store_with(const StoreOptions& options,
                                                                              StoreLoader& loader,
                                                                              const RocksStoreSeams& seams) {
  auto errors = std::make_shared<BackgroundErrors>();
  auto files = open_store_files(options, seams, [errors](const std::string& why) { errors->report(why); });
  if (!files) return std::unexpected(files.error());
  loader.on_restore_point(files->state.restore_point);
  loader.on_feed_epoch(files->state.feed_epoch);
  // What was safe when it was persisted still is.
  const UnixMs safe_ms = files->state.time.safe_ms;
  files->database->set_expiry_time(safe_ms);
  if (auto loaded = load_rows(*files->database, loader, safe_ms / 1000); !loaded)
    return damaged(options.path, loaded.error());
  Clock& clock = seams.clock != nullptr ? *seams.clock : system_clock();
  return std::make_unique<RocksStore>(options, std::move(*files), clock, std::move(errors));
}

}  // namespace signet::store

namespace signet {

std::expected<std::unique_ptr<Store>, StoreOpenFailure> open_rocks_store(const StoreOptions& options,
                                                                         StoreLoader& loader) {
  return store::open_rocks_store_with(options, loader, {});
}

}  // namespace signet
