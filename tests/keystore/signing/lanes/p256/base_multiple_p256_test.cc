// Multiples of the base point by chosen scalars, those too that no hash will ever give.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/keystore/signing/lanes/p256/p256_primitives.h"
#include "tests/keystore/signing/lanes/p256/reference.h"

namespace signet::lanes::p256 {
namespace {

// The three k for which the addition is wrong at the top window (base_multiple_p256.h).
std::vector<BigNumber> exceptional() {
  const BigNumber top = BigNumber(255) * BigNumber::power_of_two(248) % order();
  return {BigNumber(0), top, order() - top};
}

class P256BaseMultiple : public testing::TestWithParam<Primitives> {
 protected:
  // Each k G is OpenSSL's, on the curve; the exceptional k alone are refused.
  void expect_multiples(const std::vector<BigNumber>& scalars) {
    const BigNumber offset = (BigNumber::power_of_two(256) - BigNumber(1)) * BigNumber(2).inverse(order());
    Limbs limbs;
    for (size_t lane = 0; lane < kLanes; ++lane) {
      const auto own = ((scalars[lane] + offset) % order()).limbs(5, 52);
      for (size_t k = 0; k < 5; ++k) limbs.limb[k][lane] = own[k];
    }
    const Multiple got = on_.base_multiple(*base_table(), limbs);
    for (size_t lane = 0; lane < kLanes; ++lane) {
      const BigNumber scalar = scalars[lane] % order();
      const bool refused = std::ranges::count(exceptional_, scalar) != 0;
      ASSERT_EQ(got.refused >> lane & 1, refused ? 1 : 0) << scalar.hex();
      if (refused) continue;
      ASSERT_EQ(got.off_curve >> lane & 1, 0) << scalar.hex();
      const AffinePoint wanted = multiple(scalar);
      ASSERT_EQ(value(got.x, lane), wanted.x) << scalar.hex();
      ASSERT_EQ(value(got.y, lane), wanted.y) << scalar.hex();
    }
  }
  void expect_all(std::vector<BigNumber> all) {
    while (all.size() % kLanes != 0) all.push_back(all.front());
    for (auto at = all.begin(); at != all.end(); at += kLanes) {
      ASSERT_NO_FATAL_FAILURE(expect_multiples({at, at + kLanes}));
    }
  }
  // The k whose digits are the octets of this k'.
  static BigNumber of_digits(const BigNumber& with_offset) {
    const BigNumber offset = (BigNumber::power_of_two(256) - BigNumber(1)) * BigNumber(2).inverse(order());
    return (with_offset - offset) % order();
  }
  static BigNumber value(const Limbs& limbs, size_t lane) {
    std::vector<uint64_t> own;
    for (const auto& limb : limbs.limb) own.push_back(limb[lane]);
    return BigNumber::of_limbs(own, 52);
  }
  const Primitives& on_ = GetParam();
  const std::vector<BigNumber> exceptional_ = exceptional();
};

TEST_P(P256BaseMultiple, OfTheEndsOfTheRange) {
  const BigNumber &n = order(), middle = (n - BigNumber(1)) * BigNumber(2).inverse(n) % n;
  std::vector<BigNumber> all;
  for (uint64_t i = 0; i < 8; ++i) {
    const BigNumber by = i;
    all.insert(all.end(), {BigNumber(i + 1), n - BigNumber(i + 1), middle + by, middle - by});
    // The ends of k' itself.
    all.insert(all.end(), {of_digits(by), of_digits(n - BigNumber(i + 1))});
  }
  for (int bit = 0; bit < 256; ++bit) {
    const BigNumber power = BigNumber::power_of_two(bit) % n;
    all.insert(all.end(), {power, n - power, of_digits(power), of_digits(n - power)});
  }
  expect_all(all);
}

TEST_P(P256BaseMultiple, TheThreeExceptionalScalarsAreRefused) {
  ASSERT_EQ(exceptional_.size(), 3U);
  const std::vector<BigNumber> others = {1, 2, 3, 4, 5, 6, 7};
  for (const BigNumber& k : exceptional_) {
    for (size_t lane = 0; lane < kLanes; ++lane) {
      std::vector<BigNumber> scalars = others;
      scalars.insert(scalars.begin() + static_cast<std::ptrdiff_t>(lane), k);
      ASSERT_NO_FATAL_FAILURE(expect_multiples(scalars));  // in that lane alone
    }
    expect_multiples(std::vector<BigNumber>(kLanes, k));
  }
  const BigNumber &zero = exceptional_[0], &top = exceptional_[1], &opposite = exceptional_[2];
  expect_multiples({zero, top, opposite, zero, top, opposite, zero, top});
}

TEST_P(P256BaseMultiple, NeighboursOfTheExceptionalScalarsAreNotRefused) {
  std::vector<BigNumber> all;
  for (const BigNumber& k : exceptional_) {
    for (int bit = 0; bit < 256; ++bit) {
      const BigNumber by = BigNumber::power_of_two(bit);
      all.insert(all.end(), {(k + by) % order(), (k - by) % order()});
    }
  }
  // What would be exceptional at another window, with another sign or with twice as much.
  for (int window = 0; window < 31; ++window) {
    const BigNumber top = BigNumber(255) * BigNumber::power_of_two(8 * window);
    all.insert(all.end(), {top, order() - top, (top + exceptional_[1]) % order(), (top + exceptional_[2]) % order()});
  }
  all.insert(all.end(),
             {(exceptional_[1] + exceptional_[1]) % order(), exceptional_[1] * BigNumber(2).inverse(order())});
  expect_all(all);
}

TEST_P(P256BaseMultiple, OfPatternsOfDigits) {
  std::vector<BigNumber> all;
  for (const uint64_t pattern : {0x0000000000000000ULL, 0xffffffffffffffffULL, 0x5555555555555555ULL,
                                 0xaaaaaaaaaaaaaaaaULL, 0x7f7f7f7f7f7f7f7fULL, 0x8080808080808080ULL}) {
    for (const uint64_t other : {0x0000000000000000ULL, 0xffffffffffffffffULL, 0x8080808080808080ULL}) {
      for (const auto& words : {std::vector{pattern, other, pattern, other},
                                {other, pattern, other, pattern},
                                {pattern, pattern, other, other},
                                {pattern, pattern, pattern, other}}) {
        const BigNumber k = BigNumber::of_limbs(words, 64) % order();
        all.insert(all.end(), {k, of_digits(k)});
      }
    }
  }
  std::erase_if(all, [&](const BigNumber& k) { return std::ranges::count(exceptional_, k) != 0; });
  expect_all(all);
}

TEST_P(P256BaseMultiple, OfEachDigitInEachWindow) {
  // Neighbours have neighbouring digits, so that over all sums each window has had each.
  std::vector<BigNumber> all;
  for (uint64_t digit = 0; digit < 256; ++digit) {
    BigNumber sum = 0;
    for (int window = 0; window < kWindows; ++window) {
      sum = sum + BigNumber((digit + static_cast<uint64_t>(window)) % 256) * BigNumber::power_of_two(8 * window);
    }
    all.push_back(of_digits(sum % order()));
  }
  expect_all(all);
}

TEST_P(P256BaseMultiple, OfScalarsThatDifferInOneBit) {
  std::mt19937_64 random(29);
  const BigNumber k = BigNumber::of_limbs({random(), random(), random(), random() >> 1}, 64);
  std::vector<BigNumber> all;
  for (int bit = 0; bit < 256; ++bit) all.push_back(of_digits((k + BigNumber::power_of_two(bit)) % order()));
  expect_all(all);
}

INSTANTIATE_TEST_SUITE_P(Vectors, P256BaseMultiple, testing::ValuesIn(all_primitives()), NameOfPrimitives());

}  // namespace
}  // namespace signet::lanes::p256
