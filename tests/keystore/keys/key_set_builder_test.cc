// The key snapshot: what is looked up, what is published, what is shared.
#include "keystore/keys/key_set_builder.h"

#include <gtest/gtest.h>

#include "protocol/base/digest.h"

namespace signet {
namespace {

constexpr size_t kSigners = 2;

class KeySetBuilderTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(signing_start() && digest_start()); }

  static std::shared_ptr<const PrivateKey> make_private(JwsAlgorithm algorithm) {
    auto key = generate_private_key(algorithm, 2048);
    EXPECT_TRUE(key.has_value());
    return *key;
  }
  static KeySource source(JwsAlgorithm algorithm, std::string kid, KeyStatus status, std::string audience = "") {
    KeySource source{.kid = std::move(kid), .algorithm = algorithm, .status = status, .audience = std::move(audience)};
    source.private_key = make_private(algorithm);
    source.created_at = ++created_at_;
    source.revision = static_cast<uint64_t>(created_at_);
    if (auto jwk = source.private_key->public_jwk()) {
      jwk->kid = source.kid;
      source.public_jwk = write_jwk(*jwk);
    }
    if (status > KeyStatus::kActive) source.private_key.reset();
    return source;
  }
  void put(uint32_t tenant, KeySource from) {
    auto prepared = prepare_key(std::move(from), kSigners);
    ASSERT_TRUE(prepared.has_value()) << prepared.error();
    ASSERT_TRUE(builder_.put_key(tenant, std::move(*prepared)));
  }
  static std::string refusal(KeySource from) {
    const auto prepared = prepare_key(std::move(from), kSigners);
    return prepared ? "" : prepared.error();
  }

  static inline UnixSeconds created_at_ = 0;
  KeySetBuilder builder_{"https://id.example"};
};

TEST_F(KeySetBuilderTest, TheDefaultTenantIsAlwaysThere) {
  const auto set = builder_.build();
  ASSERT_NE(set->tenant(0), nullptr);
  EXPECT_EQ(set->tenant(0), set->tenant_by_name("default"));
  EXPECT_EQ(set->tenant(0)->issuer, "https://id.example");
  EXPECT_EQ(set->tenant(0)->jwks, R"({"keys":[]})");
  EXPECT_EQ(set->tenant(0)->active(JwsAlgorithm::kEdDSA, ""), nullptr);
  EXPECT_EQ(set->tenant(1), nullptr);
  EXPECT_EQ(set->tenant_by_name("acme"), nullptr);
  EXPECT_EQ(set->tenant_by_name(""), nullptr);
}

TEST_F(KeySetBuilderTest, TenantsAreFoundByNumberAndName) {
  for (uint32_t number = 1; number <= 20; ++number) builder_.put_tenant(number * 3, "t" + std::to_string(number), 7);
  auto set = builder_.build();
  for (uint32_t number = 1; number <= 20; ++number) {
    const auto* tenant = set->tenant(number * 3);
    ASSERT_NE(tenant, nullptr);
    EXPECT_EQ(tenant, set->tenant_by_name("t" + std::to_string(number)));
    EXPECT_EQ(tenant->issuer, "https://id.example/t/t" + std::to_string(number));
    EXPECT_EQ(set->tenant(number * 3 + 1), nullptr);
  }
  builder_.remove_tenant(9);
  builder_.remove_tenant(0);
  set = builder_.build();
  EXPECT_EQ(set->tenant(9), nullptr);
  EXPECT_EQ(set->tenant_by_name("t3"), nullptr);
  EXPECT_NE(set->tenant(0), nullptr) << "the default tenant cannot be removed";
}

TEST_F(KeySetBuilderTest, OnlyTheActiveKeyOfTheAlgorithmSigns) {
  put(0, source(JwsAlgorithm::kEdDSA, "pending", KeyStatus::kPending));
  put(0, source(JwsAlgorithm::kES256, "retiring", KeyStatus::kRetiring));
  EXPECT_EQ(builder_.build()->tenant(0)->active(JwsAlgorithm::kEdDSA, ""), nullptr);
  put(0, source(JwsAlgorithm::kEdDSA, "active", KeyStatus::kActive));
  const auto set = builder_.build();
  const TenantKeys& tenant = *set->tenant(0);
  ASSERT_NE(tenant.active(JwsAlgorithm::kEdDSA, ""), nullptr);
  EXPECT_EQ(tenant.active(JwsAlgorithm::kEdDSA, "")->kid, "active");
  EXPECT_EQ(tenant.active(JwsAlgorithm::kEdDSA, "")->signers.size(), kSigners);
  EXPECT_EQ(tenant.active(JwsAlgorithm::kEd25519, ""), nullptr) << "one key, one algorithm";
  EXPECT_EQ(tenant.active(JwsAlgorithm::kES256, ""), nullptr);
  EXPECT_TRUE(tenant.by_kid("pending")->signers.empty()) << "a pending key cannot sign by mistake";
  EXPECT_EQ(tenant.by_kid("retiring")->private_key, nullptr);
  EXPECT_EQ(tenant.by_kid("Active"), nullptr);
  EXPECT_EQ(tenant.by_kid(""), nullptr);
}

TEST_F(KeySetBuilderTest, AnHmacKeySignsForItsAudienceAlone) {
  put(0, source(JwsAlgorithm::kHS256, "one", KeyStatus::kActive, "urn:one"));
  put(0, source(JwsAlgorithm::kHS256, "two", KeyStatus::kActive, "urn:two"));
  put(0, source(JwsAlgorithm::kHS512, "big", KeyStatus::kActive, "urn:one"));
  const auto set = builder_.build();
  const TenantKeys& tenant = *set->tenant(0);
  EXPECT_EQ(tenant.active(JwsAlgorithm::kHS256, "urn:one")->kid, "one");
  EXPECT_EQ(tenant.active(JwsAlgorithm::kHS256, "urn:two")->kid, "two");
  EXPECT_EQ(tenant.active(JwsAlgorithm::kHS512, "urn:one")->kid, "big");
  EXPECT_EQ(tenant.active(JwsAlgorithm::kHS512, "urn:two"), nullptr);
  EXPECT_EQ(tenant.active(JwsAlgorithm::kHS256, "urn:on"), nullptr);
  EXPECT_EQ(tenant.active(JwsAlgorithm::kHS256, ""), nullptr);
}

TEST_F(KeySetBuilderTest, TheJwksHoldsWhatVerifiersNeedAndNoHmacKey) {
  put(0, source(JwsAlgorithm::kEdDSA, "active", KeyStatus::kActive));
  put(0, source(JwsAlgorithm::kES256, "pending", KeyStatus::kPending));
  put(0, source(JwsAlgorithm::kRS256, "retiring", KeyStatus::kRetiring));
  put(0, source(JwsAlgorithm::kEdDSA, "retired", KeyStatus::kRetired));
  put(0, source(JwsAlgorithm::kEdDSA, "destroyed", KeyStatus::kDestroyed));
  put(0, source(JwsAlgorithm::kHS256, "shared", KeyStatus::kActive, "urn:one"));
  const auto set = builder_.build();
  const auto jwks = parse_jwks(set->tenant(0)->jwks);
  ASSERT_TRUE(jwks.has_value());
  std::vector<std::string> kids;
  for (const Jwk& jwk : *jwks) kids.push_back(jwk.kid);
  EXPECT_EQ(kids, (std::vector<std::string>{"active", "pending", "retiring"}));
  EXPECT_EQ(set->tenant(0)->jwks.find("\"k\""), std::string::npos);
}

TEST_F(KeySetBuilderTest, TenantsDoNotShareKeys) {
  builder_.put_tenant(1, "acme", 0);
  put(1, source(JwsAlgorithm::kEdDSA, "theirs", KeyStatus::kActive));
  const auto set = builder_.build();
  EXPECT_EQ(set->tenant(0)->active(JwsAlgorithm::kEdDSA, ""), nullptr);
  EXPECT_EQ(set->tenant(0)->by_kid("theirs"), nullptr);
  EXPECT_EQ(set->tenant(0)->jwks.find("theirs"), std::string::npos);
  EXPECT_NE(set->tenant(1)->by_kid("theirs"), nullptr);
  EXPECT_FALSE(builder_.has_key_for(0, JwsAlgorithm::kEdDSA, ""));
  EXPECT_TRUE(builder_.has_key_for(1, JwsAlgorithm::kEdDSA, ""));
}

TEST_F(KeySetBuilderTest, AKeyOfAnUnknownTenantIsRefused) {
  auto prepared = prepare_key(source(JwsAlgorithm::kEdDSA, "k", KeyStatus::kActive), kSigners);
  EXPECT_FALSE(builder_.put_key(9, std::move(*prepared)));
}

TEST_F(KeySetBuilderTest, WhatDidNotChangeIsSharedWithTheSnapshotBefore) {
  builder_.put_tenant(1, "acme", 0);
  put(0, source(JwsAlgorithm::kEdDSA, "a", KeyStatus::kActive));
  put(1, source(JwsAlgorithm::kEdDSA, "b", KeyStatus::kActive));
  const auto before = builder_.build();
  put(1, source(JwsAlgorithm::kES256, "c", KeyStatus::kActive));
  const auto after = builder_.build();
  EXPECT_EQ(before->tenant(0), after->tenant(0));
  EXPECT_NE(before->tenant(1), after->tenant(1));
  EXPECT_EQ(before->tenant(1)->by_kid("b"), after->tenant(1)->by_kid("b")) << "signers were made again";
  EXPECT_EQ(before->tenant(1)->by_kid("c"), nullptr) << "a published snapshot changed";
}

TEST_F(KeySetBuilderTest, EntityTagsChangeWithTheirDocuments) {
  const auto empty = builder_.build();
  put(0, source(JwsAlgorithm::kEdDSA, "a", KeyStatus::kActive));
  const auto with_key = builder_.build();
  EXPECT_NE(empty->tenant(0)->jwks_etag, with_key->tenant(0)->jwks_etag);
  EXPECT_EQ(empty->tenant(0)->metadata_etag, with_key->tenant(0)->metadata_etag);
  EXPECT_EQ(with_key->tenant(0)->jwks_etag.size(), 24u);
  EXPECT_EQ(with_key->tenant(0)->jwks_etag.front(), '"');
  EXPECT_EQ(with_key->tenant(0)->jwks_etag.back(), '"');
  builder_.set_issuer("https://other.example");
  const auto moved = builder_.build();
  EXPECT_NE(moved->tenant(0)->metadata_etag, with_key->tenant(0)->metadata_etag);
  EXPECT_EQ(moved->tenant(0)->jwks_etag, with_key->tenant(0)->jwks_etag);
  EXPECT_NE(moved->tenant(0)->metadata.find("https://other.example/oauth2/token"), std::string::npos);
  EXPECT_EQ(moved->tenant(0)->by_kid("a"), with_key->tenant(0)->by_kid("a"));
}

TEST_F(KeySetBuilderTest, AKeyPutAgainReplacesItself) {
  KeySource first = source(JwsAlgorithm::kEdDSA, "a", KeyStatus::kPending);
  KeySource again = first;
  again.status = KeyStatus::kActive;
  put(0, std::move(first));
  put(0, std::move(again));
  const auto set = builder_.build();
  EXPECT_EQ(set->tenant(0)->keys.size(), 1u);
  EXPECT_EQ(set->tenant(0)->active(JwsAlgorithm::kEdDSA, "")->kid, "a");
}

using PrepareKey = KeySetBuilderTest;

TEST_F(PrepareKey, RefusesHalvesThatDoNotBelongTogether) {
  KeySource mixed = source(JwsAlgorithm::kEdDSA, "a", KeyStatus::kActive);
  mixed.private_key = make_private(JwsAlgorithm::kEdDSA);
  EXPECT_NE(refusal(mixed), "");
  mixed.private_key.reset();
  EXPECT_NE(refusal(mixed), "") << "an active key without its private half";
}

TEST_F(PrepareKey, RefusesAnAlgorithmThatIsNotTheKeysOwn) {
  // RFC 8725 3.1; EdDSA and Ed25519 are the same mathematics and still two algorithms.
  KeySource renamed = source(JwsAlgorithm::kEdDSA, "a", KeyStatus::kActive);
  renamed.algorithm = JwsAlgorithm::kEd25519;
  EXPECT_NE(refusal(renamed), "");
  KeySource weaker = source(JwsAlgorithm::kHS512, "a", KeyStatus::kActive, "urn:one");
  weaker.algorithm = JwsAlgorithm::kHS256;
  EXPECT_NE(refusal(weaker), "");
  // CVE-2015-9235: a public key taken for an HMAC secret.
  KeySource confused = source(JwsAlgorithm::kRS256, "a", KeyStatus::kActive);
  confused.algorithm = JwsAlgorithm::kHS256;
  EXPECT_NE(refusal(confused), "");
}

TEST_F(PrepareKey, RefusesAPrivateHalfOnAKeyThatNoLongerSigns) {
  KeySource retiring = source(JwsAlgorithm::kEdDSA, "a", KeyStatus::kActive);
  retiring.status = KeyStatus::kRetiring;
  EXPECT_NE(refusal(retiring), "");
}

TEST_F(PrepareKey, RefusesBadKidsAndMisplacedAudiences) {
  KeySource key = source(JwsAlgorithm::kEdDSA, "a", KeyStatus::kActive);
  key.kid = "../a";
  EXPECT_NE(refusal(key), "");
  key.kid = "b";
  EXPECT_NE(refusal(key), "") << "the JWK carries another kid";
  key.kid = "a";
  key.audience = "urn:one";
  EXPECT_NE(refusal(key), "");
  KeySource hmac = source(JwsAlgorithm::kHS256, "h", KeyStatus::kActive, "urn:one");
  hmac.audience.clear();
  EXPECT_NE(refusal(hmac), "");
  hmac.audience = "urn:one";
  hmac.public_jwk = key.public_jwk;
  EXPECT_NE(refusal(hmac), "");
}

}  // namespace
}  // namespace signet
