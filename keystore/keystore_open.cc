// Opening: vault, store, keys, pepper. Everything is read and checked before anything is written; each failure is a
// text that says what to do.
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <future>
#include <system_error>

#include "keystore/clients/kernel_random.h"
#include "keystore/keystore_implementation.h"
#include "keystore/vault/credential.h"
#include "protocol/base/secret_bytes.h"

namespace signet {
namespace {

namespace fs = std::filesystem;
using Failure = std::unexpected<std::string>;
constexpr std::chrono::seconds kLastUsedInterval{60};

bool present(const fs::path& path) {
  std::error_code error;
  return fs::exists(path, error);
}

std::string vault_failure(const KeystoreOptions& options, VaultError error) {
  std::string text = fmt::format("{}: {}", (options.data_dir / "vault").string(), vault_error_text(error));
  if (!options.vault_credential.empty()) return text + fmt::format(" (credential: {})", options.vault_credential);
  switch (error) {
    case VaultError::kKeyFileMode:
      return text + fmt::format(" (chmod 0600 {})", options.key_file.string());
    case VaultError::kKeyFileMissing:
    case VaultError::kKeyFileBadSize:
    case VaultError::kWrongKey:
    case VaultError::kIo:
      return text + fmt::format(" (key file: {})", options.key_file.string());
    default:
      return text;
  }
}

// The vault that is there, or a new one, by what the operator configured.
std::expected<std::unique_ptr<Vault>, VaultError> reach_vault(const KeystoreOptions& options, bool create) {
  const fs::path& data = options.data_dir;
  if (options.vault_credential.empty()) {
    return create ? Vault::create(data, options.key_file) : Vault::open(data, options.key_file);
  }
  const auto credential = parse_vault_credential(options.vault_credential);
  if (!credential) return std::unexpected(VaultError::kBadCredentialName);
  const auto secret = secret_of_credential(*credential);
  if (!secret) return std::unexpected(secret.error());
  return create ? Vault::create(data, *secret) : Vault::open(data, *secret);
}

// Parents as usual; the directory itself closed to others.
std::expected<void, std::string> make_directory(const fs::path& path) {
  std::error_code error;
  if (path.has_parent_path()) fs::create_directories(path.parent_path(), error);
  if (!error && !fs::is_directory(path, error) && ::mkdir(path.c_str(), 0700) != 0) {
    error.assign(errno, std::generic_category());
  }
  if (!fs::is_directory(path)) {
    return Failure(fmt::format("{}: cannot be made: {}: check the path and its permissions", path.string(),
                               error ? error.message() : "it is no directory"));
  }
  return {};
}

}  // namespace

// What the store holds but for its clients, which go straight into the directory.
class StoredRows final : public StoreLoader {
 public:
  StoredRows(ClientDirectory& clients, RevocationIndex& revocations, ApiTokenIndex& api_tokens)
      : clients_(clients), revocations_(revocations), api_tokens_(api_tokens) {}

  void on_tenant(TenantRow row) override { tenants.push_back(std::move(row)); }
  void on_key(KeyRow row) override { keys.push_back(std::move(row)); }
  void on_secret(SecretRow row) override {
    if (row.family == kPepperFamily) {
      peppers.push_back(std::move(row));
    } else if (row.family == kFamilyKeyFamily) {
      family_keys.push_back(std::move(row));
    }
  }
  void reserve_revocations(size_t about) override { revocations_.reserve(about); }
  void on_revocations(std::span<const Revocation> revocations) override { revocations_.add(revocations); }
  void reserve_api_tokens(size_t about) override { api_tokens_.reserve(about); }
  void on_api_tokens(std::span<const ApiTokenEntry> tokens) override { api_tokens_.put(tokens); }
  void on_dialect_record(DialectRecord&& record) override { configurations.push_back(std::move(record)); }
  void on_restore_point(const RestorePoint& point) override { revocations_.set_restore_point(point); }
  void on_feed_epoch(uint64_t epoch) override { feed_epoch = epoch; }
  void on_feed(uint32_t tenant, const FeedTail& tail) override {
    feeds.push_back({tenant, std::make_shared<const FeedTail>(tail)});
  }
  void on_client(const Client& client) override {
    if (fits_client_record(client)) {
      clients_.load(client);
    } else {
      misfits.fetch_add(1, std::memory_order_relaxed);
    }
  }
  void on_last_used(const LastUsedRow& row) override {
    const ClientRecord* record = clients_.find(row.tenant, row.client_id);
    if (record == nullptr) return;
    for (size_t i = 0; i < record->secret_count(); ++i) {
      // No secret was used before it existed: the row is older than the last rotation.
      if (UnixSeconds{row.minutes[i]} >= record->secret(i).created_at / 60) record->mark_used(i, row.minutes[i]);
    }
  }

  std::vector<TenantRow> tenants;
  std::vector<KeyRow> keys;
  std::vector<SecretRow> peppers;
  uint64_t feed_epoch = 0;
  std::vector<RevocationFeeds::TenantFeed> feeds;
  std::vector<SecretRow> family_keys;
  std::vector<DialectRecord> configurations;
  std::atomic<size_t> misfits{0};

 private:
  ClientDirectory& clients_;
  RevocationIndex& revocations_;
  ApiTokenIndex& api_tokens_;
};

std::expected<void, std::string> KeystoreImplementation::open() {
  if (auto ok = open_vault(); !ok) return ok;
  StoredRows rows(clients_, revocations_, api_tokens_);
  if (auto ok = open_store(rows); !ok) return ok;
  if (auto ok = open_token(); !ok) return ok;
  if (auto ok = build_keys(rows); !ok) return ok;
  if (auto ok = build_configurations(rows.configurations); !ok) return ok;
  if (auto ok = rows.peppers.empty() && clients_.size() == 0 ? create_pepper() : open_peppers(rows); !ok) return ok;
  if (auto ok = open_family_keys(std::move(rows.family_keys)); !ok) return ok;
  reclaimer_.emplace(domain_);
  make_keeper();
  flusher_.emplace(LastUsedFlusher::Parts{domain_, clients_, *store_, notes_}, kLastUsedInterval);
  generator_.emplace();
  passwords_.emplace(*pepper_, options_.password_cost);
  hasher_.emplace(*passwords_);
  if (auto ok = finish_rekey(); !ok) return ok;
  if (auto ok = keep_key_bounds(); !ok) return ok;
  return {};
}

std::expected<void, std::string> KeystoreImplementation::open_vault() {
  if (vault_) return {};
  const fs::path& data = options_.data_dir;
  if (present(data / "vault") || !options_.create) {
    auto vault = reach_vault(options_, false);
    if (!vault) return Failure(vault_failure(options_, vault.error()));
    vault_ = std::move(*vault);
    return {};
  }
  if (present(data / "store") || present(data / "mark")) {
    return Failure(
        fmt::format("{}: there is a store but no vault file, and without it no key can be opened: restore "
                    "DATA/vault from a backup, or choose another data directory",
                    data.string()));
  }
  if (auto made = make_directory(data); !made) return made;
  auto vault = reach_vault(options_, true);
  if (!vault) return Failure(vault_failure(options_, vault.error()));
  vault_ = std::move(*vault);
  return {};
}

std::expected<void, std::string> KeystoreImplementation::open_store(StoredRows& rows) {
  StoreOptions options;
  options.path = options_.data_dir.string();
  options.vault_id = vault_->id();
  options.create = options_.create;
  options.listener = this;
  options.revocations = &revocations_;
  options.clock_skew_s = options_.clock_skew_s;
  options.rollback_anchor = options_.rollback_anchor;
  auto store = open_rocks_store(options, rows);
  if (!store) return Failure(std::move(store.error().text));
  store_ = std::move(*store);
  discard_unfinished_vault(options_.data_dir);  // now that the directory is locked
  feeds_.open(rows.feed_epoch, std::move(rows.feeds));
  if (rows.misfits != 0) {
    return Failure(fmt::format("{}: {} client rows are larger than this version allows: restore from a backup",
                               options.path, rows.misfits.load()));
  }
  return {};
}

std::expected<void, std::string> KeystoreImplementation::build_keys(const StoredRows& rows) {
  for (const TenantRow& row : rows.tenants) builder_.put_tenant(row.number, row.name, row.created_at, row.limits);
  for (const KeyRow& row : rows.keys) {
    doom_object(row, std::chrono::seconds(0));
    if (row.status == KeyStatus::kDestroyed) continue;
    auto prepared = prepare_stored_key(*vault_, row, signer_count(), token_);
    if (!prepared) return Failure(fmt::format("{}: {}", options_.data_dir.string(), prepared.error()));
    if (!builder_.put_key(row.tenant, std::move(*prepared))) {
      return Failure(fmt::format("{}: key {} belongs to tenant {}, which does not exist: restore from a backup",
                                 options_.data_dir.string(), row.kid, row.tenant));
    }
  }
  keys_ = std::make_unique<Published<KeySet>>(builder_.build());
  return {};
}

std::expected<void, std::string> KeystoreImplementation::open_peppers(StoredRows& rows) {
  const std::string where = options_.data_dir.string();
  std::ranges::sort(rows.peppers, {}, &SecretRow::version);
  std::vector<HashKey> keys;
  const auto wiped = [&keys](std::expected<void, std::string> result) {
    for (HashKey& key : keys) wipe(key);
    return result;
  };
  keys.reserve(rows.peppers.size());  // no copies left behind by growth
  for (const SecretRow& row : rows.peppers) {
    if (row.version != rows.peppers.front().version + keys.size() || row.version > UINT8_MAX) break;
    auto key = open_pepper(*vault_, row);
    if (!key) return wiped(Failure(fmt::format("{}: {}", where, key.error())));
    keys.push_back(*key);
    wipe(*key);
  }
  if (keys.empty() || keys.size() != rows.peppers.size()) {
    return wiped(
        Failure(fmt::format("{}: the pepper of the client secrets is missing, and without it no client can "
                            "authenticate: restore the data directory from a backup",
                            where)));
  }
  try {
    pepper_ = std::make_unique<Pepper>(static_cast<uint8_t>(rows.peppers.front().version), keys);
  } catch (const std::system_error&) {
    return wiped(Failure(std::string(vault_error_text(VaultError::kNoLockedMemory))));
  }
  return wiped({});
}

std::expected<void, std::string> KeystoreImplementation::create_pepper() {
  constexpr uint8_t kFirstVersion = 1;
  HashKey key;
  fill_from_kernel(key);
  auto sealed = seal_pepper(*vault_, kFirstVersion, key);
  try {
    pepper_ = std::make_unique<Pepper>(kFirstVersion, std::span(&key, 1));
  } catch (const std::system_error&) {
    sealed = std::unexpected(VaultError::kNoLockedMemory);
  }
  wipe(key);
  if (!sealed) return Failure(vault_failure(options_, sealed.error()));
  std::promise<std::expected<void, StoreError>> promise;
  auto result = promise.get_future();
  store_->put_secret({.via = "start"}, {std::string(kPepperFamily), kFirstVersion, std::move(*sealed)},
                     [&promise](std::expected<void, StoreError> done) { promise.set_value(std::move(done)); });
  auto done = result.get();
  if (!done) return Failure(fmt::format("{}: {}", options_.data_dir.string(), done.error().text));
  return {};
}

}  // namespace signet
