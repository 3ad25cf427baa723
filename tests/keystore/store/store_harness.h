// What the tests of the store share: a directory that goes away, a loader and a listener that remember, and calls that
// wait for their completion.
#pragma once

#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "keystore/store/rocks_store.h"
#include "keystore/store/store.h"

namespace signet::store {

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    // In memory where there is such a place: making a store costs some forty syncs, and what a disk loses is the
    // business of fault_test.cc and tests/crash.
    const bool memory = std::filesystem::is_directory("/dev/shm");
    const auto root = memory ? std::filesystem::path("/dev/shm") : std::filesystem::temp_directory_path();
    std::string name = (root / "signet-store-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~TemporaryDirectory() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::string& path() const { return path_; }
  std::string data() const { return path_ + "/data"; }

 private:
  std::string path_;
};

class Loaded : public StoreLoader {
 public:
  void on_tenant(TenantRow row) override { tenants.push_back(std::move(row)); }
  void on_key(KeyRow row) override { keys.push_back(std::move(row)); }
  void on_secret(SecretRow row) override { secrets.push_back(std::move(row)); }
  void on_client(const Client& client) override {
    const std::lock_guard lock(mutex_);
    clients[{client.tenant, client.client_id}] = client;
  }
  void on_last_used(const LastUsedRow& row) override { last_used.push_back(row); }

  void on_revocations(std::span<const Revocation> some) override {
    revocations.insert(revocations.end(), some.begin(), some.end());
  }

  void on_api_tokens(std::span<const ApiTokenEntry> some) override {
    for (const ApiTokenEntry& token : some) api_tokens[{token.tenant, token.id}] = token.expires_at;
  }

  std::map<std::pair<uint32_t, ApiTokenId>, UnixSeconds> api_tokens;
  std::vector<TenantRow> tenants;
  std::vector<Revocation> revocations;
  std::vector<KeyRow> keys;
  std::vector<SecretRow> secrets;
  std::map<std::pair<uint32_t, std::string>, Client> clients;
  std::vector<LastUsedRow> last_used;

 private:
  std::mutex mutex_;
};

// Counts the commits that publish something.
class RecordingListener : public StoreListener {
 public:
  void committed(std::span<const StoreChange> what, std::function<void()> published) override {
    if (what.empty()) return published();
    changes.insert(changes.end(), what.begin(), what.end());
    if (hold_back) {
      held.push_back(std::move(published));
      ++commits;  // last: a test that sees it looks at what is held
    } else {
      ++commits;
      published();
    }
  }
  void storage_failed(const std::string& why) override {
    ++failures;
    const std::lock_guard lock(mutex_);
    failure = why;
  }

  std::vector<StoreChange> changes;  // committer thread; read after a completion
  std::vector<std::function<void()>> held;
  std::atomic<bool> hold_back{false};
  std::atomic<int> commits{0};
  std::atomic<int> failures{0};
  std::string failure;

 private:
  std::mutex mutex_;
};

// wait calls `start` with a completion and gives what that was told.
template <typename T>
std::expected<T, StoreError> wait(const std::function<void(StoreDone<T>)>& start) {
  auto promise = std::make_shared<std::promise<std::expected<T, StoreError>>>();
  auto future = promise->get_future();
  start([promise](std::expected<T, StoreError> result) { promise->set_value(std::move(result)); });
  return future.get();
}

inline AuditActor actor() { return {.uid = 1000, .pid = 42, .via = "test"}; }

inline ClientSecret secret_of(uint8_t fill) {
  ClientSecret secret{.pepper_version = 1, .created_at = 1700000000};
  secret.hash.fill(fill);
  return secret;
}

inline Client client_of(std::string id, uint32_t tenant = 0) {
  return {.tenant = tenant,
          .client_id = std::move(id),
          .grants = kGrantClientCredentials,
          .scope = "a.read a.write",
          .audiences = {"urn:demo", "https://rs.example"},
          .introspect = {"urn:demo"},
          .algorithm = JwsAlgorithm::kES256,
          .ttl_s = 300,
          .secrets = {secret_of(7)},
          .created_at = 1700000001};
}

inline KeyRow key_of(std::string kid, JwsAlgorithm algorithm = JwsAlgorithm::kEdDSA,
                     KeyStatus status = KeyStatus::kActive) {
  KeyRow key{.kid = std::move(kid), .algorithm = algorithm, .status = status, .sealed_private = {1, 2, 3, 0, 255}};
  if (is_symmetric(algorithm)) {
    key.audience = "urn:rs";
  } else {
    key.public_jwk = R"({"kty":"OKP"})";
  }
  return key;
}

// Calls that wait.
inline auto add_tenant(Store& s, std::string name) {
  return wait<TenantRow>([&](auto done) { s.add_tenant(actor(), name, done); });
}
inline auto remove_tenant(Store& s, std::string name, bool force) {
  return wait<void>([&](auto done) { s.remove_tenant(actor(), name, force, done); });
}
inline auto add_client(Store& s, Client client) {
  return wait<Client>([&](auto done) { s.add_client(actor(), client, done); });
}
inline auto update_client(Store& s, std::string id, ClientUpdate update, uint32_t tenant = 0) {
  return wait<Client>([&](auto done) { s.update_client(actor(), tenant, id, update, done); });
}
inline auto remove_client(Store& s, std::string id, uint32_t tenant = 0) {
  return wait<void>([&](auto done) { s.remove_client(actor(), tenant, id, done); });
}
inline auto import_chunk(Store& s, ImportChunk chunk) {
  return wait<ImportOutcome>([&](auto done) { s.import_clients(actor(), chunk, done); });
}
inline auto import_progress(Store& s, std::string id) {
  return wait<uint64_t>([&](auto done) { s.import_progress(id, done); });
}
inline auto add_key(Store& s, KeyRow key) {
  return wait<KeyRow>([&](auto done) { s.add_key(actor(), key, done); });
}
inline auto put_secret(Store& s, SecretRow secret) {
  return wait<void>([&](auto done) { s.put_secret(actor(), secret, done); });
}
inline auto put_last_used(Store& s, std::vector<LastUsedRow> rows, uint64_t removals_seen = 0) {
  return wait<void>([&](auto done) { s.put_last_used(rows, removals_seen, done); });
}
inline auto append_audit(Store& s, std::string what, std::string detail) {
  return wait<void>([&](auto done) { s.append_audit(actor(), what, detail, done); });
}
inline auto revoke(Store& s, Revocation revocation) {
  return wait<RevocationOutcome>([&](auto done) { s.revoke(actor(), revocation, done); });
}
inline auto list_revocations(Store& s, RevocationQuery query) {
  return wait<RevocationPage>([&](auto done) { s.list_revocations(query, done); });
}
inline auto accept_clock(Store& s) {
  return wait<void>([&](auto done) { s.accept_clock(actor(), done); });
}
inline auto barrier(Store& s) {
  return wait<void>([&](auto done) { s.barrier(done); });
}

inline std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}
inline void write_file(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

}  // namespace signet::store
