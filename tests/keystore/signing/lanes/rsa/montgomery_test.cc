// Products and squares modulo numbers of every size beside OpenSSL's, with extreme limbs and up to the bounds that
// montgomery.h gives.
#include <gtest/gtest.h>

#include "tests/keystore/signing/lanes/rsa/numbers.h"

namespace signet::lanes {
namespace {

class MontgomeryTest : public testing::TestWithParam<RsaPrimitives> {
 protected:
  std::vector<OddModulus> moduli() {
    std::vector<OddModulus> all;
    for (const int blocks : {1, 2, 3, 4, 6}) {
      const int bits = 512 * blocks;
      const BigNumber top = BigNumber::power_of_two(bits), half = BigNumber::power_of_two(bits - 1);
      const BigNumber random = random_number(bits - 2, random_);
      for (const BigNumber& number : {top - BigNumber(1), half + BigNumber(1), half + random + random + BigNumber(1)}) {
        all.emplace_back(number, blocks);
      }
    }
    return all;
  }
  uint64_t limb(unsigned kind) {
    const uint64_t any = random_();
    switch (kind != 0 ? kind : any % 7) {
      case 1:
        return 0;
      case 2:
        return kLimbOnes;
      case 3:
        return 1;
      case 4:
        return uint64_t{1} << 51;
      default:
        return random_() & kLimbOnes;
    }
  }
  // Numbers below 2^bits, each lane of another kind; what is above 52 bits is left over from carrying.
  LaneLimbs numbers(size_t count, int bits) {
    LaneLimbs limbs{};
    for (size_t lane = 0; lane < 8; ++lane) {
      for (size_t k = 0; k < count; ++k) {
        const int left = bits - 52 * static_cast<int>(k);
        const uint64_t own = left <= 0 ? 0 : limb(lane % 5) & (left >= 52 ? kLimbOnes : (uint64_t{1} << left) - 1);
        limbs[k][lane] = own | (lane % 2 == 0 ? random_() << 52 : 0);
      }
    }
    return limbs;
  }
  void expect_product(const LaneLimbs& result, const LaneLimbs& a, const LaneLimbs& b, const OddModulus& modulus) {
    for (size_t lane = 0; lane < 8; ++lane) {
      const BigNumber of_a = number_of(a, lane, modulus.size()), of_b = number_of(b, lane, modulus.size());
      const BigNumber got = number_of(result, lane, modulus.size());
      ASSERT_EQ(got % modulus.value, modulus.without_r(of_a * of_b)) << "lane " << lane << " of " << of_a.hex();
      // Below a b / R + m.
      ASSERT_LT(got * modulus.r, of_a * of_b + modulus.value * modulus.r);
      ASSERT_LE(result[modulus.size() - 1][lane], kLimbOnes) << "the highest limb is exact";
    }
  }
  void expect_products(const LaneLimbs& a, const LaneLimbs& b, const OddModulus& modulus) {
    expect_product(on_.multiply(modulus.lanes(), a, b), a, b, modulus);
    expect_product(on_.multiply_in_place(modulus.lanes(), a, b), a, b, modulus);
  }
  void expect_squares(const LaneLimbs& a, const OddModulus& modulus) {
    expect_product(on_.square(modulus.lanes(), a), a, a, modulus);
    expect_product(on_.square_in_place(modulus.lanes(), a), a, a, modulus);
  }
  const RsaPrimitives& on_ = GetParam();
  std::mt19937_64 random_{23};
};

TEST_P(MontgomeryTest, ProductsOfNumbersBelowFourModuli) {
  for (const OddModulus& modulus : moduli()) {
    const int bits = 512 * modulus.lanes().blocks + 1;
    for (int i = 0; i < 20; ++i) {
      ASSERT_NO_FATAL_FAILURE(expect_products(numbers(modulus.size(), bits), numbers(modulus.size(), bits), modulus));
    }
  }
}

TEST_P(MontgomeryTest, SquaresOfNumbersBelowFourModuli) {
  for (const OddModulus& modulus : moduli()) {
    for (int i = 0; i < 30; ++i) {
      ASSERT_NO_FATAL_FAILURE(expect_squares(numbers(modulus.size(), 512 * modulus.lanes().blocks + 1), modulus));
    }
  }
}

// As when a number of twice the size is brought below a prime: all bits of one factor may be set.
TEST_P(MontgomeryTest, OneFactorMayBeAnythingBelowR) {
  for (const OddModulus& modulus : moduli()) {
    const int all = 52 * static_cast<int>(modulus.size());
    for (int i = 0; i < 10; ++i) {
      const LaneLimbs any = numbers(modulus.size(), all), less = numbers(modulus.size(), 512 * modulus.lanes().blocks);
      ASSERT_NO_FATAL_FAILURE(expect_products(any, less, modulus));
      ASSERT_NO_FATAL_FAILURE(expect_products(less, any, modulus));
    }
  }
}

// Far beyond what signing asks for: less than R/4 + m comes out, for which there is room.
TEST_P(MontgomeryTest, SquaresOfHalfOfR) {
  for (const OddModulus& modulus : moduli()) {
    for (int i = 0; i < 10; ++i) {
      const int bits = 52 * static_cast<int>(modulus.size()) - 1;
      ASSERT_NO_FATAL_FAILURE(expect_squares(numbers(modulus.size(), bits), modulus));
    }
  }
}

// Each limb by itself with each other: a pair that is forgotten or taken twice shows.
TEST_P(MontgomeryTest, EachPairOfLimbs) {
  for (const OddModulus& modulus : moduli()) {
    if (modulus.lanes().blocks > 3) continue;
    const size_t size = modulus.size();
    for (size_t i = 0; i < size; ++i) {
      for (size_t j = 0; j < size; j += 8) {
        LaneLimbs a{}, b{}, sum{};
        for (size_t lane = 0; lane < 8; ++lane) {
          a[i][lane] = kLimbOnes >> (i + 1 == size ? 24 : 0);
          if (j + lane < size) b[j + lane][lane] = kLimbOnes >> (j + lane + 1 == size ? 24 : 0);
          for (size_t k = 0; k < size; ++k) sum[k][lane] = a[k][lane] | b[k][lane];
        }
        ASSERT_NO_FATAL_FAILURE(expect_product(on_.multiply(modulus.lanes(), a, b), a, b, modulus));
        ASSERT_NO_FATAL_FAILURE(expect_product(on_.square(modulus.lanes(), sum), sum, sum, modulus));
      }
    }
  }
}

TEST_P(MontgomeryTest, NothingTimesAnythingIsAMultipleOfTheModulus) {
  for (const OddModulus& modulus : moduli()) {
    const LaneLimbs none{}, any = numbers(modulus.size(), 512 * modulus.lanes().blocks);
    for (const LaneLimbs& result : {on_.multiply(modulus.lanes(), none, any), on_.square(modulus.lanes(), none)}) {
      for (size_t lane = 0; lane < 8; ++lane) EXPECT_EQ(number_of(result, lane, modulus.size()), BigNumber(0));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Vectors, MontgomeryTest, testing::ValuesIn(all_rsa_primitives()), NameOfRsaPrimitives());

}  // namespace
}  // namespace signet::lanes
