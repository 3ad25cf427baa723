// The field in eight lanes beside a slow reference, with extreme limbs, and the bounds that its comments claim.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "tests/keystore/signing/lanes/big_number.h"
#include "tests/keystore/signing/lanes/extreme.h"
#include "tests/keystore/signing/lanes/primitives.h"

namespace signet::lanes {
namespace {

constexpr uint64_t kLow52 = (uint64_t{1} << 52) - 1;
constexpr uint64_t kTopLimb = (uint64_t{1} << 47) + (uint64_t{1} << 8) - 1;  // of a carried element

class Source {
 public:
  explicit Source(uint64_t seed) : random_(seed) {}

  // Any carried element: limbs at both ends of their range, what is left over above them at both ends too.
  Limbs carried() {
    Limbs r;
    for (size_t k = 0; k < 5; ++k) {
      for (uint64_t& limb : r[k]) limb = k == 4 ? extreme(kTopLimb) : extreme(kLow52) | extreme(0xfff) << 52;
    }
    return r;
  }
  // Any loose element, below 2^59.
  Limbs loose() {
    Limbs r;
    for (auto& lanes : r) {
      for (uint64_t& limb : lanes) limb = extreme((uint64_t{1} << 59) - 1);
    }
    return r;
  }
  uint64_t extreme(uint64_t max) { return lanes::extreme(random_, max); }
  uint64_t operator()() { return random_(); }

 private:
  std::mt19937_64 random_;
};

BigNumber value_of(const Limbs& limbs, size_t lane, bool carried) {
  std::vector<uint64_t> own;
  for (size_t k = 0; k < 5; ++k) own.push_back(carried && k < 4 ? limbs[k][lane] & kLow52 : limbs[k][lane]);
  return BigNumber::of_limbs(own, 52);
}
BigNumber carried_value(const Limbs& limbs, size_t lane) { return value_of(limbs, lane, true); }
BigNumber loose_value(const Limbs& limbs, size_t lane) { return value_of(limbs, lane, false); }

class Field25519 : public testing::TestWithParam<Primitives> {
 protected:
  static constexpr int kRounds = 1500;  // of eight lanes
  const Primitives& on_ = GetParam();
  const BigNumber& p_ = prime25519();
};

TEST_P(Field25519, ProductsAreThoseOfTheReferenceAndBelowTheirBound) {
  Source source(1);
  uint64_t largest = 0;
  for (int round = 0; round < kRounds; ++round) {
    const Limbs a = source.carried(), b = source.carried();
    const Limbs c = on_.multiply(a, b);
    for (size_t lane = 0; lane < 8; ++lane) {
      ASSERT_EQ(loose_value(c, lane) % p_, carried_value(a, lane) * carried_value(b, lane) % p_) << round;
      for (const Lane8& limb : c) largest = std::max(largest, limb[lane]);
    }
  }
  EXPECT_LE(largest, 10 * kLow52 + 608);
  EXPECT_LT(std::log2(static_cast<double>(largest)), 55.33);
}

TEST_P(Field25519, TwoProductsAtOnceCarryTheirBiases) {
  Source source(2);
  for (int round = 0; round < kRounds; ++round) {
    const Limbs a = source.carried(), b = source.carried(), c = source.carried(), d = source.carried();
    Limbs first, second;
    on_.multiply_two(a, b, c, d, first, second);
    for (size_t lane = 0; lane < 8; ++lane) {
      ASSERT_EQ(loose_value(first, lane) % p_, carried_value(a, lane) * carried_value(b, lane) % p_);
      ASSERT_EQ(loose_value(second, lane) % p_, carried_value(c, lane) * carried_value(d, lane) % p_);
      for (size_t k = 0; k < 5; ++k) {
        // A product is nowhere above the first bias, that bias less a product nowhere above the second, and what is
        // added up from all three stays below what may be carried.
        ASSERT_GT(first[k][lane], 10 * kLow52 + 608);
        ASSERT_GT(second[k][lane], uint64_t{1} << 56);
        ASSERT_LT(second[k][lane] + (uint64_t{1} << 56), uint64_t{1} << 59);
      }
    }
  }
}

TEST_P(Field25519, CarryingKeepsTheValueAndItsBound) {
  Source source(3);
  for (int round = 0; round < kRounds; ++round) {
    const Limbs a = source.loose();
    const Limbs c = on_.carry(a);
    for (size_t lane = 0; lane < 8; ++lane) {
      ASSERT_EQ(carried_value(c, lane) % p_, loose_value(a, lane) % p_) << round;
      ASSERT_LE(c[4][lane], kTopLimb);
      ASSERT_LT(carried_value(c, lane), BigNumber::power_of_two(255) + BigNumber::power_of_two(217));
    }
  }
}

TEST_P(Field25519, FreezingGivesTheOneRepresentative) {
  Source source(4);
  for (int round = 0; round < kRounds; ++round) {
    const Limbs a = source.carried();
    const Words4 w = on_.freeze(a);
    for (size_t lane = 0; lane < 8; ++lane) {
      ASSERT_EQ(BigNumber::of_limbs({w[0][lane], w[1][lane], w[2][lane], w[3][lane]}, 64), carried_value(a, lane) % p_);
    }
  }
}

TEST_P(Field25519, FreezingAroundThePrimeAndItsEnds) {
  for (int from = -24; from < 64; from += 8) {
    Limbs a{};
    for (size_t lane = 0; lane < 8; ++lane) {
      const int offset = from + static_cast<int>(lane);
      const BigNumber value =
          offset < 0 ? p_ - BigNumber(static_cast<uint64_t>(-offset)) : p_ + BigNumber(static_cast<uint64_t>(offset));
      const auto limbs = value.limbs(5, 52);
      for (size_t k = 0; k < 5; ++k) a[k][lane] = limbs[k];
    }
    const Words4 w = on_.freeze(a);
    for (size_t lane = 0; lane < 8; ++lane) {
      EXPECT_EQ(BigNumber::of_limbs({w[0][lane], w[1][lane], w[2][lane], w[3][lane]}, 64), carried_value(a, lane) % p_)
          << from + static_cast<int>(lane);
    }
  }
}

TEST_P(Field25519, WordsAreUnpackedAsTheyAre) {
  Source source(5);
  for (int round = 0; round < kRounds; ++round) {
    Words4 w;
    for (size_t i = 0; i < 4; ++i) {
      for (uint64_t& word : w[i]) word = source.extreme(i == 3 ? ~uint64_t{0} >> 1 : ~uint64_t{0});
    }
    const Limbs a = on_.unpack(w);
    for (size_t lane = 0; lane < 8; ++lane) {
      ASSERT_EQ(carried_value(a, lane), BigNumber::of_limbs({w[0][lane], w[1][lane], w[2][lane], w[3][lane]}, 64));
    }
  }
}

TEST_P(Field25519, LanesAreInvertedEachByItself) {
  Source source(6);
  for (int round = 0; round < 60; ++round) {
    Limbs a = source.carried();
    for (size_t lane = 0; lane < 8; ++lane) {
      if (carried_value(a, lane) % p_ == BigNumber(0)) a[0][lane] ^= 1;
    }
    const Limbs inverse = on_.invert(a);
    for (size_t lane = 0; lane < 8; ++lane) {
      ASSERT_EQ(carried_value(inverse, lane) * carried_value(a, lane) % p_, BigNumber(1)) << round;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Vectors, Field25519, testing::ValuesIn(all_primitives()), NameOfPrimitives());

}  // namespace
}  // namespace signet::lanes
