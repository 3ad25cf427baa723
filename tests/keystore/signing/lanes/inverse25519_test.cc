#include "keystore/signing/lanes/inverse25519.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/keystore/signing/lanes/big_number.h"

namespace signet::lanes {
namespace {

BigNumber inverted(const BigNumber& a) {
  const auto limbs = a.limbs(4, 64);
  uint64_t words[4] = {limbs[0], limbs[1], limbs[2], limbs[3]};
  inverse25519(words);
  return BigNumber::of_limbs({words[0], words[1], words[2], words[3]}, 64);
}

TEST(Inverse25519, OfEdgesIsTheReferences) {
  const BigNumber& p = prime25519();
  std::vector<BigNumber> edges;
  for (uint64_t i = 1; i < 40; ++i) edges.insert(edges.end(), {BigNumber(i), p - BigNumber(i)});
  for (int bit = 0; bit < 255; ++bit) {
    const BigNumber power = BigNumber::power_of_two(bit) % p;
    edges.insert(edges.end(), {power, p - power, (power + BigNumber(1)) % p});
    if (bit > 0) edges.push_back(power - BigNumber(1));
  }
  for (const BigNumber& a : edges) {
    if (a == BigNumber(0)) continue;
    EXPECT_EQ(inverted(a), a.inverse(p)) << a.hex();
  }
}

TEST(Inverse25519, OfRandomElementsIsTheReferences) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 3000; ++i) {
    const BigNumber a = BigNumber::of_limbs({random(), random(), random(), random()}, 64) % prime25519();
    ASSERT_EQ(inverted(a), a.inverse(prime25519())) << a.hex();
  }
}

TEST(Inverse25519, ZeroStaysZero) { EXPECT_EQ(inverted(BigNumber(0)), BigNumber(0)); }

}  // namespace
}  // namespace signet::lanes
