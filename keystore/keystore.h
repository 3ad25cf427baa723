// Keystore: vault, store, resident clients and keys together, as the daemon uses them. Owns the threads below it.
// Opening is blocking and happens before anything is served; afterwards the request path reads only the snapshots.
#pragma once

#include <expected>
#include <filesystem>
#include <memory>
#include <string>

#include "keystore/backup/running_backup.h"
#include "keystore/clients/client_directory.h"
#include "keystore/clients/client_secret.h"
#include "keystore/dialect_configurations.h"
#include "keystore/grants/api_token_index.h"
#include "keystore/grants/api_token_text.h"
#include "keystore/grants/family_keys.h"
#include "keystore/key_purpose.h"
#include "keystore/keys/key_schedule.h"
#include "keystore/keys/key_set.h"
#include "keystore/password_hashing.h"
#include "keystore/pkcs11/pkcs11_settings.h"
#include "keystore/revocation/revocation_feeds.h"
#include "keystore/revocation/revocation_index.h"
#include "keystore/snapshot/published.h"
#include "keystore/store/store.h"
#include "keystore/vault/vault.h"
#include "protocol/jwt/access_token.h"

namespace signet {

struct KeystoreOptions {
  std::filesystem::path data_dir;
  std::filesystem::path key_file;
  std::string rollback_anchor;   // path of a second mark on another disk; empty = none
  std::string vault_credential;  // in place of the key file: see vault/credential.h; empty = none
  bool create = false;           // make vault and store when DATA is empty or absent
  size_t workers = 1;            // signers are made for each, plus one for the admin side
  std::string issuer;            // of the default tenant, no trailing slash; others get issuer + "/t/" + name
  uint32_t jwks_max_age_s = 300;
  uint32_t ttl_s_max = kAccessTokenLifetimeMaxS;
  KeySchedule key_schedule;    // its skew is clock_skew_s
  PasswordCost password_cost;  // of new passwords; cheap ones for tests and development
  uint32_t clock_skew_s = 60;  // how far back the clock may go before nothing is signed any more
  std::function<void(const std::string&)> on_storage_failed;  // any thread
  // A key was due for a step and could not make it, yet; the keeper's thread.
  std::function<void(const KeyDuty&, const StoreError&)> on_key_overdue;
  Pkcs11Settings pkcs11;  // without a module there is no token, and no library is loaded
  // The token was lost or is back, or an object of it could not be destroyed; any thread.
  std::function<void(Pkcs11Event, const std::string&)> on_pkcs11_event;
};

// What is to sign, and instead of what.
struct KeyRotation {
  uint32_t tenant = 0;
  KeyPurpose purpose;        // whose place it is, unless `kid` says so
  std::string kid;           // the key that goes, or a pending one that comes; empty = by `purpose`
  UnixSeconds at = 0;        // sign from then on; 0 = as soon as verifiers know it
  bool compromised = false;  // the key that goes is withdrawn at once, and what it signed revoked
  KeyOverrides overrides;
};
struct KeyRotated {
  std::optional<KeyRow>
      successor;  // pending with a plan, or active; nothing when a key that did not sign was withdrawn
  std::optional<KeyRow> predecessor;
  UnixMs revoked_before_ms = 0;  // compromised: what it signed before is revoked
};

struct KeystoreFailure {
  std::string text;  // complete message for the operator: what is wrong and what to do
};

class Keystore {
 public:
  // `vault`: one that is unsealed already; null: it is opened, or made, with options.key_file.
  static std::expected<std::unique_ptr<Keystore>, KeystoreFailure> open(const KeystoreOptions& options,
                                                                        std::unique_ptr<Vault> vault = nullptr);
  virtual ~Keystore() = default;  // closes; no reader may be registered

  // --- request path: reader threads, between two passes ---
  virtual const ClientDirectory& clients() const = 0;
  virtual const KeySet& keys() const = 0;
  virtual const Pepper& pepper() const = 0;
  // To verify people's passwords with: slow, so on a thread that is neither a worker's nor the committer's, with copies
  // of what a snapshot says. Lives as long as this.
  virtual const PasswordCheck& passwords() const = 0;
  virtual const FamilyKeys& family_keys() const = 0;
  virtual const ApiTokenIndex& api_tokens() const = 0;
  // identify_api_token: the id of a presented API token, or nothing when there is certainly none of that tenant: it is
  // malformed or forged, and the store need not be asked. Every live key version is tried, the current one first.
  // What the token stands for, and whether it holds, Store::redeem_api_token says. Wait-free, does not allocate.
  std::optional<ApiTokenId> identify_api_token(uint32_t tenant, std::string_view text) const;
  virtual const DialectConfigurations& dialect_configurations() const = 0;
  virtual const RevocationIndex& revocations() const = 0;
  // The end of every tenant's feed. An entry is here no later than its revocation is answered.
  virtual const RevocationFeeds& feeds() const = 0;
  virtual QuiescentDomain& domain() = 0;
  // note_used: call when mark_used returned true. Wait-free, does not allocate; no note is lost.
  virtual void note_used(size_t worker, uint32_t tenant, std::string_view client_id) = 0;

  // The configured PKCS#11 token; nothing without one. Any thread, cheap.
  virtual std::optional<Pkcs11Status> pkcs11_status() const { return std::nullopt; }

  // --- admin side: any thread, asynchronous; completions as in store.h ---
  virtual Store& store() = 0;
  virtual const Vault& vault() const = 0;
  // change_vault changes slots, or checks one, on a background thread: `make` may block. With a `what` it is audited
  // before it is made, and once more when it fails. Refusals are those of the vault, kUnavailable or kInvalid.
  struct VaultChange {
    std::string what;         // "vault.slot-add"; empty: nothing changes
    std::string detail_json;  // without secrets
    std::function<std::expected<uint32_t, VaultError>(Vault&)> make;
  };
  virtual void change_vault(AuditActor actor, VaultChange change, StoreDone<uint32_t> done) = 0;
  // rekey_vault gives the vault a new root key, seals every cell anew and tells how many there were. A crash at any
  // moment leaves a vault that the same slots open; the next start ends what had begun. On a background thread.
  virtual void rekey_vault(AuditActor actor, StoreDone<size_t> done) = 0;
  // start_backup begins a backup on a thread of its own (keystore/backup); `done` once it has begun, or why it cannot:
  // kBusy while one is under way, or the root key is being changed, which waits for a backup in its turn. Audited, and
  // so is its end. How it goes, backup_status says; stop_backup ends it early. Any thread.
  virtual void start_backup(AuditActor actor, BackupOrder order, StoreDone<void> done) = 0;
  virtual BackupStatus backup_status() const = 0;
  virtual void stop_backup() = 0;
  // create_api_token makes a text and stores the token under it (`token.id` and `token.key_version` are set here), see
  // Store::create_api_token. `done` gets the text, which nothing can give a second time. Also from a loop: allocates.
  struct MadeApiToken {
    ApiToken token;
    SecretBytes text;  // kApiTokenTextSize characters
  };
  void create_api_token(std::optional<AuditActor> actor, ApiToken token, StoreDone<MadeApiToken> done);
  // take_over_api_token does so with a text that another system gave out: 16 to 128 visible ASCII characters, of a kind
  // that takes_given_text (else kInvalid); kConflict when the tenant has it already. Whoever gives it answers for its
  // strength. Reads the store, and blocks for that, only while there is more than one family key.
  void take_over_api_token(std::optional<AuditActor> actor, ApiToken token, SecretBytes text,
                           StoreDone<MadeApiToken> done);
  // change_dialect_records seals what is secret, then is Store::change_dialect_records. A changed or erased
  // configuration is answered after every worker has passed it. Also kUnavailable, when there is no locked memory for a
  // secret.
  virtual void change_dialect_records(std::optional<AuditActor> actor, std::vector<DialectRecordChange> changes,
                                      DialectAudit audit, StoreDone<std::vector<uint64_t>> done) = 0;
  // generate_key makes, seals and stores a key: active when it is the tenant's first of its algorithm (and audience),
  // or when the tenant has no active one of its dialect, else pending. Generation runs on a background thread. With
  // `purpose.token` the key is made in the PKCS#11 token, or one that is there is adopted, and proves itself before it
  // is stored; kInvalid says why it is not taken.
  virtual void generate_key(AuditActor actor, uint32_t tenant, KeyPurpose purpose, StoreDone<KeyRow> done) = 0;
  // import_key takes over a key that was made elsewhere: PKCS#8, or the secret of an HMAC key. Its status as for
  // generate_key. kInvalid says why it is not taken. On a background thread.
  virtual void import_key(AuditActor actor, uint32_t tenant, KeyPurpose purpose, SecretBytes material,
                          StoreDone<KeyRow> done) = 0;
  // rotate_key puts another key in the place of the active one, by the rules of keys/key_life.h: a pending key of the
  // place, or one that is made now. On a background thread.
  virtual void rotate_key(AuditActor actor, KeyRotation rotation, StoreDone<KeyRotated> done) = 0;
  // Steps of keys that need nothing but the store: Store::step_key, with the configured skew.
  virtual void step_key(AuditActor actor, KeyStep step, StoreDone<KeyStepDone> done) = 0;
  // How far the clocks of those who check tokens may be off; as configured, and any thread.
  virtual uint32_t clock_skew_s() const = 0;
  // What the keeper is going to do with the keys of every tenant until `horizon`. Admin loop, between two passes.
  virtual std::vector<KeyDuty> plan_keys(UnixSeconds now, UnixSeconds horizon) const = 0;
  // update_tenant changes what a tenant may: Store::update_tenant, with the configured bounds. Answered after every
  // worker has passed it.
  virtual void update_tenant(AuditActor actor, std::string name, TenantUpdate update, StoreDone<TenantRow> done) = 0;
  // export_secret gives an HMAC key's secret, audited before `done`.
  virtual void export_secret(AuditActor actor, uint32_t tenant, std::string kid, StoreDone<SecretBytes> done) = 0;
  // hash_passwords makes the verifiers of new passwords, in their order, on a background thread: see PasswordHasher.
  virtual void hash_passwords(std::vector<PasswordWish> wishes, StoreDone<std::vector<PasswordVerifier>> done) = 0;
  // A change of the settings that rendered documents depend on (reload): republishes the key snapshot.
  virtual void set_issuer(std::string issuer, StoreDone<void> done) = 0;
  // Tells every key of a larger max-age: only after `done` may key sets be served with it.
  virtual void set_jwks_max_age(uint32_t jwks_max_age_s, StoreDone<void> done) = 0;
  virtual void set_key_schedule(KeySchedule schedule) = 0;  // any thread
  // keep_keys: from here on keys make the steps that are due. When every thread that reads is registered: a step
  // publishes. Once.
  virtual void keep_keys() = 0;
  // Drains and closes the store. Blocks. With no reader registered, every completion has been called when it returns;
  // those that wait for a reader still registered follow once it has passed. One thread.
  virtual void close() = 0;

 private:
  void store_api_token(std::optional<AuditActor> actor, ApiToken token, SecretBytes text, StoreDone<MadeApiToken> done);
};

}  // namespace signet
