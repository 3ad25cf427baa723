// Making, finding and listing families; their rows and their expiry.
#include <algorithm>

#include "keystore/store/database.h"
#include "keystore/store/expiry_filter.h"
#include "keystore/store/family_rows.h"
#include "keystore/store/keys.h"
#include "tests/keystore/store/rotation_rig.h"

namespace signet::store {
namespace {

using Kind = StoreErrorKind;

RefreshFamily example() {
  RefreshFamily family{.tenant = 7,
                       .client_id = "client",
                       .subject = "somebody",
                       .scope = "a b",
                       .audiences = {"urn:one", "urn:two"},
                       .cnf = R"({"jkt":"x"})",
                       .status = FamilyStatus::kRevoked,
                       .created_ms = 1'700'000'000'123,
                       .idle_expires_at = 1'700'000'500,
                       .absolute_expires_at = 1'700'001'000,
                       .rotated_at = 1'700'000'100};
  family.id.fill(3);
  family.rotation = {.sequence = 9, .key_version = 2, .rotated_ms = 70'000, .rotated_before_ms = 60'000};
  family.rotation.current_hash.fill(1);
  family.rotation.previous_hash.fill(2);
  family.rotation.salt.fill(4);
  return family;
}

std::optional<RefreshFamily> decode(std::string_view key, std::string_view value) {
  RefreshFamily family;
  if (!decode_family(key, value, family)) return std::nullopt;
  return family;
}

TEST(FamilyRows, ComeBackAsTheyWere) {
  const RefreshFamily family = example();
  EXPECT_EQ(decode(family_key(7, family.id), encode_family(family)), family);
}

TEST(FamilyRows, AFirstTokenHasNothingOfARotation) {
  RefreshFamily family = example();
  family.subject = family.client_id;
  family.cnf.clear();
  family.rotated_at = 0;
  family.rotation = {.current_hash = family.rotation.current_hash};
  EXPECT_EQ(decode(family_key(7, family.id), encode_family(family)), family);
}

TEST(FamilyRows, WhatNoVersionWroteIsDamage) {
  const RefreshFamily family = example();
  const std::string key = family_key(7, family.id);
  const std::string value = encode_family(family);
  EXPECT_FALSE(decode(key.substr(0, 19), value));
  EXPECT_FALSE(decode(key + "x", value));
  EXPECT_FALSE(decode(key, ""));
  EXPECT_FALSE(decode(key, value.substr(0, value.size() - 1)));
  RefreshFamily none = family;
  none.client_id.clear();
  EXPECT_FALSE(decode(key, encode_family(none)));
  none = family;
  none.rotation.sequence = 0;
  EXPECT_FALSE(decode(key, encode_family(none)));
}

TEST(FamilyRows, AreSmall) {
  RefreshFamily family = example();
  family.client_id = family.subject = "client-of-20-letters";
  family.scope = "orders.read orders.writ";
  family.audiences = {"https://api.example.com/orders"};
  family.cnf.clear();
  family.status = FamilyStatus::kLive;
  family.idle_expires_at = family.created_ms / 1000 + 40 * 86400;
  family.absolute_expires_at = family.created_ms / 1000 + 365 * 86400;
  family.rotated_at = family.created_ms / 1000 + 10 * 86400;
  family.rotation.key_version = 1;
  ASSERT_EQ(family.client_id.size() + family.scope.size() + family.audiences[0].size(), 73U);
  const size_t row = family_key(7, family.id).size() + encode_family(family).size();
  const size_t index = family_name_key(7, FamilyNameKind::kClient, family.client_id, family.id).size() +
                       encode_family_name(family.absolute_expires_at).size();
  EXPECT_LE(row + index, 230U) << "before compression";
}

TEST(FamilyRows, ExpireByTheEarlierOfBoth) {
  RefreshFamily family = example();
  EXPECT_FALSE(family_expired(encode_family(family), 1'700'000'500));
  EXPECT_TRUE(family_expired(encode_family(family), 1'700'000'501));
  EXPECT_FALSE(family_expired(encode_family(family), 0));
  EXPECT_FALSE(family_expired("damage", INT64_MAX)) << "kept, to be seen";
  const std::string value = encode_family(family);
  EXPECT_FALSE(family_expired(std::string_view(value).substr(0, value.size() - 1), INT64_MAX)) << "likewise";
  EXPECT_FALSE(family_expired(value + '\0', INT64_MAX)) << "likewise";
  EXPECT_FALSE(family_name_expired(encode_family_name(1000), 1'000));
  EXPECT_TRUE(family_name_expired(encode_family_name(1000), 1'001));
}

TEST(ExpiryFilter, DropsWhatHasExpiredByTheSafeTimeAndNothingElse) {
  const TemporaryDirectory directory;
  auto opened = Database::open({.path = directory.path() + "/store", .create = true});
  ASSERT_TRUE(opened) << opened.error().text;
  Database& database = **opened;
  RefreshFamily family = example();
  const std::string key = family_key(7, family.id);
  const std::string name_key = family_name_key(7, FamilyNameKind::kClient, "client", family.id);
  Batch batch(database);
  batch.put(Family::kRefreshFamilies, key, encode_family(family));
  batch.put(Family::kFamilyNames, name_key, encode_family_name(family.absolute_expires_at));
  batch.put(Family::kClients, key, encode_family(family));
  ASSERT_TRUE(database.write(batch));
  const auto compact = [&](UnixMs time) {
    database.set_expiry_time(time);
    for (const Family each : {Family::kRefreshFamilies, Family::kFamilyNames, Family::kClients}) database.compact(each);
    return std::array{database.get(Family::kRefreshFamilies, key)->has_value(),
                      database.get(Family::kFamilyNames, name_key)->has_value(),
                      database.get(Family::kClients, key)->has_value()};
  };
  EXPECT_EQ(compact(0), (std::array{true, true, true}));
  EXPECT_EQ(compact(1'700'000'500'000), (std::array{true, true, true}));
  EXPECT_EQ(compact(1'700'000'501'000), (std::array{false, true, true}));
  EXPECT_EQ(compact(1'700'001'001'000), (std::array{false, false, true}));
}

class FamilyTest : public RotationTest {
 protected:
  // Walks all pages of a query.
  std::vector<RefreshFamily> all(FamilyQuery query) {
    std::vector<RefreshFamily> found;
    for (int pages = 0; pages < 100; ++pages) {
      const auto page = store_->list_families(query);
      EXPECT_TRUE(page);
      if (!page) break;
      found.insert(found.end(), page->families.begin(), page->families.end());
      query.after = page->next;
      if (!query.after) return found;
    }
    ADD_FAILURE() << "no last page";
    return found;
  }
  RefreshFamily made_for(std::string client, std::string subject) {
    RefreshFamily family = family_row(first_token());
    family.client_id = std::move(client);
    family.subject = std::move(subject);
    const auto created = create(family);
    EXPECT_TRUE(created);
    return family;
  }
};

TEST_F(FamilyTest, IsFoundAsItWasMade) {
  start();
  add_demo();
  const RefreshFamily family = family_row(first_token());
  ASSERT_TRUE(create(family));
  const auto found = store_->find_family(0, family.id);
  ASSERT_TRUE(found && *found);
  EXPECT_EQ(**found, family);
  EXPECT_FALSE(store_->find_family(1, family.id)->has_value());
  EXPECT_FALSE(store_->find_family(0, FamilyId{})->has_value());
}

TEST_F(FamilyTest, AreListedByClientBySubjectAndByTenant) {
  start();
  add_demo("client");
  add_demo("other");
  const RefreshFamily own = made_for("client", "client");
  const RefreshFamily alice = made_for("client", "alice");
  const RefreshFamily bob = made_for("other", "bob");
  const RefreshFamily of_other_for_client = made_for("other", "client");
  for (const size_t limit : {1, 2, 3, 100}) {
    EXPECT_EQ(all({.limit = limit}).size(), 4U);
    EXPECT_EQ(all({.client_id = "client", .limit = limit}), (std::vector{own, alice}));
    EXPECT_EQ(all({.subject = "bob", .limit = limit}), (std::vector{bob}));
    EXPECT_EQ(all({.subject = "client", .limit = limit}), (std::vector{of_other_for_client, own}));
    EXPECT_EQ(all({.client_id = "other", .subject = "bob", .limit = limit}), (std::vector{bob}));
    EXPECT_TRUE(all({.client_id = "nobody", .limit = limit}).empty());
    EXPECT_TRUE(all({.subject = "other", .limit = limit}).empty());
    EXPECT_TRUE(all({.tenant = 1, .limit = limit}).empty());
    EXPECT_TRUE(all({.tenant = 1, .client_id = "client", .limit = limit}).empty());
  }
}

TEST_F(FamilyTest, ArePutOnRecordOnlyWhenAnAdministratorMakesThem) {
  start();
  add_demo();
  ASSERT_TRUE(create(family_row(first_token()), std::nullopt));
  ASSERT_TRUE(create(family_row(first_token())));
  EXPECT_EQ(audit_records(), 2U) << "client.add, one family.create";
}

TEST_F(FamilyTest, AreRefusedToClientsThatMayNotHaveThem) {
  start();
  add_demo();
  RefreshFamily family = family_row(first_token());
  family.client_id = "nobody";
  EXPECT_REFUSED(create(family), Kind::kNotFound);
  ASSERT_TRUE(add_client(*store_, client_of("no-grant")));
  family.client_id = "no-grant";
  EXPECT_REFUSED(create(family), Kind::kInvalid);
  family.client_id = "client";
  family.scope = "a.read b.read";
  EXPECT_REFUSED(create(family), Kind::kInvalid);
  family.scope = "a.read";
  ASSERT_TRUE(update_client(*store_, "client", {.flags_set = kClientDisabled, .what = "client.disable"}));
  EXPECT_REFUSED(create(family), Kind::kInvalid);
  EXPECT_TRUE(all({}).empty());
  EXPECT_TRUE(all({.client_id = "client"}).empty());
}

TEST_F(FamilyTest, AreRefusedWhenTheyMakeNoSense) {
  start();
  add_demo();
  const RefreshFamily good = family_row(first_token());
  const auto refused = [&](auto change) {
    RefreshFamily family = good;
    change(family);
    EXPECT_REFUSED(create(family), Kind::kInvalid);
  };
  refused([](auto& family) { family.subject.clear(); });
  refused([](auto& family) { family.subject.assign(257, 'x'); });
  refused([](auto& family) { family.scope = "a  b"; });
  refused([](auto& family) { family.audiences.clear(); });
  refused([](auto& family) { family.audiences.assign(17, "urn:x"); });
  refused([](auto& family) { family.audiences = {std::string(513, 'x')}; });
  refused([](auto& family) { family.audiences = {""}; });
  refused([](auto& family) { family.cnf.assign(513, 'x'); });
  refused([](auto& family) { family.rotation.sequence = 2; });
  refused([](auto& family) { family.rotation.key_version = 0; });
  refused([](auto& family) { family.idle_expires_at = family.absolute_expires_at + 1; });
  refused([](auto& family) { family.absolute_expires_at = family.idle_expires_at = family.created_ms / 1000; });
  ASSERT_TRUE(create(good));
  EXPECT_REFUSED(create(good), Kind::kConflict);
}

}  // namespace
}  // namespace signet::store
