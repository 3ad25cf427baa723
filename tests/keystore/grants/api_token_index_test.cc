// The resident fingerprints: per tenant, exact, dropped by the safe time, right for readers while it is written.
#include "keystore/grants/api_token_index.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace signet {
namespace {

constexpr UnixSeconds kNow = 1'800'000'000;
constexpr UnixSeconds kDay = 24 * 60 * 60;

ApiTokenId id_of(uint64_t number) {
  const ShortHashKey key{};
  return short_hash_128(key, {reinterpret_cast<const uint8_t*>(&number), sizeof number});
}

TEST(ApiTokenIndex, KnowsWhatWasPutUntilItIsErased) {
  QuiescentDomain domain;
  ApiTokenIndex index(domain);
  for (uint64_t n = 0; n < 20'000; ++n) {
    index.put({.id = id_of(n)});
    domain.poll();
  }
  EXPECT_EQ(index.entries(), 20'000U);
  for (uint64_t n = 0; n < 20'000; n += 3) index.erase(0, id_of(n));
  for (uint64_t n = 0; n < 20'000; ++n) ASSERT_EQ(index.may_contain(0, id_of(n)), n % 3 != 0) << n;
  for (uint64_t n = 20'000; n < 40'000; ++n) ASSERT_FALSE(index.may_contain(0, id_of(n))) << n;
  EXPECT_LE(index.bytes(), 20'000U * 48) << "some 18 to 24 octets each, twice that while it grows";
}

TEST(ApiTokenIndex, AnotherTenantsIsNotThere) {
  QuiescentDomain domain;
  ApiTokenIndex index(domain);
  for (uint32_t tenant = 0; tenant < 50; ++tenant) {
    const ApiTokenId id = id_of(tenant);
    index.put({.tenant = tenant, .id = id});
    for (uint32_t other = 0; other < 50; ++other) ASSERT_EQ(index.may_contain(other, id), other == tenant);
    index.erase(tenant + 1, id);
    ASSERT_TRUE(index.may_contain(tenant, id)) << "erased in another tenant";
  }
}

TEST(ApiTokenIndex, TheLowestIdsAreKeptToo) {
  QuiescentDomain domain;
  ApiTokenIndex index(domain);
  const ApiTokenId zero{};
  ApiTokenId one{};
  one[0] = 1;
  EXPECT_FALSE(index.may_contain(0, zero));
  index.put({.id = zero});
  index.put({.id = one});
  EXPECT_TRUE(index.may_contain(0, zero));
  EXPECT_TRUE(index.may_contain(0, one));
}

TEST(ApiTokenIndex, DropsWhatExpiredByTheSafeTimeAndNothingElse) {
  QuiescentDomain domain;
  ApiTokenIndex index(domain);
  const std::vector<ApiTokenEntry> entries{{.id = id_of(1), .expires_at = kNow},
                                           {.id = id_of(2), .expires_at = kNow + 30 * kDay},
                                           {.id = id_of(3), .expires_at = 0}};
  index.put(entries);
  index.maintain(0);
  index.maintain(kNow - 1);
  EXPECT_EQ(index.entries(), 3U);
  index.maintain(kNow + kDay);
  EXPECT_FALSE(index.may_contain(0, id_of(1)));
  EXPECT_TRUE(index.may_contain(0, id_of(2)));
  index.maintain(kNow + 40 * 365 * kDay);
  EXPECT_FALSE(index.may_contain(0, id_of(2)));
  EXPECT_TRUE(index.may_contain(0, id_of(3))) << "never expires";
  EXPECT_EQ(index.entries(), 1U);
}

TEST(ApiTokenIndex, CountsWhatIsErasedOrReplacedAndNothingElse) {
  QuiescentDomain domain;
  ApiTokenIndex index(domain);
  EXPECT_EQ(index.erasures(), 0U);
  index.put({.id = id_of(1)});
  index.put({.id = id_of(2)});
  EXPECT_EQ(index.erasures(), 0U) << "a new one ends nothing";
  index.erase(0, id_of(1));
  EXPECT_EQ(index.erasures(), 1U);
  index.put({.id = id_of(2), .expires_at = kNow});
  EXPECT_EQ(index.erasures(), 2U) << "replaced";
  index.put({.id = id_of(1)});
  EXPECT_EQ(index.erasures(), 2U);
  index.erase(0, id_of(9));
  EXPECT_EQ(index.erasures(), 3U) << "too many are harmless, too few are not";
  index.maintain(kNow + kDay);
  EXPECT_EQ(index.erasures(), 3U) << "expiry is in the row";
}

// Whoever no longer sees a token sees that something was erased.
TEST(ApiTokenIndex, AnErasureIsCountedBeforeItIsSeen) {
  constexpr uint64_t kTokens = 50'000;
  QuiescentDomain domain;
  ApiTokenIndex index(domain);
  index.reserve(kTokens);
  for (uint64_t n = 0; n < kTokens; ++n) index.put({.id = id_of(n)});
  auto* reader = domain.register_reader([] {});
  std::thread looker([&] {
    for (uint64_t n = 0; n < kTokens; ++n) {
      while (index.may_contain(0, id_of(n))) reader->pass();
      ASSERT_GE(index.erasures(), n + 1);
    }
    domain.unregister_reader(reader);
  });
  for (uint64_t n = 0; n < kTokens; ++n) index.erase(0, id_of(n));
  looker.join();
}

// Readers look while tokens come and go and the table grows.
TEST(ApiTokenIndex, ReadersSeeEveryLiveOneAndNoneThatIsGone) {
  constexpr uint64_t kTokens = 60'000;
  QuiescentDomain domain;
  ApiTokenIndex index(domain);
  std::atomic<uint64_t> added{0}, gone{0}, wrong{0}, looked{0};
  std::atomic<bool> done{false};
  const auto read = [&](uint64_t seed) {
    auto* reader = domain.register_reader([] {});
    uint64_t state = seed;
    while (!done.load()) {
      for (int i = 0; i < 100; ++i) {
        state = state * 6364136223846793005 + 1442695040888963407;
        const uint64_t count = added.load(std::memory_order_acquire);
        const uint64_t removed = gone.load(std::memory_order_acquire);
        if (count == 0) continue;
        const uint64_t n = (state >> 33) % count;
        const bool seen = index.may_contain(0, id_of(n));
        // Odd ones stay; even ones go, in order.
        if (n % 2 == 1 && !seen) wrong.fetch_add(1);
        if (n % 2 == 0 && n < removed && seen) wrong.fetch_add(1);
        if (index.may_contain(1, id_of(n))) wrong.fetch_add(1);
        looked.fetch_add(1, std::memory_order_relaxed);
      }
      reader->pass();
    }
    domain.unregister_reader(reader);
  };
  std::vector<std::thread> readers;
  for (uint64_t seed = 1; seed <= 2; ++seed) readers.emplace_back(read, seed);
  for (uint64_t n = 0; n < kTokens; ++n) {
    index.put({.id = id_of(n)});
    added.store(n + 1, std::memory_order_release);
    if (n >= 1000 && n % 2 == 0) {
      index.erase(0, id_of(n - 1000));
      gone.store(n - 999, std::memory_order_release);
    }
    if (n % 64 == 0) index.maintain(kNow);
    if (n % 256 == 0) domain.poll();
  }
  done = true;
  for (auto& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0U);
  EXPECT_GT(looked, 1000U);
}

}  // namespace
}  // namespace signet
