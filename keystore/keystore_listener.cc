// Publication: what a commit changed, as workers get to see it.
#include <fmt/format.h>

#include "keystore/keystore_implementation.h"

namespace signet {
namespace {

// While more than this waits for readers, the committer waits too; operations queue up meanwhile and share the next
// commit. 64 MiB are four copies of a million clients' tables.
constexpr QuiescentDomain::Backlog kBacklogMax{.actions = 4096, .bytes = size_t{64} << 20};
// A worker that has not come back to its loop for so long is stuck: changes go on, slowly.
constexpr std::chrono::milliseconds kBackPressureMax{1000};
// Longer than anything waits in a worker's signing queue.
constexpr std::chrono::seconds kKeyDrain{10};

bool secrets_moved(const ClientRecord& record, const Client& client) {
  if (record.secret_count() != client.secrets.size()) return true;
  for (size_t i = 0; i < client.secrets.size(); ++i) {
    if (record.secret(i).hash != client.secrets[i].hash) return true;
  }
  return false;
}

}  // namespace

void KeystoreImplementation::committed(std::span<const StoreChange> changes, std::function<void()> published) {
  if (!changes.empty()) domain_.wait_for_room(kBacklogMax, kBackPressureMax);
  publish_revocations(changes);
  if (changes.empty()) return published();
  publish_feeds(changes);
  publish_api_tokens(changes);
  const bool clients_withdrawn = publish_clients(changes);
  const bool keys_withdrawn = publish_keys(changes);
  const bool configurations_withdrawn = publish_configurations(changes);
  if (clients_withdrawn || keys_withdrawn || configurations_withdrawn) {
    domain_.after_grace(std::move(published));
  } else {
    published();
  }
}

void KeystoreImplementation::storage_failed(const std::string& why) {
  if (options_.on_storage_failed) options_.on_storage_failed(why);
}

void KeystoreImplementation::publish_revocations(std::span<const StoreChange> changes) {
  for (const StoreChange& change : changes) {
    if (const auto* put = std::get_if<RevocationPut>(&change)) revocations_.add(put->row.revocation);
    if (std::holds_alternative<ApiTokensAccepted>(change)) revocations_.accept_api_tokens();
  }
  revocations_.maintain(store_->safe_time_ms() / 1000);
}

void KeystoreImplementation::publish_feeds(std::span<const StoreChange> changes) {
  std::vector<FeedPublisher::Addition> additions;
  for (const StoreChange& change : changes) {
    if (const auto* put = std::get_if<RevocationPut>(&change)) {
      additions.push_back({put->row.revocation.tenant, make_feed_entry(put->row, put->chain_hash)});
    }
  }
  feeds_.add(std::move(additions));
  for (const StoreChange& change : changes) {
    if (const auto* removed = std::get_if<TenantRemoved>(&change)) feeds_.remove(removed->number);
  }
}

// A removal need not wait for readers: one that still sees the fingerprint asks the store, which has no row.
void KeystoreImplementation::publish_api_tokens(std::span<const StoreChange> changes) {
  for (const StoreChange& change : changes) {
    if (const auto* put = std::get_if<ApiTokenPut>(&change)) {
      api_tokens_.put(put->token);
    } else if (const auto* removed = std::get_if<ApiTokenRemoved>(&change)) {
      api_tokens_.erase(removed->tenant, removed->id);
    }
  }
  api_tokens_.maintain(store_->safe_time_ms() / 1000);
}

bool KeystoreImplementation::publish_clients(std::span<const StoreChange> changes) {
  std::vector<ClientDirectory::Change> clients;
  bool withdrawn = false;
  for (const StoreChange& change : changes) {
    if (const auto* put = std::get_if<ClientPut>(&change)) {
      // Every change of a client that workers know counts as a withdrawal: to wait one grace period too often costs an
      // administrator some microseconds, one too few would let a narrowed client pass after its answer.
      const ClientRecord* record = clients_.find(put->client.tenant, put->client.client_id);
      if (record != nullptr && flusher_ && secrets_moved(*record, put->client)) {
        flusher_->moved(put->client.tenant, put->client.client_id);
      }
      withdrawn |= record != nullptr;
      clients.push_back({put->client.tenant, put->client.client_id, &put->client});
    } else if (const auto* removed = std::get_if<ClientRemoved>(&change)) {
      withdrawn = true;
      clients.push_back({removed->tenant, removed->client_id, nullptr});
    }
  }
  clients_.apply(clients);
  return withdrawn;
}

bool KeystoreImplementation::publish_keys(std::span<const StoreChange> changes) {
  const std::lock_guard lock(publish_mutex_);
  bool changed = false;
  bool withdrawn = false;
  for (const StoreChange& change : changes) {
    if (const auto* tenant = std::get_if<TenantPut>(&change)) {
      const TenantRow& row = tenant->tenant;
      withdrawn |= builder_.has_tenant(row.number);
      builder_.put_tenant(row.number, row.name, row.created_at, row.limits);
      changed = true;
    } else if (const auto* removed = std::get_if<TenantRemoved>(&change)) {
      builder_.remove_tenant(removed->number);
      changed = withdrawn = true;
    } else if (const auto* key = std::get_if<KeyPut>(&change)) {
      withdrawn |= builder_.find(key->key.tenant, key->key.kid) != nullptr;
      put_key(key->key);
      changed = true;
    }
  }
  if (changed) keys_->publish(builder_.build(), domain_);
  if (changed && keeper_) keeper_->changed();
  return withdrawn;
}

void KeystoreImplementation::put_key(const KeyRow& row) {
  // While it still owes signatures, the object stays.
  doom_object(row, row.status == KeyStatus::kRetiring ? kKeyDrain : std::chrono::seconds(0));
  if (row.status == KeyStatus::kDestroyed) return builder_.remove_key(row.tenant, row.kid);
  auto prepared = prepare_committed_key(row);
  // Durable, but unusable: serving on would contradict the store.
  if (!prepared) return storage_failed("a committed key cannot be published: " + prepared.error());
  if (prepared->key->signed_as != 0) {
    draining_.push_back({row, std::chrono::steady_clock::now() + kKeyDrain});
  }
  if (!builder_.put_key(row.tenant, std::move(*prepared))) {
    storage_failed(fmt::format("key {} was committed for tenant {}, which is unknown", row.kid, row.tenant));
  }
}

std::expected<PreparedKey, std::string> KeystoreImplementation::prepare_committed_key(const KeyRow& row) {
  if (const auto ready = prepared_.extract({row.tenant, row.kid}); !ready.empty()) {
    PreparedKey prepared = std::move(ready.mapped());
    // Given by the commit.
    prepared.key->revision = row.revision;
    prepared.key->created_at = row.created_at;
    prepared.key->activated_at = row.activated_at;
    prepared.key->terms = row.terms;
    return prepared;
  }
  if (const auto before = builder_.find(row.tenant, row.kid)) return prepare_changed_key(row, *before, signer_count());
  return prepare_stored_key(*vault_, row, signer_count(), token_);
}

}  // namespace signet
