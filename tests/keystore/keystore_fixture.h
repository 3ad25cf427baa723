// A keystore in a temporary directory, and answers waited for.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <map>
#include <sstream>
#include <string>

#include "keystore/keystore.h"
#include "keystore/signing/private_key.h"
#include "tests/keystore/vault/temporary_directory.h"

namespace signet {

// await calls `start` with a completion and gives what it was called with. Fails the process's patience after 20 s.
template <typename T, typename Start>
std::expected<T, StoreError> await(const Start& start) {
  auto promise = std::make_shared<std::promise<std::expected<T, StoreError>>>();
  auto result = promise->get_future();
  start([promise](std::expected<T, StoreError> done) { promise->set_value(std::move(done)); });
  if (result.wait_for(std::chrono::seconds(20)) != std::future_status::ready) {
    ADD_FAILURE() << "no answer";
    return std::unexpected(StoreError{StoreErrorKind::kUnavailable, "no answer"});
  }
  return result.get();
}

class KeystoreFixture : public testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(signing_start() && digest_start()); }

  KeystoreOptions options(bool create) const {
    KeystoreOptions options;
    options.data_dir = data();
    options.key_file = key_file();
    options.create = create;
    options.workers = 1;
    options.issuer = "https://id.example";
    options.password_cost = {.memory_kib = 8, .passes = 1};
    return options;
  }
  std::filesystem::path data() const { return directory_.path() / "data"; }
  std::filesystem::path key_file() const { return directory_.path() / "vault.key"; }

  void open(bool create = false) {
    auto opened = Keystore::open(options(create));
    ASSERT_TRUE(opened.has_value()) << opened.error().text;
    keystore_ = std::move(*opened);
  }
  void reopen() {
    keystore_.reset();
    open();
  }
  // The text of the refusal; fails when it opens after all, or when anything on disk changed.
  std::string refusal(bool create = false) {
    keystore_.reset();
    const auto before = contents();
    const std::string text = refusal_of_content(create);
    EXPECT_EQ(contents(), before) << "a refused start changed the disk";
    return text;
  }
  // The same where the fault is seen only once the database is open: it then has tidied its own files up, which changes
  // no row.
  std::string refusal_of_content(bool create = false) {
    keystore_.reset();
    const auto opened = Keystore::open(options(create));
    EXPECT_FALSE(opened.has_value());
    return opened ? "" : opened.error().text;
  }

  Client client(const std::string& id, const std::string& secret = "a-secret-of-some-length") const {
    Client made;
    made.client_id = id;
    made.scope = "a b";
    made.audiences = {"urn:one"};
    made.secrets = {keystore_->pepper().hash(0, id, secret, 1'700'000'000)};
    return made;
  }
  std::expected<Client, StoreError> add(Client made) {
    return await<Client>([&](auto done) { keystore_->store().add_client(kActor, std::move(made), done); });
  }
  std::expected<Client, StoreError> update(const std::string& id, ClientUpdate change) {
    change.what = "client.update";
    return await<Client>([&](auto done) { keystore_->store().update_client(kActor, 0, id, std::move(change), done); });
  }
  std::expected<KeyRow, StoreError> generate(JwsAlgorithm algorithm, std::string audience = "", int bits = 0,
                                             uint32_t tenant = 0) {
    return generate_for({.algorithm = algorithm, .audience = std::move(audience), .bits = bits}, tenant);
  }
  std::expected<KeyRow, StoreError> generate_for(const KeyPurpose& purpose, uint32_t tenant = 0) {
    return await<KeyRow>([&](auto done) { keystore_->generate_key(kActor, tenant, purpose, done); });
  }
  std::expected<SecretBytes, StoreError> export_secret(const std::string& kid) {
    return await<SecretBytes>([&](auto done) { keystore_->export_secret(kActor, 0, kid, done); });
  }

  static inline const AuditActor kActor{.uid = 1, .pid = 2, .via = "test"};
  TemporaryDirectory directory_;
  std::unique_ptr<Keystore> keystore_;

 private:
  // Every file but RocksDB's own log of what it did, which is no state.
  std::map<std::string, size_t> contents() const {
    std::map<std::string, size_t> files;  // hashes: a difference stays readable
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory_.path())) {
      const std::string name = entry.path().filename();
      if (!entry.is_regular_file() || name.starts_with("LOG")) continue;
      std::stringstream text;
      text << std::ifstream(entry.path()).rdbuf();
      files[entry.path()] = std::hash<std::string>()(text.str());
    }
    return files;
  }
};

}  // namespace signet
