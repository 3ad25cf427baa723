// One table: what was put is found until it ends, and nothing else is.
#include "keystore/revocation/revocation_table.h"

#include <gtest/gtest.h>

#include <random>
#include <unordered_map>
#include <vector>

namespace signet {
namespace {

constexpr UnixSeconds kDay = 24 * 60 * 60;
constexpr UnixSeconds kSome = 1'800'000'000;

RevocationHash hash_of(std::mt19937_64& random) { return {random() | 2, static_cast<uint16_t>(random())}; }

TEST(RevocationBucket, AnEntryEndsNoEarlierThanItExpires) {
  for (const UnixSeconds at : {kSome, kSome + 1, kSome + 14'399, kSome + kDay}) {
    const uint16_t bucket = revocation_bucket(at);
    EXPECT_GE(bucket, revocation_buckets_ended(at)) << "ended while it may live";
    EXPECT_LT(bucket, revocation_buckets_ended(at + 4 * 60 * 60)) << "kept for ever";
  }
}

TEST(RevocationBucket, TimesOutsideTheRangeAreTheFirstAndTheLast) {
  EXPECT_EQ(revocation_bucket(0), 0);
  EXPECT_EQ(revocation_bucket(-1), 0);
  EXPECT_EQ(revocation_buckets_ended(-1), 0);
  EXPECT_EQ(revocation_bucket(INT64_MAX / 2), kBucketNever);
}

TEST(RevocationTable, FindsWhatWasPutAndNothingElse) {
  RevocationTable table(1000, false);
  std::mt19937_64 random(1);
  std::vector<RevocationHash> in, out;
  while (!table.full()) {
    in.push_back(hash_of(random));
    EXPECT_TRUE(table.put(in.back(), 7, 0));
    out.push_back(hash_of(random));
  }
  EXPECT_EQ(table.live(), in.size());
  EXPECT_GE(in.size(), 660u);
  for (const auto& hash : in) EXPECT_TRUE(table.contains(hash));
  for (const auto& hash : out) EXPECT_FALSE(table.contains(hash));
}

TEST(RevocationTable, OneBitOfTheRestTellsEntriesApart) {
  RevocationTable table(64, false);
  table.put({12345, 8}, 7, 0);
  EXPECT_FALSE(table.contains({12345, 9}));
  EXPECT_FALSE(table.contains({12346, 8}));
  EXPECT_TRUE(table.put({12345, 9}, 7, 0));
  EXPECT_TRUE(table.contains({12345, 8}));
  EXPECT_TRUE(table.contains({12345, 9}));
}

TEST(RevocationTable, TheLastSlotWrapsAroundToTheFirst) {
  RevocationTable table(64, false);
  for (uint16_t i = 0; i < 5; ++i) EXPECT_TRUE(table.put({UINT64_MAX, i}, 7, 0));
  for (uint16_t i = 0; i < 5; ++i) EXPECT_TRUE(table.contains({UINT64_MAX, i}));
  EXPECT_FALSE(table.contains({UINT64_MAX, 5}));
}

TEST(RevocationTable, PuttingTwiceIsNotNewAndOnlyRaises) {
  RevocationTable table(64, true);
  EXPECT_TRUE(table.put({99, 1}, 10, 500));
  EXPECT_FALSE(table.put({99, 1}, 5, 400));
  EXPECT_EQ(table.time_of({99, 1}), 500) << "a time never goes back";
  table.sweep(0, 64, 7);
  EXPECT_TRUE(table.contains({99, 1})) << "nor does a bucket";
  EXPECT_FALSE(table.put({99, 1}, 12, 600));
  EXPECT_EQ(table.time_of({99, 1}), 600);
  table.sweep(0, 64, 11);
  EXPECT_EQ(table.time_of({99, 1}), 600);
  EXPECT_EQ(table.live(), 1u);
  EXPECT_EQ(table.time_of({98, 1}), 0);
}

TEST(RevocationTable, ASweepDropsWhatEndedAndBreaksNoChain) {
  RevocationTable table(64, false);
  for (uint16_t i = 0; i < 20; ++i) table.put({UINT64_MAX / 2, i}, i % 2 == 0 ? 3 : 9, 0);
  size_t steps = 0;
  for (size_t at = table.sweep(0, 5, 5); at != 0; at = table.sweep(at, 5, 5)) ++steps;
  EXPECT_EQ(steps, 12u) << "bounded work";
  for (uint16_t i = 0; i < 20; ++i) EXPECT_EQ(table.contains({UINT64_MAX / 2, i}), i % 2 == 1) << i;
  EXPECT_EQ(table.live(), 10u);
  EXPECT_TRUE(table.put({UINT64_MAX / 2, 0}, 9, 0)) << "a freed slot is taken again";
  EXPECT_TRUE(table.contains({UINT64_MAX / 2, 0}));
}

TEST(RevocationTable, AnErasedEntryIsGoneAndBreaksNoChain) {
  RevocationTable table(64, false);
  for (uint16_t i = 0; i < 20; ++i) table.put({UINT64_MAX / 2, i}, kBucketNever, 0);
  for (uint16_t i = 0; i < 20; i += 2) EXPECT_TRUE(table.erase({UINT64_MAX / 2, i}));
  for (uint16_t i = 0; i < 20; ++i) EXPECT_EQ(table.contains({UINT64_MAX / 2, i}), i % 2 == 1) << i;
  EXPECT_EQ(table.live(), 10u);
  EXPECT_FALSE(table.erase({UINT64_MAX / 2, 0})) << "twice";
  EXPECT_FALSE(table.erase({UINT64_MAX / 2, 99})) << "never there";
  EXPECT_EQ(table.live(), 10u);
  EXPECT_TRUE(table.put({UINT64_MAX / 2, 0}, 3, 0)) << "a freed slot is taken again";
  EXPECT_TRUE(table.contains({UINT64_MAX / 2, 0}));
}

TEST(RevocationTable, WhatNeverEndsIsNeverSwept) {
  RevocationTable table(64, false);
  table.put({5, 5}, kBucketNever, 0);
  table.sweep(0, 64, kBucketNever);
  EXPECT_TRUE(table.contains({5, 5}));
}

TEST(RevocationTable, ACopyHoldsWhatLivesWithTimesAndBuckets) {
  RevocationTable from(500, true);
  RevocationTable to(1000, true);
  std::mt19937_64 random(2);
  std::vector<RevocationHash> hashes;
  for (int i = 0; i < 300; ++i) {
    hashes.push_back(hash_of(random));
    from.put(hashes.back(), i % 3 == 0 ? 1 : 4, 1000 + i);
  }
  to.put(hashes[1], 9, 5000);  // put meanwhile, and later than what is copied
  for (size_t at = from.copy_to(to, 0, 7, 2); at != 0; at = from.copy_to(to, at, 7, 2)) {
  }
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(to.time_of(hashes[static_cast<size_t>(i)]), i % 3 == 0 ? 0 : i == 1 ? 5000 : 1000 + i) << i;
  }
  EXPECT_EQ(to.live(), 200u);
  to.sweep(0, 1000, 5);
  EXPECT_EQ(to.live(), 1u) << "buckets were copied, and the later one was kept";
}

// Against a plain map, over random operations: the whole of the table after each.
TEST(RevocationTable, AgreesWithAMapOverRandomOperations) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    std::mt19937_64 random(seed);
    RevocationTable table(256, true);
    std::unordered_map<uint64_t, std::pair<uint16_t, UnixMs>> map;
    for (int step = 0; step < 2000 && !table.full(); ++step) {
      const uint64_t tag = 2 + random() % 60 * (UINT64_MAX / 61);
      if (random() % 10 == 0) {
        const auto ended = static_cast<uint16_t>(random() % 8);
        table.sweep(0, 256, ended);
        std::erase_if(map, [&](const auto& entry) { return entry.second.first < ended; });
      } else {
        const auto bucket = static_cast<uint16_t>(random() % 8);
        const auto time = static_cast<UnixMs>(1 + random() % 100);
        auto [at, fresh] = map.try_emplace(tag, bucket, time);
        EXPECT_EQ(table.put({tag, 3}, bucket, time), fresh) << "seed " << seed;
        at->second = {std::max(at->second.first, bucket), std::max(at->second.second, time)};
      }
      ASSERT_EQ(table.live(), map.size()) << "seed " << seed;
      for (uint64_t k = 0; k < 60; ++k) {
        const uint64_t each = 2 + k * (UINT64_MAX / 61);
        const auto at = map.find(each);
        ASSERT_EQ(table.time_of({each, 3}), at == map.end() ? 0 : at->second.second) << "seed " << seed;
      }
    }
  }
}

}  // namespace
}  // namespace signet
