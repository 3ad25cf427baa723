// MemoryKeystore: the request path's view of a keystore without vault and store, for tests and benchmarks of what
// stands above it. The admin side aborts.
#pragma once

#include <string>
#include <vector>

#include "keystore/keys/key_set_builder.h"
#include "keystore/keystore.h"

namespace signet {

class MemoryKeystore final : public Keystore {
 public:
  // Signers are made for `workers` workers.
  explicit MemoryKeystore(size_t workers);
  ~MemoryKeystore() override;

  // Before any reader. Adds an active key and publishes it; audience for HMAC. Gives its kid.
  std::string add_key(JwsAlgorithm algorithm, std::string audience = {}, uint32_t tenant = 0);
  // The same for a dialect.
  std::string add_dialect_key(JwsAlgorithm algorithm, std::string dialect, uint32_t tenant = 0);
  // Publishes a key again in another status, under a new revision. No reader may be registered.
  void set_key_status(std::string_view kid, KeyStatus status);
  // Adds a tenant without keys.
  void add_tenant(uint32_t number, std::string name, const TenantLimits& limits = {});
  // Publishes other limits. No reader may be registered.
  void limit_tenant(uint32_t number, std::string name, const TenantLimits& limits) {
    add_tenant(number, std::move(name), limits);
  }
  // Publishes how keys are going to be replaced. No reader may be registered.
  void schedule_keys(KeySchedule schedule, const KeyTerms& new_key);
  // No reader may be registered.
  void remove_tenant(uint32_t number);
  // Publishes another issuer. No reader may be registered.
  void change_issuer(std::string issuer);
  // Adds or replaces a client as it is given, secrets and password included.
  void put_client(Client client);
  // Adds or replaces a client with this secret.
  void add_client(Client client, std::string_view secret);
  void remove_client(uint32_t tenant, std::string_view client_id);
  // Adds or replaces a configuration, under a new revision. No reader may be registered.
  void put_configuration(uint32_t tenant, std::string id, std::string_view value);

  const ClientDirectory& clients() const override { return directory_; }
  const KeySet& keys() const override { return keys_->load(); }
  const Pepper& pepper() const override { return *pepper_; }
  const PasswordCheck& passwords() const override { return *passwords_; }
  const FamilyKeys& family_keys() const override { return *family_keys_; }
  const ApiTokenIndex& api_tokens() const override { return api_tokens_; }
  const DialectConfigurations& dialect_configurations() const override { return configurations_->load(); }
  const RevocationIndex& revocations() const override { return revocations_; }
  const RevocationFeeds& feeds() const override { return feeds_.load(); }
  QuiescentDomain& domain() override { return domain_; }
  // Before any reader, or as the only writer.
  RevocationIndex& revocation_index() { return revocations_; }
  ApiTokenIndex& api_token_index() { return api_tokens_; }
  FeedPublisher& feed_publisher() { return feeds_; }
  void note_used(size_t worker, uint32_t tenant, std::string_view client_id) override;

  // Before the first request that needs one; outlives this. Without it `store` aborts.
  void use_store(Store& store) { store_ = &store; }
  Store& store() override;
  const Vault& vault() const override;
  // Of the store in use, which takes no secrets here.
  void change_dialect_records(std::optional<AuditActor> actor, std::vector<DialectRecordChange> changes,
                              DialectAudit audit, StoreDone<std::vector<uint64_t>> done) override {
    store().change_dialect_records(std::move(actor), std::move(changes), std::move(audit), std::move(done));
  }
  void generate_key(AuditActor actor, uint32_t tenant, KeyPurpose purpose, StoreDone<KeyRow> done) override;
  void export_secret(AuditActor actor, uint32_t tenant, std::string kid, StoreDone<SecretBytes> done) override;
  void hash_passwords(std::vector<PasswordWish> wishes, StoreDone<std::vector<PasswordVerifier>> done) override;
  void change_vault(AuditActor, VaultChange, StoreDone<uint32_t>) override { std::abort(); }
  void rekey_vault(AuditActor, StoreDone<size_t>) override { std::abort(); }
  void start_backup(AuditActor, BackupOrder, StoreDone<void>) override { std::abort(); }
  BackupStatus backup_status() const override { return {}; }
  void stop_backup() override {}
  void import_key(AuditActor, uint32_t, KeyPurpose, SecretBytes, StoreDone<KeyRow>) override { std::abort(); }
  void rotate_key(AuditActor, KeyRotation, StoreDone<KeyRotated>) override { std::abort(); }
  void step_key(AuditActor, KeyStep, StoreDone<KeyStepDone>) override { std::abort(); }
  uint32_t clock_skew_s() const override { return 60; }
  std::vector<KeyDuty> plan_keys(UnixSeconds, UnixSeconds) const override { std::abort(); }
  void set_issuer(std::string issuer, StoreDone<void> done) override;
  void set_jwks_max_age(uint32_t, StoreDone<void>) override { std::abort(); }
  void keep_keys() override { std::abort(); }
  void update_tenant(AuditActor, std::string, TenantUpdate, StoreDone<TenantRow>) override { std::abort(); }
  void set_key_schedule(KeySchedule) override { std::abort(); }
  void close() override {}

 private:
  struct MadeKey {
    uint32_t tenant;
    KeySource source;  // active
  };
  std::string make_key(uint32_t tenant, KeySource source);
  void publish(uint32_t tenant, KeySource source);

  size_t workers_;
  std::vector<MadeKey> made_;
  uint64_t revision_ = 1;
  Store* store_ = nullptr;
  QuiescentDomain domain_;
  ClientDirectory directory_;
  RevocationIndex revocations_{domain_};
  ApiTokenIndex api_tokens_{domain_};
  FeedPublisher feeds_{domain_};
  KeySetBuilder builder_;
  DialectConfigurationBuilder configuration_builder_;
  std::unique_ptr<Published<DialectConfigurations>> configurations_;
  std::unique_ptr<Pepper> pepper_;
  std::unique_ptr<PasswordCheck> passwords_;  // of the least cost there is
  std::unique_ptr<FamilyKeys> family_keys_;
  std::unique_ptr<Published<KeySet>> keys_;
};

}  // namespace signet
