// How many live single entries a client has.
#include "keystore/store/revocation_counts.h"

#include <gtest/gtest.h>

#include "keystore/revocation/revocation.h"

namespace signet::store {
namespace {

constexpr UnixSeconds kNow = 1'800'000'000;
constexpr UnixSeconds kHour = 3600;

TEST(RevocationCounts, CountsOverAReading) {
  RevocationCounts counts;
  EXPECT_TRUE(counts.empty());
  for (int i = 0; i < 1000; ++i) counts.add(kNow + i % 24 * kHour);
  EXPECT_EQ(counts.total(), 1000u);
  const auto read = RevocationCounts::decode(counts.encode());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->total(), 1000u);
  EXPECT_LE(counts.encode().size(), 64u) << "a handful of pairs";
}

TEST(RevocationCounts, ExpiredOnesCountNoMoreAndLiveOnesStill) {
  RevocationCounts counts;
  counts.add(kNow);
  counts.add(kNow + 20 * kHour);
  counts.forget_expired(kNow);
  EXPECT_EQ(counts.total(), 2u);
  counts.forget_expired(kNow + kRevocationMarginS + 4 * kHour);
  EXPECT_EQ(counts.total(), 1u);
  counts.forget_expired(kNow + 24 * kHour + kRevocationMarginS);
  EXPECT_EQ(counts.total(), 0u);
  EXPECT_TRUE(counts.empty());
}

TEST(RevocationCounts, ARowStaysBoundedWhateverExpiresWhen) {
  RevocationCounts counts;
  for (int i = 0; i < 5000; ++i) counts.add(kNow + i * 5 * kHour);
  for (int i = 0; i < 100; ++i) counts.add(kNow - i * 5 * kHour);
  EXPECT_EQ(counts.total(), 5100u);
  EXPECT_LE(counts.encode().size(), 200u);
  EXPECT_TRUE(RevocationCounts::decode(counts.encode()));
}

TEST(RevocationCounts, DamagedRowsAreNothingAndAreKept) {
  RevocationCounts counts;
  counts.add(kNow);
  const std::string good = counts.encode();
  for (const std::string& bad : {good.substr(0, good.size() - 1), good + "\x08", std::string("\x0a\x01\x05"),
                                 std::string("\x0a\x03\xff\xff\x7f\x12\x01\x01")}) {
    EXPECT_FALSE(RevocationCounts::decode(bad));
    EXPECT_FALSE(revocation_counts_expired(bad, kNow + 1'000'000)) << "what cannot be read is not erased";
  }
  EXPECT_FALSE(revocation_counts_expired(good, kNow));
  EXPECT_TRUE(revocation_counts_expired(good, kNow + 24 * kHour));
}

}  // namespace
}  // namespace signet::store
