// Keys of dialects in the snapshot: found by their dialect and revision, and by nothing that ordinary tokens go
// through.
#include <gtest/gtest.h>

#include "keystore/keys/check_signatures.h"
#include "keystore/keys/key_set_builder.h"
#include "protocol/base/digest.h"
#include "protocol/jwt/access_token.h"

namespace signet {
namespace {

using enum JwsAlgorithm;

class DialectKeyTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(signing_start() && digest_start()); }

  static KeySource source(JwsAlgorithm algorithm, std::string kid, std::string dialect,
                          KeyStatus status = KeyStatus::kActive) {
    KeySource source{.kid = std::move(kid), .algorithm = algorithm, .status = status, .dialect = std::move(dialect)};
    source.private_key = generate_private_key(algorithm, 2048).value();
    source.created_at = ++created_at_;
    source.revision = static_cast<uint64_t>(created_at_);
    if (auto jwk = source.private_key->public_jwk()) {
      jwk->kid = source.kid;
      source.public_jwk = write_jwk(*jwk);
    }
    if (status > KeyStatus::kActive) source.private_key.reset();
    return source;
  }
  void put(KeySource from, uint32_t tenant = 0) {
    auto prepared = prepare_key(std::move(from), 1);
    ASSERT_TRUE(prepared.has_value()) << prepared.error();
    ASSERT_TRUE(builder_.put_key(tenant, *std::move(prepared)));
  }
  static std::string refusal(KeySource from) {
    const auto prepared = prepare_key(std::move(from), 1);
    return prepared ? "" : prepared.error();
  }

  static inline UnixSeconds created_at_ = 0;
  KeySetBuilder builder_{"https://id.example"};
};

TEST_F(DialectKeyTest, IsFoundByItsDialectAndRevision) {
  put(source(kHS256, "one", "novapost"));
  put(source(kHS512, "two", "vietqr"));
  put(source(kRS256, "three", "vcloud"));
  const auto set = builder_.build();
  const TenantKeys& tenant = *set->tenant(0);
  for (const auto& [dialect, kid] : {std::pair("novapost", "one"), {"vietqr", "two"}, {"vcloud", "three"}}) {
    const SigningKey* key = tenant.dialect_key(dialect);
    ASSERT_NE(key, nullptr) << dialect;
    EXPECT_EQ(key->kid, kid);
    EXPECT_EQ(key->signers.size(), 1u);
    EXPECT_TRUE(can_check_with(*key, 0));
    EXPECT_EQ(tenant.by_revision(key->revision), key);
    EXPECT_EQ(tenant.any_by_kid(kid), key);
  }
  for (const char* other : {"", "novapos", "novapostt", "Novapost", "a", "z"}) {
    EXPECT_EQ(tenant.dialect_key(other), nullptr) << other;
  }
}

TEST_F(DialectKeyTest, IsFoundByNothingThatOrdinaryTokensGoThrough) {
  for (const JwsAlgorithm algorithm : kAllJwsAlgorithms) {
    const auto number = std::to_string(static_cast<int>(algorithm));
    put(source(algorithm, "k" + number, "d" + number));
  }
  const auto set = builder_.build();
  const TenantKeys& tenant = *set->tenant(0);
  EXPECT_EQ(tenant.jwks, R"({"keys":[]})") << "a verifier would take a dialect's tokens for access tokens";
  for (const JwsAlgorithm algorithm : kAllJwsAlgorithms) {
    const std::string kid = "k" + std::to_string(static_cast<int>(algorithm));
    EXPECT_EQ(tenant.active(algorithm, ""), nullptr) << kid;
    EXPECT_EQ(tenant.by_kid(kid), nullptr) << kid;
    EXPECT_EQ(tenant.by_header(encode_access_token_header(algorithm, kid)), nullptr) << kid;
    EXPECT_FALSE(builder_.has_key_for(0, algorithm, "")) << "the first ordinary key would have to wait";
  }
  EXPECT_EQ(tenant.by_header(""), nullptr) << "their header is empty";
}

TEST_F(DialectKeyTest, AnOrdinaryKeyIsNoDialects) {
  KeySource ordinary = source(kEdDSA, "plain", "");
  put(ordinary);
  put(source(kEdDSA, "special", "vcloud"));
  const auto set = builder_.build();
  const TenantKeys& tenant = *set->tenant(0);
  EXPECT_EQ(tenant.dialect_key(""), nullptr);
  EXPECT_EQ(tenant.active(kEdDSA, "")->kid, "plain");
  EXPECT_EQ(tenant.dialect_key("vcloud")->kid, "special");
  EXPECT_FALSE(builder_.has_dialect_key(0, "plain"));
  EXPECT_TRUE(builder_.has_dialect_key(0, "vcloud"));
  EXPECT_EQ(tenant.jwks.find("special"), std::string::npos);
}

TEST_F(DialectKeyTest, OnlyTheActiveOneSigns) {
  put(source(kES256, "pending", "vcloud", KeyStatus::kPending));
  put(source(kES256, "retiring", "vcloud", KeyStatus::kRetiring));
  EXPECT_FALSE(builder_.has_dialect_key(0, "vcloud"));
  auto set = builder_.build();
  EXPECT_EQ(set->tenant(0)->dialect_key("vcloud"), nullptr);
  put(source(kRS256, "active", "vcloud"));
  set = builder_.build();
  EXPECT_EQ(set->tenant(0)->dialect_key("vcloud")->kid, "active");
}

TEST_F(DialectKeyTest, BelongsToOneTenant) {
  builder_.put_tenant(1, "acme", 5);
  put(source(kHS256, "theirs", "novapost"), 1);
  const auto set = builder_.build();
  EXPECT_EQ(set->tenant(0)->dialect_key("novapost"), nullptr);
  EXPECT_NE(set->tenant(1)->dialect_key("novapost"), nullptr);
}

TEST_F(DialectKeyTest, RefusesWhatDoesNotBelongTogether) {
  KeySource bound = source(kHS256, "a", "novapost");
  bound.audience = "urn:one";
  EXPECT_NE(refusal(bound), "") << "a dialect's HMAC key has no audience";
  EXPECT_NE(refusal(source(kHS256, "a", "")), "") << "an ordinary one has";
  KeySource shown = source(kHS256, "a", "novapost");
  shown.public_jwk = "{}";
  EXPECT_NE(refusal(shown), "");
  for (const char* name : {"Novapost", "9a", "-a", "a_b", "a b", "a\xC3\xA9", "abcdefghijklmnopqrstuvwxyzabcdefg"}) {
    EXPECT_NE(refusal(source(kHS256, "a", name)), "") << name;
  }
}

TEST(DialectName, IsALetterAndThenLettersDigitsAndHyphens) {
  for (const char* good : {"a", "vcloud", "a-9", "abcdefghijklmnopqrstuvwxyzabcdef"}) {
    EXPECT_TRUE(valid_dialect_name(good)) << good;
  }
  EXPECT_FALSE(valid_dialect_name(""));
  EXPECT_FALSE(valid_dialect_name(std::string_view("a\0", 2)));
}

}  // namespace
}  // namespace signet
