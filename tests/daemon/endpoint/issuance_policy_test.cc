// The key and the lifetime of a token, whoever asks for it.
#include "daemon/endpoint/issuance_policy.h"

#include <gtest/gtest.h>

#include "keystore/clients/client_record.h"
#include "tests/support/memory_keystore.h"

namespace signet {
namespace {

class IssuancePolicyTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(signing_start() && digest_start()); }

  auto choose(JwsAlgorithm algorithm, std::vector<std::string_view> audience) {
    Client client;
    client.client_id = "c";
    client.algorithm = algorithm;
    const auto record = make_client_record(client);
    return choose_key(*keystore_.keys().tenant(0), *record, audience);
  }

  MemoryKeystore keystore_{1};
};

TEST_F(IssuancePolicyTest, AnHmacTokenHasExactlyOneAudience) {
  keystore_.add_key(JwsAlgorithm::kHS256, "urn:1");
  EXPECT_EQ((*choose(JwsAlgorithm::kHS256, {"urn:1"}))->audience, "urn:1");
  EXPECT_EQ(choose(JwsAlgorithm::kHS256, {"urn:1", "urn:2"}).error(), NoKey::kAudienceCount);
  EXPECT_EQ(choose(JwsAlgorithm::kHS256, {}).error(), NoKey::kAudienceCount);
}

TEST_F(IssuancePolicyTest, NeverTakesTheHmacKeyOfAnotherAudience) {
  keystore_.add_key(JwsAlgorithm::kHS256, "urn:1");
  EXPECT_EQ(choose(JwsAlgorithm::kHS256, {"urn:2"}).error(), NoKey::kNotThere);
  EXPECT_EQ(choose(JwsAlgorithm::kHS384, {"urn:1"}).error(), NoKey::kNotThere);
}

TEST_F(IssuancePolicyTest, NeverTakesTheKeyOfAnotherAlgorithm) {
  keystore_.add_key(JwsAlgorithm::kEdDSA);
  EXPECT_TRUE(choose(JwsAlgorithm::kEdDSA, {"urn:1", "urn:2"}).has_value());
  EXPECT_EQ(choose(JwsAlgorithm::kES256, {"urn:1"}).error(), NoKey::kNotThere);
}

TEST(EffectiveTtl, PrefersWhatIsAskedAndIsCappedByTheServerAndTheTenant) {
  TenantKeys tenant;
  const ServiceSettings settings{.token_ttl_s = 900, .token_ttl_max_s = 1000};
  Client client;
  client.client_id = "c";
  const auto without = make_client_record(client);
  client.ttl_s = 300;
  const auto with = make_client_record(client);
  client.ttl_s = 5000;
  const auto longer = make_client_record(client);
  EXPECT_EQ(effective_ttl_s(0, tenant, *without, settings), 900U);
  EXPECT_EQ(effective_ttl_s(0, tenant, *with, settings), 300U);
  EXPECT_EQ(effective_ttl_s(0, tenant, *longer, settings), 1000U);
  EXPECT_EQ(effective_ttl_s(60, tenant, *with, settings), 60U);
  EXPECT_EQ(effective_ttl_s(6000, tenant, *with, settings), 1000U);
  tenant.limits.ttl_max_s = 400;
  EXPECT_EQ(effective_ttl_s(0, tenant, *without, settings), 400U) << "the server's default too";
  EXPECT_EQ(effective_ttl_s(0, tenant, *with, settings), 300U);
  EXPECT_EQ(effective_ttl_s(0, tenant, *longer, settings), 400U);
  EXPECT_EQ(effective_ttl_s(6000, tenant, *with, settings), 400U);
  tenant.limits.ttl_max_s = 5000;
  EXPECT_EQ(effective_ttl_s(0, tenant, *longer, settings), 1000U) << "the server's bound holds for every tenant";
}

}  // namespace
}  // namespace signet
