#include "keystore/keys/key_life.h"

#include <gtest/gtest.h>

namespace signet {
namespace {

constexpr UnixSeconds kNow = 1'800'000'000;
constexpr uint32_t kSkew = 60;

KeyLife pending(uint32_t max_age_s = 300) {
  return {.status = KeyStatus::kPending, .published_at = kNow, .terms = {.max_age_s = max_age_s, .lifetime_s = 900}};
}
KeyLife retiring() {
  return {.status = KeyStatus::kRetiring,
          .published_at = kNow - 5000,
          .activated_at = kNow - 3000,
          .terms = {.retiring_at = kNow, .lifetime_s = 900}};
}

TEST(KeyLead, IsAQuarterOfAnHourAtLeast) {
  EXPECT_EQ(may_sign_from(pending(300), kSkew), kNow + 900 + 60 + 60);
  EXPECT_EQ(may_sign_from(pending(0), 0), kNow + 900 + 60);
}

TEST(KeyLead, GrowsWithWhatVerifiersWereAllowedToCache) {
  EXPECT_EQ(may_sign_from(pending(86'400), kSkew), kNow + 86'400 + 60 + 60);
}

TEST(KeyLead, OfADialectIsNone) {
  KeyLife key = pending();
  key.dialect = true;
  EXPECT_TRUE(check_activation(key, "k", kNow, kSkew, {}));
}

TEST(KeyLead, OfAnHmacKeyBeginsWhenItIsHandedOut) {
  KeyLife key = pending();
  key.symmetric = true;
  const auto refused = check_activation(key, "k", kNow + 1'000'000, kSkew, {});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().find("export-secret k"), std::string::npos) << refused.error();
  key.terms.exported_at = kNow + 10;
  EXPECT_FALSE(check_activation(key, "k", kNow + 10 + kVerifierReloadS - 1, kSkew, {}));
  EXPECT_TRUE(check_activation(key, "k", kNow + 10 + kVerifierReloadS, kSkew, {}));
}

TEST(KeyActivation, IsRefusedToTheLastSecondAndSaysWhenItWillHold) {
  const auto refused = check_activation(pending(), "k1", kNow + 1019, kSkew, {});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().find("the lead of key k1 holds at 2027-01-15T08:17:00Z"), std::string::npos)
      << refused.error();
  EXPECT_NE(refused.error().find("--before-verifiers-know"), std::string::npos);
  EXPECT_TRUE(check_activation(pending(), "k1", kNow + 1020, kSkew, {}));
}

TEST(KeyActivation, GoesThroughWithItsOverrideAlone) {
  EXPECT_TRUE(check_activation(pending(), "k", kNow, kSkew, {.before_verifiers_know = true}));
  EXPECT_FALSE(check_activation(pending(), "k", kNow, kSkew, {.while_tokens_live = true, .leave_without_key = true}));
}

TEST(KeyActivation, IsOfPendingKeysAlone) {
  for (const KeyStatus status :
       {KeyStatus::kActive, KeyStatus::kRetiring, KeyStatus::kRetired, KeyStatus::kDestroyed}) {
    KeyLife key = pending();
    key.status = status;
    EXPECT_FALSE(check_activation(key, "k", kNow + 1'000'000, kSkew, {.before_verifiers_know = true}));
  }
}

TEST(KeyRetirement, IsRefusedWhileATokenMayLive) {
  const auto refused = check_retirement(retiring(), "k1", kNow + 959, kSkew, {});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().find("the tail of key k1 holds at 2027-01-15T08:16:00Z"), std::string::npos)
      << refused.error();
  EXPECT_TRUE(check_retirement(retiring(), "k1", kNow + 960, kSkew, {}));
}

TEST(KeyRetirement, GoesThroughWithItsOverrideAlone) {
  EXPECT_TRUE(check_retirement(retiring(), "k", kNow, kSkew, {.while_tokens_live = true}));
  EXPECT_FALSE(check_retirement(retiring(), "k", kNow, kSkew, {.before_verifiers_know = true}));
}

TEST(KeyRetirement, IsRefusedForTheKeyThatSigns) {
  KeyLife key = retiring();
  key.status = KeyStatus::kActive;
  EXPECT_FALSE(check_retirement(key, "k", kNow + 1'000'000, kSkew, {.while_tokens_live = true}));
}

TEST(KeyRetirement, OfAKeyThatNeverSignedNeedsNoTail) {
  EXPECT_TRUE(check_retirement(pending(), "k", kNow, kSkew, {}));
}

TEST(KeyDestruction, IsOfRetiredKeysAlone) {
  EXPECT_FALSE(check_destruction(pending(), "k"));
  EXPECT_FALSE(check_destruction(retiring(), "k"));
  KeyLife key = retiring();
  key.status = KeyStatus::kRetired;
  EXPECT_TRUE(check_destruction(key, "k"));
  key.status = KeyStatus::kDestroyed;
  EXPECT_FALSE(check_destruction(key, "k"));
}

TEST(KeyPrivateHalf, OfAnHmacKeyStaysToCheckWith) {
  EXPECT_TRUE(keeps_private_half(KeyStatus::kRetiring, JwsAlgorithm::kHS256));
  EXPECT_FALSE(keeps_private_half(KeyStatus::kRetiring, JwsAlgorithm::kEdDSA));
  EXPECT_FALSE(keeps_private_half(KeyStatus::kRetired, JwsAlgorithm::kHS256));
}

}  // namespace
}  // namespace signet
