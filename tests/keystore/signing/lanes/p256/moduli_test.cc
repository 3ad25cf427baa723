// The constants of ES256, derived anew from p, n and b, and both inversions of one number beside OpenSSL's.
#include "keystore/signing/lanes/p256/moduli.h"

#include <gtest/gtest.h>
#include <openssl/obj_mac.h>

#include <random>

#include "keystore/signing/lanes/p256/curve_check_p256.h"
#include "tests/keystore/signing/lanes/p256/reference.h"

namespace signet::lanes::p256 {
namespace {

BigNumber of(const uint64_t (&limbs)[5]) { return BigNumber::of_limbs({limbs, limbs + 5}, 52); }
BigNumber of_signed(const int64_t (&limbs)[5]) {
  BigNumber sum = 0;
  for (int k = 0; k < 5; ++k) {
    const BigNumber weight = BigNumber::power_of_two(52 * k);
    sum = limbs[k] < 0 ? sum - BigNumber(static_cast<uint64_t>(-limbs[k])) * weight
                       : sum + BigNumber(static_cast<uint64_t>(limbs[k])) * weight;
  }
  return sum;
}

TEST(P256Moduli, ConstantsAreWhatTheyAreSaidToBe) {
  const BigNumber &p = prime(), &n = order(), r = BigNumber::power_of_two(260);
  EXPECT_EQ(of_signed(Prime::kLimbs), p);
  EXPECT_EQ(of(Prime::kOne), r % p);
  EXPECT_EQ(of(Prime::kSquare), r * r % p);
  EXPECT_EQ((p + BigNumber(1)) % BigNumber::power_of_two(52), BigNumber(0));
  EXPECT_EQ(of_signed(Order::kLimbs), n);
  EXPECT_EQ(of(Order::kSquare), r * r % n);
  const BigNumber digit = BigNumber::power_of_two(52);
  EXPECT_EQ((BigNumber(Order::kNegatedInverse) * n + BigNumber(1)) % digit, BigNumber(0));
  EXPECT_TRUE(BigNumber(Order::kNegatedInverse) < digit);
  const BigNumber offset = (BigNumber::power_of_two(256) - BigNumber(1)) * BigNumber(2).inverse(n) % n;
  EXPECT_EQ(of(Order::kOffset), offset * r % n);
  EXPECT_EQ(of(Order::kWithoutOffset), n - offset);
}

TEST(P256Moduli, TheCurveIsOpenSsls) {
  EC_GROUP* group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
  BIGNUM *p = BN_new(), *a = BN_new(), *b = BN_new();
  ASSERT_EQ(EC_GROUP_get_curve(group, p, a, b, nullptr), 1);
  const auto number = [](const BIGNUM* from) {
    std::array<uint8_t, 32> octets{};
    BN_bn2binpad(from, octets.data(), 32);
    return of_big_endian(octets);
  };
  const BigNumber r = BigNumber::power_of_two(260);
  EXPECT_EQ(number(p), prime());
  EXPECT_EQ(number(a), prime() - BigNumber(3));
  EXPECT_EQ(of(kThree), BigNumber(3) * r % prime());
  EXPECT_EQ(of(kCurveB), number(b) * r % prime());
  BN_free(p);
  BN_free(a);
  BN_free(b);
  EC_GROUP_free(group);
}

class P256Inverse : public testing::TestWithParam<bool> {
 protected:
  BigNumber inverted(const BigNumber& a) const {
    const auto limbs = a.limbs(4, 64);
    uint64_t words[4] = {limbs[0], limbs[1], limbs[2], limbs[3]};
    GetParam() ? inverse_modulo_prime(words) : inverse_modulo_order(words);
    return BigNumber::of_limbs({words, words + 4}, 64);
  }
  const BigNumber& m_ = GetParam() ? prime() : order();
};

TEST_P(P256Inverse, OfEdgesIsOpenSsls) {
  std::vector<BigNumber> edges;
  for (uint64_t i = 1; i < 40; ++i) edges.insert(edges.end(), {BigNumber(i), m_ - BigNumber(i)});
  for (int bit = 1; bit < 256; ++bit) {
    const BigNumber power = BigNumber::power_of_two(bit);
    edges.insert(edges.end(), {power % m_, m_ - power % m_, (power + BigNumber(1)) % m_, power - BigNumber(1)});
    edges.push_back(power.inverse(m_));
  }
  for (const BigNumber& a : edges) ASSERT_EQ(inverted(a), a.inverse(m_)) << a.hex();
}

TEST_P(P256Inverse, OfRandomNumbersIsOpenSsls) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 3000; ++i) {
    const BigNumber a = BigNumber::of_limbs({random(), random(), random(), random()}, 64) % m_;
    ASSERT_EQ(inverted(a), a.inverse(m_)) << a.hex();
  }
}

TEST_P(P256Inverse, ZeroStaysZero) { EXPECT_EQ(inverted(BigNumber(0)), BigNumber(0)); }

INSTANTIATE_TEST_SUITE_P(Moduli, P256Inverse, testing::Bool(),
                         [](const auto& test) { return std::string(test.param ? "prime" : "order"); });

}  // namespace
}  // namespace signet::lanes::p256
