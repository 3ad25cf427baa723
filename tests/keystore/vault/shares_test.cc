#include "keystore/vault/shares.h"

#include <gtest/gtest.h>
#include <sodium.h>

#include <algorithm>
#include <array>

namespace signet {
namespace {

LockedBytes secret_of(uint8_t first) {
  auto secret = LockedBytes::zeroed(32);
  for (size_t i = 0; i < 32; ++i) secret->expose_mutable()[i] = static_cast<uint8_t>(first + i * 7);
  return std::move(*secret);
}

std::optional<LockedBytes> combine(const std::vector<SecretShare>& shares, std::initializer_list<size_t> which) {
  std::vector<const SecretShare*> some;
  for (const size_t i : which) some.push_back(&shares[i]);
  return combine_shares(some);
}

bool same(const LockedBytes& a, const LockedBytes& b) { return std::ranges::equal(a.expose(), b.expose()); }

// Multiplication by the schoolbook, with another shape than the one under test: the product first, then long division.
uint8_t slow_product(unsigned a, unsigned b) {
  unsigned product = 0;
  for (unsigned i = 0; i < 8; ++i) {
    if ((b >> i & 1) != 0) product ^= a << i;
  }
  for (unsigned i = 15; i >= 8; --i) {
    if ((product >> i & 1) != 0) product ^= 0x11BU << (i - 8);
  }
  return static_cast<uint8_t>(product);
}

TEST(Gf256, MultipliesAsTheSchoolbookDoes) {
  for (unsigned a = 0; a < 256; ++a) {
    for (unsigned b = 0; b < 256; ++b) {
      ASSERT_EQ(gf256_multiply(static_cast<uint8_t>(a), static_cast<uint8_t>(b)), slow_product(a, b)) << a << " " << b;
    }
  }
  EXPECT_EQ(gf256_multiply(0x57, 0x83), 0xC1) << "the example of FIPS 197, 4.2";
}

TEST(Gf256, EveryElementButZeroHasAnInverse) {
  EXPECT_EQ(gf256_inverse(0), 0);
  for (unsigned a = 1; a < 256; ++a) {
    ASSERT_EQ(gf256_multiply(static_cast<uint8_t>(a), gf256_inverse(static_cast<uint8_t>(a))), 1) << a;
  }
}

TEST(Shares, AnyThresholdOfThemGivesTheSecretBack) {
  const LockedBytes secret = secret_of(3);
  const auto shares = split_secret(secret.expose(), 3, 5);
  ASSERT_TRUE(shares);
  ASSERT_EQ(shares->size(), 5u);
  for (size_t a = 0; a < 5; ++a) {
    for (size_t b = 0; b < 5; ++b) {
      for (size_t c = 0; c < 5; ++c) {
        if (a == b || b == c || a == c) continue;
        EXPECT_TRUE(same(*combine(*shares, {a, b, c}), secret)) << a << b << c;
      }
    }
  }
}

TEST(Shares, FewerGiveSomethingElse) {
  const LockedBytes secret = secret_of(3);
  const auto shares = split_secret(secret.expose(), 3, 5);
  EXPECT_FALSE(same(*combine(*shares, {0, 1}), secret));
  EXPECT_FALSE(same(*combine(*shares, {4}), secret));
}

// With one share less than needed every secret is as likely as any other: over many splittings the first octet of a
// share takes all values, whatever the secret is.
TEST(Shares, OneShareTellsNothing) {
  const LockedBytes secret = secret_of(0);
  std::array<int, 256> seen{};
  for (int i = 0; i < 20'000; ++i) {
    const auto shares = split_secret(secret.expose().first(1), 2, 2);
    ++seen[shares->front().value.expose()[0]];
  }
  const auto [least, most] = std::ranges::minmax(seen);
  EXPECT_GT(least, 30);  // 78 expected; 5 deviations are 44
  EXPECT_LT(most, 140);
}

TEST(Shares, OfAnotherSplittingDoNotMix) {
  const LockedBytes secret = secret_of(9);
  const auto first = split_secret(secret.expose(), 2, 3), second = split_secret(secret.expose(), 2, 3);
  const std::array<const SecretShare*, 2> mixed{&first->at(0), &second->at(1)};
  EXPECT_FALSE(same(*combine_shares(mixed), secret));
}

TEST(Shares, TheExtremesWork) {
  const LockedBytes secret = secret_of(200);
  const auto all = split_secret(secret.expose(), kSharesMax, kSharesMax);
  ASSERT_TRUE(all);
  std::vector<const SecretShare*> every;
  for (const SecretShare& share : *all) every.push_back(&share);
  EXPECT_TRUE(same(*combine_shares(every), secret));
  every.pop_back();
  EXPECT_FALSE(same(*combine_shares(every), secret));
}

}  // namespace
}  // namespace signet
