// KeystoreImplementation: what is behind Keystore. Private to keystore/keystore*.cc.
//
// Threads: the store's committer publishes clients and keys (`committed`); the key generator makes keys; the reclaimer
// frees what readers have left behind; the flusher writes last-used minutes. Workers only read.
// Locks: `publish_mutex_` is held while the key snapshot is changed and while the administrative side looks keys up;
// never while waiting for the store, never by a worker.
#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <utility>

#include "keystore/key_cells.h"
#include "keystore/key_generation.h"
#include "keystore/key_keeper.h"
#include "keystore/keys/key_set_builder.h"
#include "keystore/keystore.h"
#include "keystore/last_used_flush.h"
#include "keystore/last_used_notes.h"
#include "keystore/snapshot/reclaimer.h"

namespace signet {

class StoredRows;

class KeystoreImplementation final : public Keystore, public StoreListener {
 public:
  KeystoreImplementation(const KeystoreOptions& options, std::unique_ptr<Vault> vault);
  ~KeystoreImplementation() override;

  // Opens everything, or says why not. Once, before anything else.
  std::expected<void, std::string> open();

  const ClientDirectory& clients() const override { return clients_; }
  const KeySet& keys() const override { return keys_->load(); }
  const Pepper& pepper() const override { return *pepper_; }
  const PasswordCheck& passwords() const override { return *passwords_; }
  const FamilyKeys& family_keys() const override { return *family_keys_; }
  const ApiTokenIndex& api_tokens() const override { return api_tokens_; }
  const DialectConfigurations& dialect_configurations() const override { return configurations_->load(); }
  const RevocationIndex& revocations() const override { return revocations_; }
  const RevocationFeeds& feeds() const override { return feeds_.load(); }
  QuiescentDomain& domain() override { return domain_; }
  void note_used(size_t worker, uint32_t tenant, std::string_view client_id) override;

  Store& store() override { return *store_; }
  const Vault& vault() const override { return *vault_; }
  void change_vault(AuditActor actor, VaultChange change, StoreDone<uint32_t> done) override;
  void rekey_vault(AuditActor actor, StoreDone<size_t> done) override;
  void start_backup(AuditActor actor, BackupOrder order, StoreDone<void> done) override;
  BackupStatus backup_status() const override { return backup_.status(); }
  void stop_backup() override { backup_.stop(); }
  void change_dialect_records(std::optional<AuditActor> actor, std::vector<DialectRecordChange> changes,
                              DialectAudit audit, StoreDone<std::vector<uint64_t>> done) override;
  void generate_key(AuditActor actor, uint32_t tenant, KeyPurpose purpose, StoreDone<KeyRow> done) override;
  void export_secret(AuditActor actor, uint32_t tenant, std::string kid, StoreDone<SecretBytes> done) override;
  void hash_passwords(std::vector<PasswordWish> wishes, StoreDone<std::vector<PasswordVerifier>> done) override {
    hasher_->submit(std::move(wishes), std::move(done));
  }
  void import_key(AuditActor actor, uint32_t tenant, KeyPurpose purpose, SecretBytes material,
                  StoreDone<KeyRow> done) override;
  void rotate_key(AuditActor actor, KeyRotation rotation, StoreDone<KeyRotated> done) override;
  void step_key(AuditActor actor, KeyStep step, StoreDone<KeyStepDone> done) override;
  uint32_t clock_skew_s() const override { return options_.clock_skew_s; }
  std::optional<Pkcs11Status> pkcs11_status() const override;
  std::vector<KeyDuty> plan_keys(UnixSeconds now, UnixSeconds horizon) const override;
  void update_tenant(AuditActor actor, std::string name, TenantUpdate update, StoreDone<TenantRow> done) override;
  void set_issuer(std::string issuer, StoreDone<void> done) override;
  void set_jwks_max_age(uint32_t jwks_max_age_s, StoreDone<void> done) override;
  void set_key_schedule(KeySchedule schedule) override;
  void keep_keys() override { keeper_->start(); }
  void close() override;

  void committed(std::span<const StoreChange> changes, std::function<void()> published) override;
  void storage_failed(const std::string& why) override;

 private:
  void run_what_is_due();
  size_t signer_count() const { return options_.workers + 1; }

  // keystore_open.cc
  std::expected<void, std::string> open_vault();
  std::expected<void, std::string> open_store(StoredRows& rows);
  std::expected<void, std::string> build_keys(const StoredRows& rows);
  std::expected<void, std::string> open_peppers(StoredRows& rows);
  std::expected<void, std::string> create_pepper();

  // keystore_family_keys.cc
  std::expected<void, std::string> open_family_keys(std::vector<SecretRow> rows);
  std::expected<void, std::string> create_family_key();

  // keystore_dialects.cc
  std::expected<DialectConfiguration, std::string> open_configuration(const DialectRecord& record) const;
  std::expected<void, std::string> build_configurations(const std::vector<DialectRecord>& records);
  bool put_configuration(const DialectRecordPut& put);
  bool publish_configurations(std::span<const StoreChange> changes);

  // keystore_listener.cc. Both return whether something was taken away that a worker may still hold.
  void publish_revocations(std::span<const StoreChange> changes);
  void publish_feeds(std::span<const StoreChange> changes);
  void publish_api_tokens(std::span<const StoreChange> changes);
  bool publish_clients(std::span<const StoreChange> changes);
  bool publish_keys(std::span<const StoreChange> changes);
  void put_key(const KeyRow& row);
  std::expected<PreparedKey, std::string> prepare_committed_key(const KeyRow& row);

  // make_slowly answers with what `make` gives on the generator's thread, or with the generator's refusal.
  template <typename T>
  void make_slowly(std::function<std::expected<T, StoreError>()> make, StoreDone<T> done) {
    generator_->submit([make = std::move(make), done] { done(make()); },
                       [done](StoreError error) { done(std::unexpected(std::move(error))); });
  }

  // keystore_keys.cc
  using MadeKey = std::expected<KeyRow, StoreError>;
  MadeKey make_key(const AuditActor& actor, uint32_t tenant, const KeyPurpose& purpose);
  MadeKey import_now(const AuditActor& actor, uint32_t tenant, const KeyPurpose& purpose, ByteSpan material);
  MadeKey add_new_key(const AuditActor& actor, uint32_t tenant, const KeyPurpose& purpose,
                      std::shared_ptr<const PrivateKey> key);
  KeyStatus status_of_new_key(uint32_t tenant, const KeyPurpose& purpose) const;  // under publish_mutex_
  MadeKey add_prepared(const AuditActor& actor, const KeyRow& row, PreparedKey prepared);

  // keystore_backup.cc
  std::expected<void, StoreError> start_backup_now(const AuditActor& actor, BackupOrder order);
  void backup_ended(const AuditActor& actor, const std::expected<BackupManifest, StoreError>& made);

  // keystore_pkcs11.cc
  std::expected<void, std::string> open_token();
  MadeKey make_in_token(const AuditActor& actor, uint32_t tenant, const KeyPurpose& purpose);
  bool object_in_use(const TokenKey& key);
  void doom_object(const KeyRow& row, std::chrono::seconds spare);  // under publish_mutex_
  void destroy_doomed_objects();

  // keystore_vault.cc
  std::expected<uint32_t, StoreError> change_vault_now(const AuditActor& actor, const VaultChange& change);
  std::expected<size_t, StoreError> rekey_now(const AuditActor& actor);
  std::expected<size_t, StoreError> complete_rekey(const AuditActor& actor);
  std::expected<void, std::string> finish_rekey();

  // keystore_key_life.cc
  struct RotationPlace;
  KeyTerms terms_of_new_key() const;
  void publish_schedule();
  std::expected<void, std::string> keep_key_bounds();
  std::expected<RotationPlace, StoreError> find_rotation_place(const KeyRotation& rotation) const;
  std::expected<KeyStepDone, StoreError> step_now(const AuditActor& actor, KeyStep step);
  std::expected<KeyRotated, StoreError> rotate_now(const AuditActor& actor, const KeyRotation& rotation);
  std::expected<KeyRotated, StoreError> withdraw_now(const AuditActor& actor, const RotationPlace& place);
  void make_keeper();
  UnixSeconds planned_activation(const KeyDuty& duty) const;
  std::expected<void, StoreError> perform(const KeyDuty& duty);
  void finish_drained_keys();

  // The order of the members is that of their construction and, backwards, of their end.
  const KeystoreOptions options_;
  QuiescentDomain domain_;
  ClientDirectory clients_{domain_};
  RevocationIndex revocations_{domain_};
  ApiTokenIndex api_tokens_{domain_};
  FeedPublisher feeds_{domain_};
  LastUsedNotes notes_;
  std::unique_ptr<Vault> vault_;
  std::unique_ptr<Pepper> pepper_;
  std::optional<PasswordCheck> passwords_;  // over the pepper
  std::unique_ptr<FamilyKeys> family_keys_;
  std::shared_ptr<Pkcs11Token> token_;  // null: none is configured
  std::atomic<bool> closing_{false};
  // Shared while a cell is sealed and its change queued; not while the root key is changed.
  std::shared_mutex sealing_mutex_;
  mutable std::mutex publish_mutex_;
  KeySetBuilder builder_;                                             // under publish_mutex_
  std::map<std::pair<uint32_t, std::string>, PreparedKey> prepared_;  // of keys being added; under publish_mutex_
  std::unique_ptr<Published<KeySet>> keys_;
  // Keys that may still have to sign what waits, until then; under publish_mutex_.
  struct Draining {
    KeyRow row;
    std::chrono::steady_clock::time_point until;
  };
  std::vector<Draining> draining_;
  // Objects in the token whose keys sign no more; under publish_mutex_.
  struct DoomedObject {
    uint32_t tenant = 0;
    std::string kid;
    TokenObject object;
    std::chrono::steady_clock::time_point not_before;
    bool reported = false;
  };
  std::vector<DoomedObject> doomed_;
  KeySchedule schedule_;                               // under publish_mutex_
  std::atomic<uint32_t> jwks_max_age_s_;               // what new keys are promised
  DialectConfigurationBuilder configuration_builder_;  // the committer's
  std::unique_ptr<Published<DialectConfigurations>> configurations_;
  std::optional<Reclaimer> reclaimer_;
  std::unique_ptr<Store> store_;
  RunningBackup backup_;
  std::optional<LastUsedFlusher> flusher_;
  std::optional<KeyGenerator> generator_;
  std::optional<KeyKeeper> keeper_;
  std::optional<PasswordHasher> hasher_;
};

}  // namespace signet
