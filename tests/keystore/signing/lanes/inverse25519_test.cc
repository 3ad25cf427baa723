#include "keystore/signing/lanes/inverse25519.h"

#include <gtest/gtest.h>

#include <random>

#include "keystore/signing/lanes/divsteps.h"
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

// Steps as they are defined, one coefficient at a time.
int64_t plain_steps(int64_t zeta, uint64_t f, uint64_t g, divsteps::Matrix& m) {
  m = {1, 0, 0, 1};
  for (int i = 0; i < divsteps::kSteps; ++i) {
    const bool odd = (g & 1) != 0;
    const divsteps::Matrix was = m;
    if (odd && zeta < 0) {
      m.q = was.q - was.u, m.r = was.r - was.v, m.u = was.q, m.v = was.r;
      const uint64_t difference = g - f;
      f = g, g = difference, zeta = -2 - zeta;
    } else {
      if (odd) m.q += was.u, m.r += was.v, g += f;
      --zeta;
    }
    g >>= 1, m.u *= 2, m.v *= 2;
  }
  return zeta;
}

TEST(Inverse25519, ABatchIsItsStepsWithTheSignChanged) {
  std::mt19937_64 random(11);
  std::vector<uint64_t> words{0, 1, 2, 3, divsteps::kMask, divsteps::kMask - 1, divsteps::kMask / 3};
  for (int bit = 2; bit < divsteps::kSteps; ++bit) {
    const uint64_t power = uint64_t{1} << bit;
    words.insert(words.end(), {power, power - 1, power + 1, divsteps::kMask ^ power});
  }
  for (int i = 0; i < 50; ++i) words.push_back(random() & divsteps::kMask);
  for (const int64_t zeta : {-1, 0, -2, 1, -19, 19, -60, 60, -591, 590}) {
    for (const uint64_t f : words) {
      for (const uint64_t g : words) {
        divsteps::Matrix batch, plain;
        const int64_t expected = plain_steps(zeta, f | 1, g, plain);
        ASSERT_EQ(static_cast<int64_t>(divsteps::steps(static_cast<uint64_t>(zeta), f | 1, g, batch)), expected);
        ASSERT_TRUE(batch.u == -plain.u && batch.v == -plain.v && batch.q == -plain.q && batch.r == -plain.r)
            << std::hex << f << ' ' << g << ' ' << zeta;
      }
    }
  }
}

TEST(Inverse25519, ZeroStaysZero) { EXPECT_EQ(inverted(BigNumber(0)), BigNumber(0)); }

}  // namespace
}  // namespace signet::lanes
