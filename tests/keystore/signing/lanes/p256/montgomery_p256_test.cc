// The numbers of montgomery.h in eight lanes beside OpenSSL's, modulo p and modulo n, at the ends of what their types
// allow, and the bounds that the types of the results claim.
#include <gtest/gtest.h>

#include <tuple>

#include "keystore/signing/lanes/p256/base_multiple_p256.h"
#include "keystore/signing/lanes/p256/curve_check_p256.h"
#include "keystore/signing/lanes/p256/montgomery.h"
#include "tests/keystore/signing/lanes/p256/limbs.h"
#include "tests/keystore/signing/lanes/p256/reference.h"

namespace signet::lanes::p256 {
namespace {

constexpr int kRounds = 400;  // of eight lanes

const BigNumber& r() {
  static const BigNumber r = BigNumber::power_of_two(260);
  return r;
}

class P256Modulo : public testing::TestWithParam<std::tuple<Primitives, bool>> {
 protected:
  // From `low` to `high` sixteenths of the modulus.
  bool is_within(const BigNumber& value, int low, int high) const {
    const BigNumber shifted = value * BigNumber(16) + m_ * BigNumber(static_cast<uint64_t>(1000 - low));
    return !(shifted < m_ * BigNumber(1000)) && !(m_ * BigNumber(static_cast<uint64_t>(1000 - low + high)) < shifted);
  }
  // What multiplied gives of a and b with a bias.
  void expect_product(const Limbs& got, const Limbs& a, const Limbs& b, int bias) const {
    for (size_t lane = 0; lane < kLanes; ++lane) {
      const BigNumber value = loose_value(got, lane);
      ASSERT_EQ(value * r() % m_, carried_value(a, lane) * carried_value(b, lane) % m_);
      ASSERT_TRUE(is_within(value, bias * kOnce, bias * kOnce + product_high(kFactorHigh, kFactorHigh)));
      for (const auto& limb : got.limb) {
        const auto size = static_cast<int64_t>(limb[lane]);
        ASSERT_LT(size < 0 ? -size : size, int64_t{1} << 56);
      }
    }
  }
  const ModuloPrimitives on_ = std::get<1>(GetParam()) ? std::get<0>(GetParam()).prime : std::get<0>(GetParam()).order;
  const BigNumber& m_ = std::get<1>(GetParam()) ? prime() : order();
  LimbSource source_{31, m_};
};

TEST_P(P256Modulo, ProductsAreOpenSslsAndWithinTheirTypes) {
  for (int round = 0; round < kRounds; ++round) {
    const Limbs a = source_.carried(kFactorHigh), b = source_.carried(kFactorHigh), c = source_.carried(kFactorHigh),
                d = source_.carried(kFactorHigh);
    ASSERT_NO_FATAL_FAILURE(expect_product(on_.multiply(a, b), a, b, 0));
    Limbs first, second;
    on_.multiply_two(a, b, c, d, first, second);
    ASSERT_NO_FATAL_FAILURE(expect_product(first, a, b, kFirstBias));
    ASSERT_NO_FATAL_FAILURE(expect_product(second, c, d, kSecondBias));
  }
}

TEST_P(P256Modulo, SumsAndDifferencesAreExact) {
  for (int round = 0; round < kRounds; ++round) {
    const Limbs a = source_.loose(0, kFactorHigh), b = source_.loose(0, kFactorHigh);
    const Limbs sum = on_.add(a, b), difference = on_.subtract(a, b);
    for (size_t lane = 0; lane < kLanes; ++lane) {
      ASSERT_EQ(loose_value(sum, lane), loose_value(a, lane) + loose_value(b, lane));
      ASSERT_EQ(loose_value(difference, lane), loose_value(a, lane) - loose_value(b, lane));
    }
  }
}

TEST_P(P256Modulo, CarryingKeepsTheValue) {
  for (int round = 0; round < kRounds; ++round) {
    const Limbs loose = source_.loose(0, kFactorHigh), carried = on_.carry(loose), exact = on_.exact(carried);
    for (size_t lane = 0; lane < kLanes; ++lane) {
      ASSERT_EQ(carried_value(carried, lane), loose_value(loose, lane));
      ASSERT_EQ(carried.limb[4][lane] >> 52, 0U);
      ASSERT_EQ(loose_value(exact, lane), loose_value(loose, lane));
      ASSERT_TRUE(is_exact(exact, lane));
    }
  }
}

TEST_P(P256Modulo, CanonicalNumbersAreBelowTheModulus) {
  for (int round = 0; round < kRounds; ++round) {
    const Limbs any = source_.carried(kCanonicalHigh), big = source_.carried(kFactorHigh);
    const Limbs canonical = on_.canonical(any), plain = on_.plain(big);
    const uint8_t zero = on_.is_zero(canonical);
    for (size_t lane = 0; lane < kLanes; ++lane) {
      ASSERT_EQ(loose_value(canonical, lane), carried_value(any, lane) % m_);
      ASSERT_TRUE(is_exact(canonical, lane));
      ASSERT_EQ(zero >> lane & 1, carried_value(any, lane) % m_ == BigNumber(0) ? 1 : 0);
      ASSERT_EQ(loose_value(plain, lane), carried_value(big, lane) * r().inverse(m_) % m_);
      ASSERT_TRUE(is_exact(plain, lane));
    }
  }
}

// One set bit is no zero, wherever it is.
TEST_P(P256Modulo, ZeroAloneIsZero) {
  EXPECT_EQ(on_.is_zero(Limbs{}), 0xff);
  for (size_t k = 0; k < 5; ++k) {
    for (int bit = 0; bit < 52; ++bit) {
      Limbs limbs{};
      limbs.limb[k][static_cast<size_t>(bit) % kLanes] = uint64_t{1} << bit;
      EXPECT_EQ(on_.is_zero(limbs), 0xff ^ 1 << bit % 8) << k << ", " << bit;
    }
  }
}

TEST_P(P256Modulo, InversesAcrossTheLanes) {
  for (int round = 0; round < 60; ++round) {
    Limbs a = source_.carried(kInvertible);
    for (size_t lane = 0; lane < kLanes; ++lane) {
      while (carried_value(a, lane) % m_ == BigNumber(0)) ++a.limb[2][lane];
    }
    const Limbs inverse = on_.invert(a);
    for (size_t lane = 0; lane < kLanes; ++lane) {
      const BigNumber value = carried_value(inverse, lane);
      ASSERT_EQ(value * carried_value(a, lane) % m_, r() * r() % m_);
      ASSERT_TRUE(is_within(value, 0, kInvertible));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Vectors, P256Modulo, testing::Combine(testing::ValuesIn(all_primitives()), testing::Bool()),
                         [](const auto& test) {
                           return std::string(std::get<0>(test.param).name) +
                                  (std::get<1>(test.param) ? "_prime" : "_order");
                         });

class P256Layers : public testing::TestWithParam<Primitives> {
 protected:
  const Primitives& on_ = GetParam();
};

TEST_P(P256Layers, LoweredNumbersAreAboutOneOrTwoPrimes) {
  const BigNumber& p = prime();
  LimbSource source(37, p);
  for (int round = 0; round < kRounds; ++round) {
    const Limbs any = source.loose(kLoweredLow, 0), lowered = on_.lower(any);
    for (size_t lane = 0; lane < kLanes; ++lane) {
      const BigNumber value = loose_value(lowered, lane);
      ASSERT_EQ(value % p, loose_value(any, lane) % p);
      ASSERT_FALSE(value * BigNumber(16) < p * BigNumber(kOnce - 1)) << value.hex();
      ASSERT_FALSE(p * BigNumber(2 * kOnce + 1) < value * BigNumber(16)) << value.hex();
    }
  }
}

TEST_P(P256Layers, PointsOfTheCurveAloneAreOnIt) {
  const BigNumber &p = prime(), tops[] = {BigNumber(0), p};
  std::mt19937_64 random(41);
  const auto limbs_of = [](const std::vector<BigNumber>& values) {
    Limbs limbs;
    for (size_t lane = 0; lane < kLanes; ++lane) {
      const auto own = values[lane].limbs(5, 52);
      for (size_t k = 0; k < 5; ++k) limbs.limb[k][lane] = own[k];
    }
    return limbs;
  };
  for (int round = 0; round < 256; ++round) {
    std::vector<BigNumber> x, y;
    for (size_t lane = 0; lane < kLanes; ++lane) {
      const AffinePoint point = multiple(BigNumber(random()));
      x.push_back(point.x * r() % p);
      y.push_back(point.y * r() % p);
      // The same numbers, not reduced, where the type has room.
      if ((x[lane] + p) * BigNumber(16) < p * BigNumber(kCurveHigh)) x[lane] = x[lane] + tops[random() % 2];
      if ((y[lane] + p) * BigNumber(16) < p * BigNumber(kCurveHigh)) y[lane] = y[lane] + tops[random() % 2];
    }
    ASSERT_EQ(on_.off_curve(limbs_of(x), limbs_of(y)), 0);
    const BigNumber bit = BigNumber::power_of_two(round);
    const size_t wrong = random() % kLanes;
    auto& coordinate = (random() % 2 == 0 ? x : y)[wrong];
    coordinate = (coordinate + bit) % p;
    ASSERT_EQ(on_.off_curve(limbs_of(x), limbs_of(y)), 1 << wrong) << round;
  }
  EXPECT_EQ(on_.off_curve(Limbs{}, Limbs{}), 0xff) << "(0, 0)";
}

TEST_P(P256Layers, NoncesAreTheHashModuloTheOrder) {
  const BigNumber offset = (BigNumber::power_of_two(256) - BigNumber(1)) * BigNumber(2).inverse(order());
  LimbSource source(43, order());
  for (int round = 0; round < kRounds; ++round) {
    HashWords hash;
    for (auto& word : hash.word) {
      for (uint64_t& lane : word) lane = round == 0 ? ~uint64_t{0} : round == 1 ? 0 : source.extreme(~uint64_t{0});
    }
    const Limbs nonce = on_.nonce_and_offset(hash);
    for (size_t lane = 0; lane < kLanes; ++lane) {
      std::vector<uint64_t> words;
      for (size_t w = 8; w-- > 0;) words.push_back(hash.word[w][lane]);
      ASSERT_EQ(loose_value(nonce, lane), (BigNumber::of_limbs(words, 64) + offset) % order());
      ASSERT_TRUE(is_exact(nonce, lane));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Vectors, P256Layers, testing::ValuesIn(all_primitives()), NameOfPrimitives());

}  // namespace
}  // namespace signet::lanes::p256
