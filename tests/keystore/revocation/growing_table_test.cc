// A table that grows under readers: an entry once added is never missed, whatever is copied or swept meanwhile.
#include "keystore/revocation/growing_table.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tests/support/sanitizers.h"

namespace signet {
namespace {

// Spread evenly and known from the number.
RevocationHash hash_of(uint64_t n) {
  uint64_t mixed = (n + 1) * 0x9E3779B97F4A7C15;
  mixed ^= mixed >> 29;
  mixed *= 0xBF58476D1CE4E5B9;
  return {(mixed ^ mixed >> 32) | 2, static_cast<uint16_t>(mixed)};
}

TEST(GrowingTable, HoldsMoreThanItBeganWith) {
  QuiescentDomain domain;
  GrowingTable table(domain, 64, false);
  for (uint64_t n = 0; n < 50'000; ++n) {
    EXPECT_TRUE(table.put(hash_of(n), 5, 0));
    ASSERT_TRUE(table.contains(hash_of(n)));
    ASSERT_TRUE(table.contains(hash_of(n / 2)));
    ASSERT_FALSE(table.contains(hash_of(n + 1)));
  }
  while (table.work()) {
  }
  EXPECT_EQ(table.live(), 50'000u);
  EXPECT_LE(table.bytes(), 50'000u * 24 + 8192) << "24 octets an entry";
}

TEST(GrowingTable, IsAtMostTwiceAsLargeWhileItGrows) {
  QuiescentDomain domain;
  GrowingTable table(domain, 64, false);
  for (uint64_t n = 0; n < 200'000; ++n) {
    table.put(hash_of(n), 5, 0);
    domain.poll();
    if (n > 10'000) {
      ASSERT_LE(table.bytes(), n * 48) << n;
    }
  }
}

TEST(GrowingTable, PuttingAgainIsNotNewWhileTheOldTableIsCopied) {
  QuiescentDomain domain;
  GrowingTable table(domain, 4096, true);
  for (uint64_t n = 0; n < 2731; ++n) table.put(hash_of(n), 5, 100);  // the last one began to grow it
  for (uint64_t n = 0; n < 2731; n += 100) {
    EXPECT_FALSE(table.put(hash_of(n), 5, 50)) << n;
    EXPECT_EQ(table.time_of(hash_of(n)), 100) << "a time never goes back";
  }
  EXPECT_FALSE(table.put(hash_of(2700), 5, 900));
  while (table.work()) {
  }
  EXPECT_EQ(table.time_of(hash_of(2700)), 900);
  EXPECT_EQ(table.live(), 2731u);
}

TEST(GrowingTable, WhatEndedIsSweptInBoundedSteps) {
  QuiescentDomain domain;
  GrowingTable table(domain, 200'000, false);
  for (uint64_t n = 0; n < 100'000; ++n) table.put(hash_of(n), n % 4 == 0 ? 9 : 3, 0);
  table.expire(5);
  size_t steps = 1;
  while (table.work()) ++steps;
  EXPECT_GE(steps, 200'000u / (16 * 1024)) << "one step does not walk through all of it";
  EXPECT_EQ(table.live(), 25'000u);
  for (uint64_t n = 0; n < 100'000; ++n) ASSERT_EQ(table.contains(hash_of(n)), n % 4 == 0) << n;
}

TEST(GrowingTable, DoesNotGrowByWhatHasEnded) {
  QuiescentDomain domain;
  GrowingTable table(domain, 1024, false);
  for (uint64_t n = 0; n < 100'000; ++n) {
    const auto bucket = static_cast<uint16_t>(n / 500);
    if (n % 500 == 0) table.expire(bucket);  // only the last 500 live
    table.put(hash_of(n), bucket, 0);
    table.work();
    domain.poll();
  }
  EXPECT_LE(table.bytes(), 64u * 1024);
  EXPECT_GE(table.live(), 500u);
}

// Nearly everything ended and nothing swept yet: the small new table must not be full before the large old one is
// copied.
TEST(GrowingTable, ATableOfFreedSlotsIsReplacedWithoutAPause) {
  QuiescentDomain domain;
  GrowingTable table(domain, 400'000, false);
  uint64_t n = 0;
  for (; n < 260'000; ++n) table.put(hash_of(n), 3, 0);
  table.expire(5);
  while (table.work()) {
  }
  EXPECT_EQ(table.live(), 0u);
  const uint64_t first = n;
  for (; n < first + 100'000; ++n) table.put(hash_of(n), 9, 0);
  for (uint64_t each = first; each < n; ++each) ASSERT_TRUE(table.contains(hash_of(each))) << each;
  EXPECT_EQ(table.live(), 100'000u);
}

TEST(GrowingTable, ReservesOnlyWhileItIsEmpty) {
  QuiescentDomain domain;
  GrowingTable table(domain, 64, false);
  table.reserve(100'000);
  const size_t bytes = table.bytes();
  for (uint64_t n = 0; n < 100'000; ++n) table.put(hash_of(n), 3, 0);
  EXPECT_EQ(table.bytes(), bytes) << "nothing was copied";
  table.reserve(1'000'000);
  EXPECT_EQ(table.bytes(), bytes);
  EXPECT_TRUE(table.contains(hash_of(99'999)));
}

TEST(GrowingTable, ErasesWhileTheOldTableIsCopiedWhereverTheEntryIs) {
  QuiescentDomain domain;
  GrowingTable table(domain, 4096, false);
  constexpr uint64_t kBefore = 2731;  // the last one begins to grow it
  for (uint64_t n = 0; n < kBefore; ++n) table.put(hash_of(n), kBucketNever, 0);
  // Some 64 slots are copied by each further one: some of what is erased is copied already, some is not.
  for (uint64_t n = kBefore; n < kBefore + 20; ++n) table.put(hash_of(n), kBucketNever, 0);
  for (uint64_t n = 0; n < kBefore + 20; n += 2) ASSERT_TRUE(table.erase(hash_of(n))) << n;
  for (uint64_t n = 0; n < kBefore + 20; ++n) ASSERT_EQ(table.contains(hash_of(n)), n % 2 == 1) << n;
  while (table.work()) domain.poll();
  for (uint64_t n = 0; n < kBefore + 20; ++n) ASSERT_EQ(table.contains(hash_of(n)), n % 2 == 1) << n << ", copied";
  EXPECT_EQ(table.live(), (kBefore + 20) / 2);
  EXPECT_FALSE(table.erase(hash_of(0)));
}

TEST(GrowingTable, DoesNotGrowByWhatWasErased) {
  QuiescentDomain domain;
  GrowingTable table(domain, 1024, false);
  for (uint64_t n = 0; n < 100'000; ++n) {
    table.put(hash_of(n), kBucketNever, 0);
    if (n >= 500) {
      ASSERT_TRUE(table.erase(hash_of(n - 500))) << n;
    }
    table.work();
    domain.poll();
  }
  EXPECT_EQ(table.live(), 500u);
  EXPECT_LE(table.bytes(), 64u * 1024);
}

// Readers hammer while the table grows tenfold again and again and is swept all the time.
TEST(GrowingTable, ReadersMissNothingThatWasAdded) {
  constexpr uint64_t kEntries = 400'000;
  QuiescentDomain domain;
  GrowingTable table(domain, 64, true);
  std::atomic<uint64_t> added{0};
  std::atomic<uint64_t> missed{0}, invented{0}, looked{0};
  std::atomic<bool> done{false};
  const auto read = [&](uint64_t seed) {
    auto* reader = domain.register_reader([] {});
    uint64_t state = seed;
    while (!done.load()) {
      for (int i = 0; i < 100; ++i) {
        state = state * 6364136223846793005 + 1442695040888963407;
        const uint64_t count = added.load(std::memory_order_acquire);
        if (count == 0) continue;
        const uint64_t n = (state >> 33) % count;
        if (n % 2 == 1 && table.time_of(hash_of(n)) < static_cast<UnixMs>(n + 1)) missed.fetch_add(1);
        if (table.contains(hash_of(kEntries + n))) invented.fetch_add(1);
        looked.fetch_add(1, std::memory_order_relaxed);
      }
      reader->pass();
    }
    domain.unregister_reader(reader);
  };
  std::vector<std::thread> readers;
  for (uint64_t seed = 1; seed <= 3; ++seed) readers.emplace_back(read, seed);
  for (uint64_t n = 0; n < kEntries; ++n) {
    // Even ones end at once, so that slots are freed and taken again all the time.
    table.put(hash_of(n), n % 2 == 1 ? kBucketNever : 1, static_cast<UnixMs>(n + 1));
    added.store(n + 1, std::memory_order_release);
    if (n % 1000 == 0) table.expire(static_cast<uint16_t>(2 + n / 1000));
    if (n % 16 == 0) table.work();
    if (n % 256 == 0) domain.poll();
  }
  while (table.work()) domain.poll();
  done = true;
  for (auto& reader : readers) reader.join();
  EXPECT_EQ(missed, 0u);
  EXPECT_EQ(invented, 0u);
  EXPECT_GT(looked, 1000u);
}

// A page that nobody has touched yet is cleared by whoever reads it first, and that is a pause.
TEST(GrowingTable, ReadersMeetNoFreshMemory) {
  if (kThreadSanitized) GTEST_SKIP() << "its own notes are fresh memory";
  constexpr uint64_t kEntries = 400'000;
  QuiescentDomain domain;
  GrowingTable table(domain, 64, false);
  std::atomic<bool> warm{false}, done{false};
  long faults = 0;
  std::thread thread([&] {
    auto* reader = domain.register_reader([] {});
    rusage before{}, after{};
    for (uint64_t n = 0; !done.load(std::memory_order_relaxed); ++n) {
      if (n == 1000) getrusage(RUSAGE_THREAD, &before);
      if (n == 1001) warm = true;
      table.contains(hash_of(n % kEntries));
      reader->pass();
    }
    getrusage(RUSAGE_THREAD, &after);
    faults = after.ru_minflt - before.ru_minflt;
    domain.unregister_reader(reader);
  });
  while (!warm) std::this_thread::yield();
  for (uint64_t n = 0; n < kEntries; ++n) {
    table.put(hash_of(n), kBucketNever, 0);
    if (n % 256 == 0) domain.poll();
  }
  done = true;
  thread.join();
  EXPECT_LE(faults, 20);  // there are thousands of pages; a few are the system's own doing
}

}  // namespace
}  // namespace signet
