#include "keystore/store/store.h"

#include <algorithm>

#include "tests/keystore/store/store_fixture.h"

namespace signet::store {
namespace {

using Kind = StoreErrorKind;

TEST_F(StoreTest, KeepsEverythingOverAReopening) {
  open();
  ASSERT_TRUE(add_tenant(*store_, "acme"));
  const auto added = add_client(*store_, client_of("c1"));
  ASSERT_TRUE(added);
  ASSERT_TRUE(add_client(*store_, client_of("c1", 1)));
  KeyRow key = key_of("kid-1");
  key.bits = 256;
  ASSERT_TRUE(add_key(*store_, key));
  ASSERT_TRUE(put_secret(*store_, {.family = "pepper", .version = 3, .sealed = {0, 1, 255}}));
  ASSERT_TRUE(put_last_used(*store_, {{.tenant = 0, .client_id = "c1", .minutes = {5, 6}}}));
  reopen();
  ASSERT_EQ(loaded_->tenants.size(), 2U);
  EXPECT_EQ(loaded_->tenants[0].name, "default");
  EXPECT_EQ(loaded_->tenants[1].name, "acme");
  EXPECT_EQ(loaded_->tenants[1].number, 1U);
  ASSERT_EQ(loaded_->clients.size(), 2U);
  const Client& client = loaded_->clients[{0, "c1"}];
  EXPECT_EQ(client.scope, "a.read a.write");
  EXPECT_EQ(client.audiences, (std::vector<std::string>{"urn:demo", "https://rs.example"}));
  EXPECT_EQ(client.introspect, (std::vector<std::string>{"urn:demo"}));
  EXPECT_EQ(client.algorithm, JwsAlgorithm::kES256);
  EXPECT_EQ(client.ttl_s, 300U);
  EXPECT_EQ(client.created_at, 1700000001);
  EXPECT_EQ(client.revision, added->revision);
  ASSERT_EQ(client.secrets.size(), 1U);
  EXPECT_EQ(client.secrets[0].hash, secret_of(7).hash);
  EXPECT_EQ(client.secrets[0].pepper_version, 1);
  EXPECT_EQ(client.secrets[0].created_at, 1700000000);
  ASSERT_EQ(loaded_->keys.size(), 1U);
  EXPECT_EQ(loaded_->keys[0].kid, "kid-1");
  EXPECT_EQ(loaded_->keys[0].status, KeyStatus::kActive);
  EXPECT_EQ(loaded_->keys[0].bits, 256);
  EXPECT_EQ(loaded_->keys[0].sealed_private, key.sealed_private);
  EXPECT_EQ(loaded_->keys[0].public_jwk, key.public_jwk);
  EXPECT_NE(loaded_->keys[0].activated_at, 0);
  ASSERT_EQ(loaded_->secrets.size(), 1U);
  EXPECT_EQ(loaded_->secrets[0].family, "pepper");
  EXPECT_EQ(loaded_->secrets[0].version, 3U);
  EXPECT_EQ(loaded_->secrets[0].sealed, (std::vector<uint8_t>{0, 1, 255}));
  ASSERT_EQ(loaded_->last_used.size(), 1U);
  EXPECT_EQ(loaded_->last_used[0].minutes, (std::array<uint32_t, 2>{5, 6}));
}

TEST_F(StoreTest, RefusesAClientThatExists) {
  open();
  ASSERT_TRUE(add_client(*store_, client_of("c1")));
  const auto commit = store_->status().commit;
  EXPECT_REFUSED(add_client(*store_, client_of("c1")), Kind::kConflict);
  EXPECT_EQ(store_->status().commit, commit) << "a refusal is no commit";
  EXPECT_EQ(listener_.changes.size(), 1U);
}

TEST_F(StoreTest, RefusesASecondOfOneNameWithinOneCommit) {
  open();
  std::vector<std::future<bool>> results;
  for (int i = 0; i < 50; ++i) {
    auto promise = std::make_shared<std::promise<bool>>();
    results.push_back(promise->get_future());
    store_->add_client(actor(), client_of("same"), [promise](auto result) { promise->set_value(result.has_value()); });
  }
  int added = 0;
  for (auto& result : results) added += result.get() ? 1 : 0;
  EXPECT_EQ(added, 1);
}

TEST_F(StoreTest, RefusesAClientOfAnUnknownTenant) {
  open();
  EXPECT_REFUSED(add_client(*store_, client_of("c1", 9)), Kind::kNotFound);
}

TEST_F(StoreTest, RefusesWhatAClientMayNotHold) {
  open();
  EXPECT_REFUSED(add_client(*store_, client_of("")), Kind::kInvalid);
  EXPECT_REFUSED(add_client(*store_, client_of(std::string(129, 'a'))), Kind::kInvalid);
  EXPECT_REFUSED(add_client(*store_, client_of("a b")), Kind::kInvalid);
  EXPECT_REFUSED(add_client(*store_, client_of(std::string("a\0b", 3))), Kind::kInvalid);
  Client client = client_of("c1");
  client.secrets = {secret_of(1), secret_of(2), secret_of(3)};
  EXPECT_REFUSED(add_client(*store_, client), Kind::kInvalid);
  client = client_of("c1");
  client.grants = 1u << 31;
  EXPECT_REFUSED(add_client(*store_, client), Kind::kInvalid);
  client = client_of("c1");
  client.algorithm = static_cast<JwsAlgorithm>(99);
  EXPECT_REFUSED(add_client(*store_, client), Kind::kInvalid);
  client = client_of("c1");
  client.audiences.assign(256, "urn:a");
  EXPECT_REFUSED(add_client(*store_, client), Kind::kInvalid);
}

TEST_F(StoreTest, KeepsTextThatIsNotUtf8) {
  open();
  Client client = client_of("c1");
  client.scope = "\xff\xfe";
  ASSERT_TRUE(add_client(*store_, client));
  reopen();
  EXPECT_EQ((loaded_->clients[{0, "c1"}].scope), "\xff\xfe");
}

TEST_F(StoreTest, RefusesAnUpdateOfARevisionThatPassed) {
  open();
  const auto first = add_client(*store_, client_of("c1"));
  const auto second = update_client(*store_, "c1", {.ttl_s = 60, .if_revision = first->revision});
  ASSERT_TRUE(second);
  EXPECT_GT(second->revision, first->revision);
  EXPECT_REFUSED(update_client(*store_, "c1", {.ttl_s = 90, .if_revision = first->revision}), Kind::kConflict);
  reopen();
  EXPECT_EQ((loaded_->clients[{0, "c1"}].ttl_s), 60U);
}

TEST_F(StoreTest, GivesEachChangeARevisionOfItsOwnWithinOneCommit) {
  open();
  ASSERT_TRUE(add_client(*store_, client_of("c1")));
  std::mutex mutex;
  std::vector<uint64_t> revisions;
  for (uint32_t i = 0; i < 20; ++i) {
    store_->update_client(actor(), 0, "c1", {.ttl_s = i}, [&](auto result) {
      const std::lock_guard lock(mutex);
      revisions.push_back(result->revision);
    });
  }
  ASSERT_TRUE(barrier(*store_));
  ASSERT_EQ(revisions.size(), 20U);
  EXPECT_TRUE(std::ranges::is_sorted(revisions, std::less_equal<>{}));
}

TEST_F(StoreTest, RefusesWhatIsNotThere) {
  open();
  EXPECT_REFUSED(update_client(*store_, "nobody", {.ttl_s = 1}), Kind::kNotFound);
  EXPECT_REFUSED(remove_client(*store_, "nobody"), Kind::kNotFound);
  EXPECT_REFUSED(remove_tenant(*store_, "nobody", false), Kind::kNotFound);
}

TEST_F(StoreTest, ChangesOnlyWhatAnUpdateNames) {
  open();
  ASSERT_TRUE(add_client(*store_, client_of("c1")));
  const auto updated = update_client(*store_, "c1", {.flags_set = kClientDisabled | kClientFeed});
  ASSERT_TRUE(updated);
  EXPECT_EQ(updated->flags, kClientDisabled | kClientFeed);
  EXPECT_EQ(updated->scope, "a.read a.write");
  EXPECT_EQ(updated->secrets.size(), 1U);
  const auto enabled = update_client(*store_, "c1", {.flags_clear = kClientDisabled});
  EXPECT_EQ(enabled->flags, uint32_t{kClientFeed});
}

TEST_F(StoreTest, RefusesAnUpdateThatWouldNotLoad) {
  open();
  ASSERT_TRUE(add_client(*store_, client_of("c1")));
  EXPECT_REFUSED(update_client(*store_, "c1", {.secrets = std::vector<ClientSecret>(3)}), Kind::kInvalid);
  EXPECT_REFUSED(update_client(*store_, "c1", {.flags_set = 1u << 20}), Kind::kInvalid);
}

TEST_F(StoreTest, MovesLastUsedMinutesWithTheirSecret) {
  open();
  Client client = client_of("c1");
  client.secrets = {secret_of(1)};
  ASSERT_TRUE(add_client(*store_, client));
  ASSERT_TRUE(put_last_used(*store_, {{.client_id = "c1", .minutes = {77, 0}}}));
  ASSERT_TRUE(update_client(*store_, "c1", {.secrets = std::vector{secret_of(2), secret_of(1)}}));
  reopen();
  ASSERT_EQ(loaded_->last_used.size(), 1U);
  EXPECT_EQ(loaded_->last_used[0].minutes, (std::array<uint32_t, 2>{0, 77}));
}

TEST_F(StoreTest, ForgetsLastUsedMinutesWithTheClient) {
  open();
  ASSERT_TRUE(add_client(*store_, client_of("c1")));
  const uint64_t seen = store_->client_removals();
  ASSERT_TRUE(put_last_used(*store_, {{.client_id = "c1", .minutes = {77, 0}}}, seen));
  ASSERT_TRUE(remove_client(*store_, "c1"));
  ASSERT_TRUE(put_last_used(*store_, {{.client_id = "c1", .minutes = {78, 0}}}, seen));
  reopen();
  EXPECT_TRUE(loaded_->last_used.empty());
  EXPECT_TRUE(loaded_->clients.empty());
}

TEST_F(StoreTest, ForgetsThemWhenTheRemovalIsOfTheSameCommit) {
  open();
  ASSERT_TRUE(add_client(*store_, client_of("c2")));
  for (uint64_t round = 0; round < 50; ++round) {
    ASSERT_TRUE(add_client(*store_, client_of("c1")));  // the commit after a removal: it is counted by now
    const uint64_t seen = store_->client_removals();
    ASSERT_EQ(seen, round);
    // While the first is synced, the other two become one commit.
    store_->append_audit({}, "test", "{}", [](const auto&) {});
    store_->remove_client({}, 0, "c1", [](const auto&) {});
    ASSERT_TRUE(
        put_last_used(*store_, {{.client_id = "c1", .minutes = {5, 0}}, {.client_id = "c2", .minutes = {5, 0}}}, seen));
  }
  reopen();
  ASSERT_EQ(loaded_->last_used.size(), 1U);
  EXPECT_EQ(loaded_->last_used[0].client_id, "c2");
}

TEST_F(StoreTest, RefusesATenantTwiceAndBadNames) {
  open();
  ASSERT_TRUE(add_tenant(*store_, "acme"));
  EXPECT_REFUSED(add_tenant(*store_, "acme"), Kind::kConflict);
  EXPECT_REFUSED(add_tenant(*store_, "default"), Kind::kConflict);
  EXPECT_REFUSED(add_tenant(*store_, ""), Kind::kInvalid);
  EXPECT_REFUSED(add_tenant(*store_, "Acme"), Kind::kInvalid);
  EXPECT_REFUSED(add_tenant(*store_, "a/b"), Kind::kInvalid);
  EXPECT_REFUSED(add_tenant(*store_, std::string(65, 'a')), Kind::kInvalid);
}

TEST_F(StoreTest, RefusesToRemoveATenantInUse) {
  open();
  const auto tenant = add_tenant(*store_, "acme");
  ASSERT_TRUE(add_client(*store_, client_of("c1", tenant->number)));
  EXPECT_REFUSED(remove_tenant(*store_, "acme", false), Kind::kConflict);
  ASSERT_TRUE(remove_client(*store_, "c1", tenant->number));
  KeyRow key = key_of("k1");
  key.tenant = tenant->number;
  ASSERT_TRUE(add_key(*store_, key));
  EXPECT_REFUSED(remove_tenant(*store_, "acme", false), Kind::kConflict);
  EXPECT_REFUSED(remove_tenant(*store_, "default", true), Kind::kInvalid);
}

TEST_F(StoreTest, RemovesATenantByForceWithAllThatIsItsOwn) {
  open();
  const auto tenant = add_tenant(*store_, "acme");
  ASSERT_TRUE(add_client(*store_, client_of("c1", tenant->number)));
  ASSERT_TRUE(add_client(*store_, client_of("c1")));
  KeyRow key = key_of("k1");
  key.tenant = tenant->number;
  ASSERT_TRUE(add_key(*store_, key));
  listener_.changes.clear();
  ASSERT_TRUE(remove_tenant(*store_, "acme", true));
  ASSERT_EQ(listener_.changes.size(), 3U);
  EXPECT_TRUE(std::holds_alternative<ClientRemoved>(listener_.changes[0]));
  EXPECT_TRUE(std::holds_alternative<RevocationPut>(listener_.changes[1])) << "what it issued ends with it";
  EXPECT_TRUE(std::holds_alternative<TenantRemoved>(listener_.changes[2]));
  const auto again = add_tenant(*store_, "acme");
  EXPECT_NE(again->number, tenant->number) << "numbers are never reused";
  reopen();
  EXPECT_EQ(loaded_->clients.size(), 1U);
  EXPECT_TRUE(loaded_->clients.contains({0, "c1"}));
  EXPECT_TRUE(loaded_->keys.empty());
}

TEST_F(StoreTest, SeesWithinOneCommitWhatWasRemovedBefore) {
  open();
  ASSERT_TRUE(add_client(*store_, client_of("c1")));
  std::atomic<int> failures{0};
  const auto count = [&](const auto& result) { failures += result.has_value() ? 0 : 1; };
  for (int i = 0; i < 20; ++i) {
    store_->remove_client(actor(), 0, "c1", count);
    store_->add_client(actor(), client_of("c1"), count);
  }
  ASSERT_TRUE(barrier(*store_));
  EXPECT_EQ(failures, 0);
}

TEST_F(StoreTest, RefusesASecondActiveKey) {
  open();
  ASSERT_TRUE(add_key(*store_, key_of("k1")));
  EXPECT_REFUSED(add_key(*store_, key_of("k1", JwsAlgorithm::kES256)), Kind::kConflict);
  EXPECT_REFUSED(add_key(*store_, key_of("k2")), Kind::kConflict);
  EXPECT_TRUE(add_key(*store_, key_of("k3", JwsAlgorithm::kES256))) << "another algorithm";
  EXPECT_TRUE(add_key(*store_, key_of("k4", JwsAlgorithm::kEdDSA, KeyStatus::kPending))) << "not active";
  ASSERT_TRUE(add_key(*store_, key_of("h1", JwsAlgorithm::kHS256)));
  EXPECT_REFUSED(add_key(*store_, key_of("h2", JwsAlgorithm::kHS256)), Kind::kConflict);
  KeyRow other = key_of("h3", JwsAlgorithm::kHS256);
  other.audience = "urn:other";
  EXPECT_TRUE(add_key(*store_, other)) << "another audience";
  ASSERT_TRUE(add_tenant(*store_, "acme"));
  KeyRow elsewhere = key_of("k1");
  elsewhere.tenant = 1;
  EXPECT_TRUE(add_key(*store_, elsewhere)) << "another tenant";
}

TEST_F(StoreTest, RefusesKeysThatContradictThemselves) {
  open();
  KeyRow key = key_of("h1", JwsAlgorithm::kHS256);
  key.audience.clear();
  EXPECT_REFUSED(add_key(*store_, key), Kind::kInvalid);
  key = key_of("h1", JwsAlgorithm::kHS256);
  key.public_jwk = "{}";
  EXPECT_REFUSED(add_key(*store_, key), Kind::kInvalid);
  key = key_of("k1");
  key.audience = "urn:a";
  EXPECT_REFUSED(add_key(*store_, key), Kind::kInvalid);
  key = key_of("k1");
  key.sealed_private.clear();
  EXPECT_REFUSED(add_key(*store_, key), Kind::kInvalid);
  EXPECT_REFUSED(add_key(*store_, key_of("k/1")), Kind::kInvalid);
  EXPECT_REFUSED(add_key(*store_, key_of("k1", JwsAlgorithm::kEdDSA, KeyStatus::kRetired)), Kind::kInvalid);
  key = key_of("k1");
  key.tenant = 5;
  EXPECT_REFUSED(add_key(*store_, key), Kind::kNotFound);
}

TEST_F(StoreTest, RefusesAnotherValueForOneSecretVersion) {
  open();
  ASSERT_TRUE(put_secret(*store_, {.family = "pepper", .version = 1, .sealed = {1}}));
  EXPECT_REFUSED(put_secret(*store_, {.family = "pepper", .version = 1, .sealed = {2}}), Kind::kConflict);
  EXPECT_REFUSED(put_secret(*store_, {.family = "pepper", .version = 2, .sealed = {}}), Kind::kInvalid);
  reopen();
  EXPECT_EQ(loaded_->secrets.at(0).sealed, (std::vector<uint8_t>{1}));
}

}  // namespace
}  // namespace signet::store
