// KeystoreImplementation: what is behind Keystore. Private to keystore/keystore*.cc.
//
// Threads: the store's committer publishes clients and keys (`committed`); the key generator makes keys; the reclaimer
// frees what readers have left behind; the flusher writes last-used minutes. Workers only read.
// Locks: `publish_mutex_` is held while the key snapshot is changed and while the administrative side looks keys up;
// never while waiting for the store, never by a worker.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "keystore/key_cells.h"
#include "keystore/key_generation.h"
#include "keystore/keys/key_set_builder.h"
#include "keystore/keystore.h"
#include "keystore/last_used_flush.h"
#include "keystore/last_used_notes.h"
#include "keystore/snapshot/reclaimer.h"

namespace signet {

class StoredRows;

class KeystoreImplementation final : public Keystore, public StoreListener {
 public:
  explicit KeystoreImplementation(const KeystoreOptions& options);
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
  void change_dialect_records(std::optional<AuditActor> actor, std::vector<DialectRecordChange> changes,
                              DialectAudit audit, StoreDone<std::vector<uint64_t>> done) override;
  void generate_key(AuditActor actor, uint32_t tenant, KeyPurpose purpose, StoreDone<KeyRow> done) override;
  void export_secret(AuditActor actor, uint32_t tenant, std::string kid, StoreDone<SecretBytes> done) override;
  void hash_passwords(std::vector<PasswordWish> wishes, StoreDone<std::vector<PasswordVerifier>> done) override {
    hasher_->submit(std::move(wishes), std::move(done));
  }
  void set_issuer(std::string issuer, uint32_t jwks_max_age_s, StoreDone<void> done) override;
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

  // keystore_keys.cc
  KeyGenerator::Made make_key(const KeyWish& wish);
  KeyStatus status_of_new_key(uint32_t tenant, const KeyPurpose& purpose) const;  // under publish_mutex_
  std::expected<KeyRow, StoreError> add_prepared(const AuditActor& actor, const KeyRow& row, PreparedKey prepared);

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
  std::mutex publish_mutex_;
  KeySetBuilder builder_;                                             // under publish_mutex_
  std::map<std::pair<uint32_t, std::string>, PreparedKey> prepared_;  // of keys being added; under publish_mutex_
  std::unique_ptr<Published<KeySet>> keys_;
  DialectConfigurationBuilder configuration_builder_;  // the committer's
  std::unique_ptr<Published<DialectConfigurations>> configurations_;
  std::optional<Reclaimer> reclaimer_;
  std::unique_ptr<Store> store_;
  std::optional<LastUsedFlusher> flusher_;
  std::optional<KeyGenerator> generator_;
  std::optional<PasswordHasher> hasher_;
};

}  // namespace signet
