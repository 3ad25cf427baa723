// Buckets in a fixed amount of memory: what happens when there are more owners than places.
#include "daemon/endpoint/bucket_table.h"

#include <gtest/gtest.h>

namespace signet {
namespace {

constexpr uint64_t kSecond = 1'000'000'000;
constexpr uint64_t kNow = 1000 * kSecond;
const RateLimit kLimit = make_rate_limit(10, 5, 1);

uint64_t taken(BucketTable& table, uint64_t hash, uint64_t now_ns = kNow) {
  uint64_t count = 0;
  while (table.take(kLimit, hash, now_ns) == 0) ++count;
  return count;
}

TEST(BucketTableTest, EachOwnerHasItsOwnBucket) {
  BucketTable table;
  EXPECT_EQ(taken(table, 1), 5u);
  EXPECT_EQ(taken(table, 2), 5u);
  EXPECT_EQ(taken(table, 1), 0u);
}

TEST(BucketTableTest, OwnersOfOneSetAreToldApart) {
  BucketTable table(1);
  for (const uint64_t hash : {10u, 11u, 12u, 13u}) EXPECT_EQ(taken(table, hash), 5u);
  for (const uint64_t hash : {10u, 11u, 12u, 13u}) EXPECT_EQ(taken(table, hash), 0u);
}

TEST(BucketTableTest, HashesThatDifferInTheirHighBitsAloneAreToldApart) {
  BucketTable table(64);
  EXPECT_EQ(taken(table, 7), 5u);
  EXPECT_EQ(taken(table, uint64_t{1} << 63 | 7), 5u);
}

TEST(BucketTableTest, AHashOfZeroIsAnOwnerLikeOthers) {
  BucketTable table(1);
  EXPECT_EQ(taken(table, 0), 5u);
  EXPECT_EQ(taken(table, 0), 0u);
  EXPECT_EQ(taken(table, 1), 5u);
  EXPECT_EQ(taken(table, 0), 0u);
}

TEST(BucketTableTest, LookingTakesNothing) {
  BucketTable table;
  for (int i = 0; i < 100; ++i) EXPECT_EQ(table.wait_ns(kLimit, 1, kNow), 0u);
  EXPECT_EQ(taken(table, 1), 5u);
  EXPECT_EQ(table.wait_ns(kLimit, 1, kNow), kLimit.interval_ns);
  EXPECT_EQ(table.wait_ns(kLimit, 1, kNow + kLimit.interval_ns), 0u);
}

TEST(BucketTableTest, ARefusalChangesNothing) {
  BucketTable table;
  taken(table, 1);
  for (int i = 0; i < 1000; ++i) table.take(kLimit, 1, kNow);
  EXPECT_EQ(table.take(kLimit, 1, kNow + kLimit.interval_ns), 0u) << "knocking does not lengthen the wait";
}

TEST(BucketTableTest, SpendingWithoutATokenMakesNoDebt) {
  BucketTable table;
  for (int i = 0; i < 1000; ++i) table.spend(kLimit, 1, kNow);
  EXPECT_EQ(table.wait_ns(kLimit, 1, kNow), kLimit.interval_ns);
}

// A peer with many addresses must not wash its record off, nor another's.
TEST(BucketTableTest, AFloodOfNewcomersNeverResetsTheWorstOffender) {
  BucketTable table(1);
  taken(table, 1);
  for (uint64_t hash = 2; hash < 10'000; ++hash) EXPECT_EQ(table.take(kLimit, hash, kNow), 0u);
  EXPECT_EQ(taken(table, 1), 0u);
}

TEST(BucketTableTest, ThreeOffendersStayBesideAFlood) {
  BucketTable table(1);
  for (const uint64_t hash : {1u, 2u, 3u}) taken(table, hash);
  for (uint64_t hash = 4; hash < 1000; ++hash) table.take(kLimit, hash, kNow);
  for (const uint64_t hash : {1u, 2u, 3u}) EXPECT_EQ(taken(table, hash), 0u);
}

TEST(BucketTableTest, TheNearestToFullMakesRoom) {
  BucketTable table(1);
  for (uint64_t hash = 1; hash <= 4; ++hash) {
    for (uint64_t i = 0; i < hash; ++i) table.take(kLimit, hash, kNow);
  }
  table.take(kLimit, 5, kNow);
  EXPECT_EQ(taken(table, 4), 1u);
  EXPECT_EQ(taken(table, 3), 2u);
  EXPECT_EQ(taken(table, 2), 3u) << "the one that had spent a single token has gone, not these";
}

TEST(BucketTableTest, APlaceIsFreeAgainWhenItsBucketIsFull) {
  BucketTable table(1);
  for (const uint64_t hash : {1u, 2u, 3u, 4u}) taken(table, hash);
  const uint64_t later = kNow + kLimit.full_ns;
  for (const uint64_t hash : {5u, 6u, 7u, 8u}) EXPECT_EQ(taken(table, hash, later), 5u);
  for (const uint64_t hash : {5u, 6u, 7u, 8u}) EXPECT_EQ(taken(table, hash, later), 0u);
  EXPECT_EQ(taken(table, 1, later), 5u) << "it was full again too: nothing was lost";
}

TEST(BucketTableTest, AnotherLimitTakesOverWhatIsThere) {
  BucketTable table;
  taken(table, 1);
  const RateLimit wider = make_rate_limit(10, 8, 1);
  uint64_t more = 0;
  while (table.take(wider, 1, kNow) == 0) ++more;
  EXPECT_EQ(more, 3u);
}

TEST(BucketTableDeathTest, SetsAreAPowerOfTwo) {
  EXPECT_DEATH(BucketTable(0), "");
  EXPECT_DEATH(BucketTable(3), "");
}

}  // namespace
}  // namespace signet
