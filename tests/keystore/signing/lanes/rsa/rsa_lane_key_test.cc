// What the lanes have of a key, derived anew.
#include "keystore/signing/lanes/rsa/rsa_lane_key.h"

#include <gtest/gtest.h>
#include <openssl/core_names.h>

#include <algorithm>
#include <cstring>

#include "tests/keystore/signing/lanes/rsa/numbers.h"
#include "tests/keystore/signing/lanes/rsa/test_key.h"

namespace signet::lanes {
namespace {

template <size_t N>
BigNumber of(const uint64_t (&limbs)[N], int bits = 52) {
  return BigNumber::of_limbs({limbs, limbs + N}, bits);
}

void expect_prime(const RsaLanePrime& lanes, const BigNumber& prime, const BigNumber& d, int blocks) {
  const BigNumber r = BigNumber::power_of_two(52 * kBlock * blocks);
  EXPECT_EQ(of(lanes.limb), prime);
  EXPECT_EQ((BigNumber(lanes.factor) * prime + BigNumber(1)) % BigNumber::power_of_two(52), BigNumber(0));
  EXPECT_EQ(of(lanes.one), r % prime);
  EXPECT_EQ(of(lanes.square), r * r % prime);
  EXPECT_EQ(of(lanes.cube), r * r * r % prime);
  EXPECT_EQ(of(lanes.exponent, 64), d % (prime - BigNumber(1)));
  EXPECT_EQ(of(lanes.inverting, 64), prime - BigNumber(2));
  EXPECT_EQ(lanes.exponent[kExponentWords - 1], 0u) << "a window may be read over the end";
}

TEST(RsaLaneKeyTest, EveryNumberOfAKey) {
  for (const int bits : {2048, 3072}) {
    const TestKey& key = key_of(bits);
    const RsaLaneKey& lanes = key.lanes();
    const BigNumber n = key.number(OSSL_PKEY_PARAM_RSA_N), p = key.number(OSSL_PKEY_PARAM_RSA_FACTOR1),
                    q = key.number(OSSL_PKEY_PARAM_RSA_FACTOR2), d = key.number(OSSL_PKEY_PARAM_RSA_D);
    EXPECT_EQ(lanes.blocks, bits / 1024);
    expect_prime(lanes.p, p, d, lanes.blocks);
    expect_prime(lanes.q, q, d, lanes.blocks);
    const BigNumber r_of_n = BigNumber::power_of_two(2 * 52 * kBlock * lanes.blocks);
    EXPECT_EQ(of(lanes.modulus), n);
    EXPECT_EQ((BigNumber(lanes.factor) * n + BigNumber(1)) % BigNumber::power_of_two(52), BigNumber(0));
    EXPECT_EQ(of(lanes.square), r_of_n * r_of_n % n);
    EXPECT_EQ(of(lanes.q_modulo_n), r_of_n * q % n);
    EXPECT_EQ(of(lanes.inverse_of_q), BigNumber::power_of_two(52 * kBlock * lanes.blocks) * q.inverse(p) % p);
  }
}

TEST(RsaLaneKeyTest, NumbersThatTheBoundsDoNotCoverAreRefused) {
  const auto number = [](int bits) {
    BIGNUM* made = BN_new();
    BN_set_bit(made, bits - 1);
    BN_set_bit(made, 0);
    return std::unique_ptr<BIGNUM, decltype(&BN_free)>(made, &BN_free);
  };
  // 2^1023 + 1, and that plus two: e has an inverse modulo what is one less.
  const auto good = number(1024), other_prime = number(1024), modulus = number(2048);
  BN_set_bit(other_prime.get(), 1);
  const RsaNumbers right{modulus.get(), good.get(), other_prime.get()};
  RsaLaneKey lanes;
  ASSERT_TRUE(make_rsa_lane_key(right, lanes)) << "the control";
  const auto expect_refused = [&](const RsaNumbers& numbers) {
    std::memset(static_cast<void*>(&lanes), 0xee, sizeof lanes);
    EXPECT_FALSE(make_rsa_lane_key(numbers, lanes));
    const auto* octets = reinterpret_cast<const uint8_t*>(&lanes);
    EXPECT_TRUE(std::all_of(octets, octets + sizeof lanes, [](uint8_t octet) { return octet == 0; }));
  };
  for (const int bits : {1024, 2047, 2049, 2560, 4096}) {
    const auto other = number(bits);
    RsaNumbers wrong = right;
    wrong.n = other.get();
    expect_refused(wrong);
  }
  for (const BIGNUM* RsaNumbers::* prime : {&RsaNumbers::p, &RsaNumbers::q}) {
    for (const int bits : {1023, 1025}) {
      const auto other = number(bits);
      RsaNumbers wrong = right;
      wrong.*prime = other.get();
      expect_refused(wrong);
    }
    const auto even = number(1024);
    BN_clear_bit(even.get(), 0);
    RsaNumbers wrong = right;
    wrong.*prime = even.get();
    expect_refused(wrong);
  }
  RsaNumbers twice = right;
  twice.q = right.p;  // which has no inverse modulo itself
  expect_refused(twice);
  EXPECT_FALSE(rsa_lanes_take(1024));
  EXPECT_FALSE(rsa_lanes_take(4096));
}

}  // namespace
}  // namespace signet::lanes
