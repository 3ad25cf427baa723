#include "keystore/keys/key_set_age.h"

#include <gtest/gtest.h>

#include <vector>

#include "keystore/keys/key_life.h"

namespace signet {
namespace {

constexpr UnixSeconds kNow = 1'800'000'000;
constexpr uint32_t kPromised = 300;

uint32_t age(std::vector<UnixSeconds> steps, uint32_t promised_s = kPromised, UnixSeconds now = kNow) {
  return key_set_max_age_s(steps, now, promised_s);
}

TEST(KeySetAge, IsWhatWasPromisedWhileNothingIsPlanned) {
  EXPECT_EQ(age({}), kPromised);
  EXPECT_EQ(age({kNow + 10'000}), kPromised);
}

TEST(KeySetAge, EndsExactlyAtTheNextStep) {
  EXPECT_EQ(age({kNow + kPromised + 1}), kPromised);
  EXPECT_EQ(age({kNow + kPromised}), kPromised);
  EXPECT_EQ(age({kNow + kPromised - 1}), kPromised - 1);
  EXPECT_EQ(age({kNow + kKeySetAgeMinS + 1}), kKeySetAgeMinS + 1);
  EXPECT_EQ(age({kNow + 100, kNow + 200}), 100u) << "the first one counts";
}

TEST(KeySetAge, IsNeverLessThanItsLeast) {
  for (const UnixSeconds left : {kKeySetAgeMinS, kKeySetAgeMinS - 1, 1u, 0u}) {
    EXPECT_EQ(age({kNow + left}), kKeySetAgeMinS) << left;
  }
}

TEST(KeySetAge, IsShortWhileAStepIsLateButNotForEver) {
  EXPECT_EQ(age({kNow - 1}), kKeySetAgeMinS);
  EXPECT_EQ(age({kNow - kVerifierReloadS + 1}), kKeySetAgeMinS);
  EXPECT_EQ(age({kNow - kVerifierReloadS}), kPromised) << "nobody knows any more when it will be made";
  EXPECT_EQ(age({0}), kPromised);
  EXPECT_EQ(age({kNow - kVerifierReloadS, kNow + 100}), 100u) << "and the one after it counts";
}

TEST(KeySetAge, IsNeverMoreThanWasPromised) {
  for (const uint32_t promised : {0u, 1u, kKeySetAgeMinS - 1, kKeySetAgeMinS, kKeySetAgeMinS + 1, 86'400u}) {
    for (UnixSeconds step = kNow - 200; step < kNow + 200; ++step) EXPECT_LE(age({step}, promised), promised) << step;
  }
}

TEST(KeySetAge, IsZeroOnlyWhereThatWasPromised) {
  for (UnixSeconds step = kNow - 200; step < kNow + 200; ++step) EXPECT_GE(age({step}, 1), 1u) << step;
  EXPECT_EQ(age({kNow + 100}, 0), 0u);
}

// As every second passes: a copy that is taken then is good until the step, or until its least.
TEST(KeySetAge, NoCopyOutlivesAStepByMoreThanItsLeast) {
  const UnixSeconds step = kNow + 1000;
  for (UnixSeconds taken = kNow; taken <= step; ++taken) {
    EXPECT_LE(taken + age({step}, kPromised, taken), step + kKeySetAgeMinS);
    EXPECT_GE(taken + age({step}, kPromised, taken), std::min(step, taken + kPromised)) << "nor is it asked too often";
  }
}

TEST(KeySetAge, AFarTimeIsNoSmallOne) {
  EXPECT_EQ(age({INT64_MAX}), kPromised);
  EXPECT_EQ(age({kNow + (UnixSeconds{1} << 32)}), kPromised) << "not cut to 32 bits";
}

}  // namespace
}  // namespace signet
