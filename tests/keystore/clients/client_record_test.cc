#include "keystore/clients/client_record.h"

#include <gtest/gtest.h>

#include "tests/keystore/clients/clients_for_test.h"

namespace signet {
namespace {

void expect_same(const Client& a, const Client& b) {
  EXPECT_EQ(a.tenant, b.tenant);
  EXPECT_EQ(a.client_id, b.client_id);
  EXPECT_EQ(a.grants, b.grants);
  EXPECT_EQ(a.flags, b.flags);
  EXPECT_EQ(a.scope, b.scope);
  EXPECT_EQ(a.audiences, b.audiences);
  EXPECT_EQ(a.introspect, b.introspect);
  EXPECT_EQ(a.algorithm, b.algorithm);
  EXPECT_EQ(a.ttl_s, b.ttl_s);
  EXPECT_EQ(a.password, b.password);
  EXPECT_EQ(a.created_at, b.created_at);
  EXPECT_EQ(a.revision, b.revision);
  ASSERT_EQ(a.secrets.size(), b.secrets.size());
  for (size_t i = 0; i < a.secrets.size(); ++i) {
    EXPECT_EQ(a.secrets[i].hash, b.secrets[i].hash);
    EXPECT_EQ(a.secrets[i].pepper_version, b.secrets[i].pepper_version);
    EXPECT_EQ(a.secrets[i].created_at, b.secrets[i].created_at);
    EXPECT_EQ(a.secrets[i].last_used_minute, b.secrets[i].last_used_minute);
  }
}

Client full_client() {
  Client client = test_client(4'000'000'000, std::string(128, 'x'), UINT64_MAX);
  client.flags = kClientDisabled | kClientFeed | kClientRefreshWithCredentials | kClientIntrospectAll;
  client.audiences = {"urn:a", "", std::string(4096, 'y')};
  client.introspect = {"urn:b", "urn:c"};
  client.algorithm = JwsAlgorithm::kHS512;
  client.ttl_s = 86400;
  client.secrets = {test_secret(1, 1), test_secret(2, 255)};
  client.secrets[0].last_used_minute = 28'000'000;
  return client;
}

TEST(ClientRecord, UnpacksToWhatWasPacked) {
  expect_same(make_client_record(full_client())->unpack(), full_client());
  Client bare;
  bare.client_id = "a";
  expect_same(make_client_record(bare)->unpack(), bare);
}

TEST(ClientRecord, GivesEachEntryByIndex) {
  const auto record = make_client_record(full_client());
  EXPECT_EQ(record->audience(0), "urn:a");
  EXPECT_EQ(record->audience(1), "");
  EXPECT_EQ(record->audience(2).size(), 4096u);
  EXPECT_EQ(record->introspect(0), "urn:b");
  EXPECT_EQ(record->introspect(1), "urn:c");
  EXPECT_EQ(record->secret(1).pepper_version, 255);
  EXPECT_TRUE(record->disabled());
}

TEST(ClientRecordDeath, AnIndexOutOfRangeAborts) {
  const auto record = make_client_record(test_client(0, "a"));
  EXPECT_DEATH((void)record->audience(1), "check failed");
  EXPECT_DEATH((void)record->introspect(0), "check failed");
  EXPECT_DEATH((void)record->secret(1), "check failed");
  EXPECT_DEATH((void)record->mark_used(1, 5), "check failed");
}

TEST(ClientRecord, RefusesWhatDoesNotFitItsFields) {
  const auto fits_with = [](auto change) {
    Client client = test_client(0, "a");
    change(client);
    return fits_client_record(client);
  };
  EXPECT_TRUE(fits_with([](Client&) {}));
  EXPECT_FALSE(fits_with([](Client& c) { c.client_id.assign(129, 'a'); }));
  EXPECT_FALSE(fits_with([](Client& c) { c.scope.assign(16385, 'a'); }));
  EXPECT_FALSE(fits_with([](Client& c) { c.audiences.assign(256, "a"); }));
  EXPECT_FALSE(fits_with([](Client& c) { c.audiences = {std::string(4097, 'a')}; }));
  EXPECT_FALSE(fits_with([](Client& c) { c.introspect.assign(256, "a"); }));
  EXPECT_FALSE(fits_with([](Client& c) { c.introspect = {std::string(4097, 'a')}; }));
  EXPECT_FALSE(fits_with([](Client& c) { c.secrets.assign(3, {}); }));
  EXPECT_FALSE(fits_with([](Client& c) { c.grants = 256; }));
  EXPECT_FALSE(fits_with([](Client& c) { c.flags = 256; }));
}

TEST(ClientRecord, TheMinuteOfUseOnlyRises) {
  const auto record = make_client_record(test_client(0, "a"));
  EXPECT_TRUE(record->mark_used(0, 100));
  EXPECT_FALSE(record->mark_used(0, 100)) << "noted once a minute only";
  EXPECT_FALSE(record->mark_used(0, 99)) << "a clock set back erased a later use";
  EXPECT_EQ(record->last_used_minute(0), 100u);
}

TEST(ClientRecord, TheMinuteFollowsItsSecretToAnotherPlace) {
  Client client = test_client(0, "a");
  const auto before = make_client_record(client);
  before->mark_used(0, 100);
  client.secrets = {test_secret(9), test_secret(7)};
  const auto after = make_client_record(client);
  carry_last_used(*before, *after);
  EXPECT_EQ(after->last_used_minute(0), 0u) << "a new secret was never used";
  EXPECT_EQ(after->last_used_minute(1), 100u);
}

TEST(ClientRecord, OneSecretAndUsualTextsTakeLessThan200Octets) {
  EXPECT_LE(make_client_record(test_client(0, "client-0123456789abc"))->resident_bytes(), 200u);
}

}  // namespace
}  // namespace signet
