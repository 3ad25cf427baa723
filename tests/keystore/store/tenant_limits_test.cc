// What tenants may, in the store: exact bounds, durable and on record, and keys that know before it holds.
#include "tests/keystore/store/store_fixture.h"

namespace signet::store {
namespace {

using Kind = StoreErrorKind;
constexpr KeyBounds kBounds{.max_age_s = 300, .lifetime_s = 900};

class TenantLimitsTest : public StoreTest {
 protected:
  void SetUp() override { open(); }
  std::expected<TenantRow, StoreError> add(const std::string& name, const TenantLimits& limits) {
    return wait<TenantRow>([&](auto done) { store_->add_tenant(actor(), name, limits, done); });
  }
  std::expected<TenantRow, StoreError> update(const std::string& name, const TenantUpdate& update,
                                              const KeyBounds& bounds = kBounds) {
    return wait<TenantRow>([&](auto done) { store_->update_tenant(actor(), name, update, bounds, done); });
  }
  std::expected<void, StoreError> raise(const KeyBounds& bounds) {
    return wait<void>([&](auto done) { store_->raise_key_bounds(actor(), bounds, done); });
  }
  // Gives the row as stored, which is another one than was given.
  KeyRow add_key_to(uint32_t tenant, const std::string& kid, JwsAlgorithm algorithm = JwsAlgorithm::kEdDSA) {
    KeyRow key = key_of(kid, algorithm);
    key.tenant = tenant;
    key.terms = {.max_age_s = 300, .lifetime_s = 900};
    auto added = add_key(*store_, key);
    EXPECT_TRUE(added) << added.error().text;
    return added.value_or(KeyRow{});
  }
  uint32_t lifetime_of(const std::string& kid) {
    reopen();
    for (const KeyRow& row : loaded_->keys) {
      if (row.kid == kid) return row.terms.lifetime_s;
    }
    return 0;
  }
  // As many more clients as are taken.
  int clients_taken(uint32_t tenant, int wanted) {
    static int named = 0;
    int taken = 0;
    for (int i = 0; i < wanted; ++i) {
      taken += add_client(*store_, client_of("more" + std::to_string(++named), tenant)) ? 1 : 0;
    }
    return taken;
  }
  ImportChunk chunk(uint32_t tenant, std::initializer_list<const char*> ids, OnConflict on_conflict) {
    ImportChunk chunk{.import_id = std::to_string(++imports_), .on_conflict = on_conflict};
    for (const char* id : ids) chunk.clients.push_back(client_of(id, tenant));
    chunk.given.assign(chunk.clients.size(), kImportScope);
    return chunk;
  }
  int imports_ = 0;
};

TEST_F(TenantLimitsTest, AreKeptAndPublished) {
  const TenantLimits limits{.clients_max = 1,
                            .ttl_max_s = 600,
                            .key_rotation_s = 7200,
                            .key_rotation_off = true,
                            .rate_per_s = 5,
                            .burst = 7};
  ASSERT_TRUE(add("acme", limits));
  listener_.changes.clear();
  ASSERT_TRUE(update("acme", {.rate_per_s = 6}));
  ASSERT_EQ(listener_.changes.size(), 1u);
  TenantLimits wanted = limits;
  wanted.rate_per_s = 6;
  EXPECT_EQ(std::get<TenantPut>(listener_.changes[0]).tenant.limits, wanted);
  reopen();
  ASSERT_EQ(loaded_->tenants.size(), 2u);
  EXPECT_EQ(loaded_->tenants[1].limits, wanted);
  EXPECT_EQ(loaded_->tenants[0].limits, TenantLimits{}) << "the default tenant has none";
}

TEST_F(TenantLimitsTest, WhatMakesNoSenseIsRefusedAndChangesNothing) {
  EXPECT_REFUSED(add("acme", {.key_rotation_s = 1}), Kind::kInvalid);
  ASSERT_TRUE(add("acme", {.rate_per_s = 5, .burst = 5}));
  EXPECT_REFUSED(update("acme", {.ttl_max_s = 1'000'000}), Kind::kInvalid);
  EXPECT_REFUSED(update("acme", {.rate_per_s = 0}), Kind::kInvalid);  // a burst of no rate
  EXPECT_REFUSED(update("nobody", {.rate_per_s = 1}), Kind::kNotFound);
  EXPECT_REFUSED(update("", {.rate_per_s = 1}), Kind::kNotFound);
  reopen();
  EXPECT_EQ(loaded_->tenants.back().limits, (TenantLimits{.rate_per_s = 5, .burst = 5}));
}

TEST_F(TenantLimitsTest, SoManyClientsAndNotOneMore) {
  const uint32_t acme = add("acme", {.clients_max = 3})->number;
  EXPECT_EQ(clients_taken(acme, 5), 3);
  EXPECT_EQ(clients_taken(0, 5), 5) << "another tenant's are not counted";
  ASSERT_TRUE(add_client(*store_, client_of("gone", 0)));
  ASSERT_TRUE(remove_client(*store_, "gone", 0));
  EXPECT_EQ(clients_taken(acme, 1), 0) << "another tenant's removal makes no room";
  reopen();
  EXPECT_EQ(clients_taken(acme, 1), 0) << "counted anew";
}

TEST_F(TenantLimitsTest, ARemovalMakesRoomForOne) {
  const uint32_t acme = add("acme", {.clients_max = 2})->number;
  ASSERT_TRUE(add_client(*store_, client_of("a", acme)));
  ASSERT_TRUE(add_client(*store_, client_of("b", acme)));
  EXPECT_REFUSED(add_client(*store_, client_of("c", acme)), Kind::kConflict);
  ASSERT_TRUE(remove_client(*store_, "a", acme));
  EXPECT_FALSE(remove_client(*store_, "a", acme)) << "which is not there any more";
  EXPECT_EQ(clients_taken(acme, 3), 1);
}

TEST_F(TenantLimitsTest, LoweredBelowWhatIsThereItRefusesNewOnesAlone) {
  const uint32_t acme = add("acme", {})->number;
  for (const char* id : {"a", "b", "c"}) ASSERT_TRUE(add_client(*store_, client_of(id, acme)));
  ASSERT_TRUE(update("acme", {.clients_max = 1}));
  ClientUpdate change;
  change.ttl_s = 60;
  EXPECT_TRUE(update_client(*store_, "a", change, acme));
  for (const char* id : {"a", "b"}) {
    EXPECT_EQ(clients_taken(acme, 1), 0);
    ASSERT_TRUE(remove_client(*store_, id, acme));
  }
  EXPECT_EQ(clients_taken(acme, 1), 0) << "as many as it may have";
  ASSERT_TRUE(remove_client(*store_, "c", acme));
  EXPECT_EQ(clients_taken(acme, 2), 1);
}

TEST_F(TenantLimitsTest, AChunkIsAllOrNothingAndLeavesTheCountAsItWas) {
  const uint32_t acme = add("acme", {.clients_max = 3})->number;
  for (int i = 0; i < 3; ++i) {
    EXPECT_REFUSED(import_chunk(*store_, chunk(acme, {"a", "b", "c", "d"}, OnConflict::kFail)), Kind::kConflict);
  }
  ASSERT_TRUE(import_chunk(*store_, chunk(acme, {"a", "b"}, OnConflict::kFail)));
  ASSERT_TRUE(import_chunk(*store_, chunk(acme, {"a", "b", "c"}, OnConflict::kUpdate))) << "one new one";
  ASSERT_TRUE(import_chunk(*store_, chunk(acme, {"a", "b", "c"}, OnConflict::kSkip))) << "none";
  EXPECT_REFUSED(import_chunk(*store_, chunk(acme, {"a", "e"}, OnConflict::kUpdate)), Kind::kConflict);
  EXPECT_EQ(clients_taken(acme, 1), 0);
  ASSERT_TRUE(remove_client(*store_, "b", acme));
  EXPECT_EQ(clients_taken(acme, 2), 1);
}

// Many in few commits: what one operation of a commit does counts for the next.
TEST_F(TenantLimitsTest, IsExactWithinOneCommit) {
  const uint32_t acme = add("acme", {.clients_max = 10})->number;
  std::atomic<int> taken{0}, refused{0};
  for (int i = 0; i < 200; ++i) {
    store_->add_client(actor(), client_of("c" + std::to_string(i), acme),
                       [&](const auto& done) { ++(done ? taken : refused); });
    if (i % 20 == 19) {
      store_->remove_client(actor(), acme, "none", [](const auto&) {});
      store_->import_clients(actor(), chunk(acme, {"x", "x", "y"}, OnConflict::kFail), [](const auto&) {});
    }
  }
  ASSERT_TRUE(barrier(*store_));
  EXPECT_EQ(taken, 10);
  EXPECT_EQ(refused, 190);
  reopen();
  EXPECT_EQ(loaded_->clients.size(), 10u);
}

TEST_F(TenantLimitsTest, ANewKeyKnowsTheTenantsLongestLifetime) {
  const uint32_t acme = add("acme", {.ttl_max_s = 60})->number;
  EXPECT_EQ(add_key_to(acme, "k1").terms.lifetime_s, 60u);
  EXPECT_EQ(add_key_to(0, "k2").terms.lifetime_s, 900u);
  KeyRow dialect = key_of("k3", JwsAlgorithm::kES256);
  dialect.tenant = acme;
  dialect.dialect = "vcloud";
  dialect.terms.lifetime_s = 86'400;
  EXPECT_EQ(add_key(*store_, dialect)->terms.lifetime_s, 86'400u) << "its file says how long its tokens live";
}

TEST_F(TenantLimitsTest, KeysAreToldInTheCommitThatAllowsMore) {
  const uint32_t acme = add("acme", {.ttl_max_s = 60})->number;
  add_key_to(acme, "k1");
  add_key_to(0, "k2", JwsAlgorithm::kES256);
  listener_.changes.clear();
  const uint64_t commits = store_->status().commit;
  ASSERT_TRUE(update("acme", {.ttl_max_s = 600}));
  EXPECT_EQ(store_->status().commit, commits + 1);
  ASSERT_EQ(listener_.changes.size(), 2u) << "published together";
  EXPECT_EQ(std::get<KeyPut>(listener_.changes[0]).key.terms.lifetime_s, 600u);
  EXPECT_EQ(std::get<TenantPut>(listener_.changes[1]).tenant.limits.ttl_max_s, 600u);
  ASSERT_TRUE(update("acme", {.ttl_max_s = 30}));
  EXPECT_EQ(lifetime_of("k1"), 600u) << "what it may have signed does not become less";
  ASSERT_TRUE(update("acme", {.ttl_max_s = 0}));
  EXPECT_EQ(lifetime_of("k1"), 900u) << "what the installation allows";
  EXPECT_EQ(lifetime_of("k2"), 900u);
}

TEST_F(TenantLimitsTest, TheConfigurationRaisesNoKeyAboveItsTenant) {
  const uint32_t acme = add("acme", {.ttl_max_s = 60})->number;
  add_key_to(acme, "k1");
  add_key_to(0, "k2", JwsAlgorithm::kES256);
  ASSERT_TRUE(raise({.max_age_s = 300, .lifetime_s = 3600}));
  EXPECT_EQ(lifetime_of("k1"), 60u);
  EXPECT_EQ(lifetime_of("k2"), 3600u) << "the control";
}

TEST_F(TenantLimitsTest, ANameThatWasUsedBeforeBeginsWithEverythingRevoked) {
  const auto entries = [&] {
    int count = 0;
    for (const StoreChange& change : listener_.changes) count += std::holds_alternative<RevocationPut>(change);
    return count;
  };
  const uint32_t first = add("acme", {})->number;
  EXPECT_EQ(entries(), 0) << "a new name";
  ASSERT_TRUE(remove_tenant(*store_, "acme", false));
  listener_.changes.clear();
  ASSERT_TRUE(add("other", {}));
  EXPECT_EQ(entries(), 0) << "another name";
  reopen();
  const auto again = add("acme", {});
  ASSERT_TRUE(again);
  EXPECT_NE(again->number, first);
  ASSERT_EQ(entries(), 1);
  const auto& put = std::get<RevocationPut>(listener_.changes.back());
  EXPECT_EQ(put.row.revocation.tenant, again->number);
  EXPECT_EQ(put.row.revocation.kind, RevocationKind::kTenant);
  EXPECT_GT(put.row.revocation.issued_before_ms, 0);
  reopen();
  EXPECT_EQ(loaded_->tenants.size(), 3u) << "the name that is kept is no tenant";
}

}  // namespace
}  // namespace signet::store
