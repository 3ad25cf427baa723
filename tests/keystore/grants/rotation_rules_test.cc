#include "keystore/grants/rotation_rules.h"

#include <gtest/gtest.h>

namespace signet {
namespace {

constexpr int64_t kWindow = 30'000;

RefreshHash hash_of(uint8_t fill) {
  RefreshHash hash;
  hash.fill(fill);
  return hash;
}

// Sequence 7 came at 100 000 ms of service, 6 at 95 000.
RotationState seventh() {
  return {.sequence = 7,
          .current_hash = hash_of(7),
          .previous_hash = hash_of(6),
          .rotated_ms = 100'000,
          .rotated_before_ms = 95'000};
}

Ruling judge(const RotationState& state, uint32_t sequence, uint8_t hash, int64_t now_ms, int64_t opened_ms = 0,
             int64_t window_ms = kWindow) {
  return judge_rotation(state, sequence, hash_of(hash),
                        {.now_ms = now_ms, .opened_ms = opened_ms, .window_ms = window_ms});
}

TEST(RotationRules, TheCurrentTokenRotatesWhenever) {
  EXPECT_EQ(judge(seventh(), 7, 7, 100'000), Ruling::kRotate);
  EXPECT_EQ(judge(seventh(), 7, 7, INT64_MAX), Ruling::kRotate);
  EXPECT_EQ(judge({.current_hash = hash_of(1)}, 1, 1, 0), Ruling::kRotate);
}

TEST(RotationRules, AWrongSecretAtTheCurrentSequenceChangesNothing) {
  EXPECT_EQ(judge(seventh(), 7, 6, 100'000), Ruling::kWrongSecret);
  EXPECT_EQ(judge(seventh(), 7, 0, 900'000), Ruling::kWrongSecret);
}

TEST(RotationRules, AWrongSecretAtThePreviousSequenceChangesNothing) {
  EXPECT_EQ(judge(seventh(), 6, 7, 100'000), Ruling::kWrongSecret);
  EXPECT_EQ(judge(seventh(), 6, 5, 900'000), Ruling::kWrongSecret) << "outside the window too";
}

TEST(RotationRules, TheOneBeforeIsRepeatedInsideTheWindow) {
  EXPECT_EQ(judge(seventh(), 6, 6, 100'000), Ruling::kRepeat);
  EXPECT_EQ(judge(seventh(), 6, 6, 129'999), Ruling::kRepeat);
}

TEST(RotationRules, TheOneBeforeIsReuseFromTheWindowsEndOn) {
  EXPECT_EQ(judge(seventh(), 6, 6, 130'000), Ruling::kReuse);
  EXPECT_EQ(judge(seventh(), 6, 6, 10'000'000), Ruling::kReuse);
}

TEST(RotationRules, WithoutAWindowNothingIsRepeated) {
  EXPECT_EQ(judge(seventh(), 6, 6, 100'000, 0, 0), Ruling::kReuse);
  EXPECT_EQ(judge(seventh(), 6, 6, 100'000, 100'000, 0), Ruling::kReuse);
}

TEST(RotationRules, TwoBackIsOvertakenWhileBothRotationsAreInside) {
  EXPECT_EQ(judge(seventh(), 5, 5, 100'000), Ruling::kOvertaken);
  EXPECT_EQ(judge(seventh(), 5, 5, 124'999), Ruling::kOvertaken);
}

TEST(RotationRules, TwoBackIsReuseOnceTheEarlierRotationIsOutside) {
  EXPECT_EQ(judge(seventh(), 5, 5, 125'000), Ruling::kReuse);
  EXPECT_EQ(judge(seventh(), 5, 5, 130'000), Ruling::kReuse);
}

TEST(RotationRules, OlderIsReuseAtAnyTime) {
  EXPECT_EQ(judge(seventh(), 4, 4, 100'000), Ruling::kReuse);
  EXPECT_EQ(judge(seventh(), 1, 1, 100'000), Ruling::kReuse);
}

TEST(RotationRules, ASequenceAboveTheRowsProvesARollBack) {
  EXPECT_EQ(judge(seventh(), 8, 8, 100'000), Ruling::kRolledBack);
  EXPECT_EQ(judge(seventh(), UINT32_MAX, 7, 100'000), Ruling::kRolledBack);
}

TEST(RotationRules, TheLastSequenceIsNotWrappedAround) {
  RotationState state = seventh();
  state.sequence = UINT32_MAX;
  EXPECT_EQ(judge(state, UINT32_MAX, 7, 100'000), Ruling::kExhausted);
  EXPECT_EQ(judge(state, UINT32_MAX - 1, 6, 100'000), Ruling::kRepeat);
}

TEST(RotationRules, ARotationYoungAtTheStartCountsAsMadeThen) {
  // Committed at 100 000; the last commit before the stop was at 129 999.
  EXPECT_EQ(judge(seventh(), 6, 6, 129'999, 129'999), Ruling::kRepeat);
  EXPECT_EQ(judge(seventh(), 6, 6, 159'998, 129'999), Ruling::kRepeat);
  EXPECT_EQ(judge(seventh(), 6, 6, 159'999, 129'999), Ruling::kReuse);
}

TEST(RotationRules, ARotationOneWindowOldAtTheStartDoesNot) {
  EXPECT_EQ(judge(seventh(), 6, 6, 130'000, 130'000), Ruling::kReuse);
}

TEST(RotationRules, ARotationAfterTheStartCountsAsItIs) {
  EXPECT_EQ(judge(seventh(), 6, 6, 129'999, 99'999), Ruling::kRepeat);
  EXPECT_EQ(judge(seventh(), 6, 6, 130'000, 99'999), Ruling::kReuse);
}

TEST(RotationRules, TwoBackHasTheWholeWindowAfterAStartToo) {
  EXPECT_EQ(judge(seventh(), 5, 5, 150'000, 124'999), Ruling::kOvertaken);
  EXPECT_EQ(judge(seventh(), 5, 5, 150'000, 125'000), Ruling::kReuse) << "the earlier one was outside already";
}

}  // namespace
}  // namespace signet
