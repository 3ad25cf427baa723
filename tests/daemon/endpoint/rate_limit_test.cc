// The arithmetic of a token bucket at its edges: of rates, of time, and of numbers.
#include "daemon/endpoint/rate_limit.h"

#include <gtest/gtest.h>

#include <limits>

namespace signet {
namespace {

constexpr uint64_t kSecond = 1'000'000'000;
constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();

// Takes tokens at `now_ns` until there are none.
uint64_t taken(const RateLimit& limit, uint64_t& full_at_ns, uint64_t now_ns) {
  uint64_t count = 0;
  for (; bucket_wait_ns(limit, full_at_ns, now_ns) == 0; ++count) {
    full_at_ns = bucket_spend(limit, full_at_ns, now_ns);
  }
  return count;
}

TEST(RateLimitTest, ARateOfZeroIsNoLimit) {
  EXPECT_TRUE(make_rate_limit(0, 100, 4).off());
  EXPECT_TRUE(RateLimit{}.off());
  EXPECT_FALSE(make_rate_limit(1, 1, 1).off());
}

TEST(RateLimitTest, SharesTogetherNeverExceedTheRate) {
  for (const uint32_t rate : {1u, 3u, 7u, 10u, 999'999u, kRatePerSMax}) {
    for (const size_t shares : {1ul, 3ul, 64ul, kRateSharesMax}) {
      const RateLimit limit = make_rate_limit(rate, 1, shares);
      EXPECT_GE(limit.interval_ns * rate, kSecond * shares) << rate << " in " << shares;
      EXPECT_LT((limit.interval_ns - 1) * rate, kSecond * shares) << "no slower than the rounding asks for";
    }
  }
}

TEST(RateLimitTest, TheBurstIsWholeAndThenTheRateHolds) {
  const RateLimit limit = make_rate_limit(10, 5, 1);
  uint64_t full_at_ns = 0;
  EXPECT_EQ(taken(limit, full_at_ns, 50 * kSecond), 5u);
  EXPECT_EQ(taken(limit, full_at_ns, 50 * kSecond), 0u);
  EXPECT_EQ(taken(limit, full_at_ns, 51 * kSecond), 5u) << "a second brings ten, the bucket holds five";
  EXPECT_EQ(taken(limit, full_at_ns, 51 * kSecond + 300'000'000), 3u);
}

TEST(RateLimitTest, ATokenComesAtItsNanosecondAndNotBefore) {
  const RateLimit limit = make_rate_limit(3, 2, 1);  // an interval that no number of nanoseconds is
  uint64_t full_at_ns = 0;
  ASSERT_EQ(taken(limit, full_at_ns, kSecond), 2u);
  const uint64_t wait_ns = bucket_wait_ns(limit, full_at_ns, kSecond);
  EXPECT_EQ(wait_ns, limit.interval_ns);
  EXPECT_EQ(bucket_wait_ns(limit, full_at_ns, kSecond + wait_ns - 1), 1u);
  EXPECT_EQ(bucket_wait_ns(limit, full_at_ns, kSecond + wait_ns), 0u);
  EXPECT_EQ(taken(limit, full_at_ns, kSecond + wait_ns), 1u);
}

TEST(RateLimitTest, OverALongTimeNothingIsLostOrGiven) {
  const RateLimit limit = make_rate_limit(7, 1, 1);
  uint64_t full_at_ns = 0, now_ns = kSecond, count = 0;
  for (; now_ns < 1001 * kSecond; now_ns += bucket_wait_ns(limit, full_at_ns, now_ns)) {
    count += taken(limit, full_at_ns, now_ns);
  }
  EXPECT_EQ(count, 7000u);
}

TEST(RateLimitTest, ABurstOfOneIsABucket) {
  const RateLimit limit = make_rate_limit(1, 1, 1);
  uint64_t full_at_ns = 0;
  EXPECT_EQ(taken(limit, full_at_ns, 0), 1u) << "also at the first nanosecond of the clock";
  EXPECT_EQ(bucket_wait_ns(limit, full_at_ns, 0), kSecond);
}

TEST(RateLimitTest, AClockFarAheadFillsTheBucketAndNoMore) {
  const RateLimit limit = make_rate_limit(10, 5, 1);
  uint64_t full_at_ns = 0;
  taken(limit, full_at_ns, kSecond);
  EXPECT_EQ(taken(limit, full_at_ns, kMax / 2), 5u);
}

TEST(RateLimitTest, AClockThatWentBackShutsNobodyOutForLong) {
  const RateLimit limit = make_rate_limit(10, 5, 1);
  uint64_t full_at_ns = 0;
  taken(limit, full_at_ns, kMax / 2);
  EXPECT_EQ(bucket_wait_ns(limit, full_at_ns, kSecond), limit.interval_ns);
}

TEST(RateLimitTest, AStateOfAnOlderLimitCountsAsEmptyAtMost) {
  const RateLimit slow = make_rate_limit(1, 1000, 1), fast = make_rate_limit(100, 10, 1);
  uint64_t full_at_ns = 0;
  ASSERT_EQ(taken(slow, full_at_ns, kSecond), 1000u);
  EXPECT_EQ(bucket_wait_ns(fast, full_at_ns, kSecond), fast.interval_ns) << "not a quarter of an hour";
}

TEST(RateLimitTest, SpendingFromAnEmptyBucketMakesNoDebt) {
  const RateLimit limit = make_rate_limit(10, 2, 1);
  uint64_t full_at_ns = 0;
  for (int i = 0; i < 100; ++i) full_at_ns = bucket_spend(limit, full_at_ns, kSecond);
  EXPECT_EQ(bucket_wait_ns(limit, full_at_ns, kSecond), limit.interval_ns);
}

TEST(RateLimitTest, TheLargestNumbersDoNotWrap) {
  const RateLimit limit = make_rate_limit(1, kBurstMax, kRateSharesMax);
  EXPECT_EQ(bucket_spend(limit, kMax, kMax), kMax);
  EXPECT_EQ(bucket_spend(limit, 0, kMax - 1), kMax);
  EXPECT_EQ(bucket_wait_ns(limit, kMax, 0), limit.interval_ns);
  EXPECT_EQ(bucket_wait_ns(limit, kMax, kMax), 0u);
  EXPECT_EQ(bucket_spend(limit, kMax, 0), limit.full_ns);
}

TEST(RateLimitTest, RetryAfterIsNeverTooShort) {
  EXPECT_EQ(retry_after_s(1), 1u);
  EXPECT_EQ(retry_after_s(kSecond), 1u);
  EXPECT_EQ(retry_after_s(kSecond + 1), 2u);
  EXPECT_EQ(retry_after_s(0), 1u);
  EXPECT_EQ(retry_after_s(kMax), std::numeric_limits<uint32_t>::max());
}

TEST(RateLimitDeathTest, NumbersOutOfRangeAreABug) {
  EXPECT_DEATH(make_rate_limit(1, 0, 1), "");
  EXPECT_DEATH(make_rate_limit(1, 1, 0), "");
  EXPECT_DEATH(make_rate_limit(1, kBurstMax + 1, 1), "");
  EXPECT_DEATH(make_rate_limit(kRatePerSMax + 1, 1, 1), "");
}

}  // namespace
}  // namespace signet
