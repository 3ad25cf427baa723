// Powers by secret exponents beside OpenSSL's, chosen exponents and bases among them.
#include "keystore/signing/lanes/rsa/exponent.h"

#include <gtest/gtest.h>

#include "tests/keystore/signing/lanes/rsa/numbers.h"

namespace signet::lanes {
namespace {

class ExponentTest : public testing::TestWithParam<RsaPrimitives> {
 protected:
  // Eight bases, to the same power.
  void expect_powers(const OddModulus& modulus, const BigNumber& exponent, const std::vector<BigNumber>& bases) {
    LaneLimbs base{};
    for (size_t lane = 0; lane < 8; ++lane) put(modulus.times_r(bases[lane]), base, lane, modulus.size());
    const auto words = exponent.limbs(kExponentWords, 64);
    const auto one = modulus.times_r(1).limbs(kPrimeLimbsMax, 52);
    const LaneLimbs powers = on_.raise(modulus.lanes(), one.data(), words.data(), 512 * modulus.lanes().blocks, base);
    for (size_t lane = 0; lane < 8; ++lane) {
      ASSERT_EQ(modulus.without_r(number_of(powers, lane, modulus.size())), bases[lane].power(exponent, modulus.value))
          << "to the power of " << exponent.hex();
    }
  }
  std::vector<BigNumber> bases(const OddModulus& modulus) {
    std::vector<BigNumber> all{0, 1, 2, modulus.value - BigNumber(1)};
    while (all.size() < 8) all.push_back(random_number(512 * modulus.lanes().blocks - 1, random_));
    return all;
  }
  OddModulus modulus(int blocks) {
    const BigNumber half = BigNumber::power_of_two(512 * blocks - 1), any = random_number(512 * blocks - 2, random_);
    return {half + any + any + BigNumber(1), blocks};
  }
  const RsaPrimitives& on_ = GetParam();
  std::mt19937_64 random_{29};
};

TEST_P(ExponentTest, EachDigitInEachWindow) {
  for (const int blocks : {2, 3}) {
    const OddModulus m = modulus(blocks);
    for (uint64_t first = 0; first < kEntries; ++first) {
      BigNumber exponent = 0;
      for (int window = 0; kWindowBits * window < 512 * blocks; ++window) {
        const BigNumber digit = (first + static_cast<uint64_t>(window)) % kEntries;
        exponent = exponent + digit * BigNumber::power_of_two(kWindowBits * window);
      }
      ASSERT_NO_FATAL_FAILURE(expect_powers(m, exponent % BigNumber::power_of_two(512 * blocks), bases(m)));
    }
  }
}

TEST_P(ExponentTest, TheEndsOfTheRange) {
  for (const int blocks : {2, 3}) {
    const OddModulus m = modulus(blocks);
    const BigNumber end = BigNumber::power_of_two(512 * blocks);
    for (const BigNumber& exponent : {BigNumber(0), BigNumber(1), BigNumber(2), BigNumber(kEntries),
                                      BigNumber::power_of_two(512 * blocks - 1), end - BigNumber(1)}) {
      ASSERT_NO_FATAL_FAILURE(expect_powers(m, exponent, bases(m)));
    }
  }
}

TEST_P(ExponentTest, RandomOnes) {
  for (int i = 0; i < 10; ++i) {
    const OddModulus m = modulus(2 + i % 2);
    expect_powers(m, random_number(512 * m.lanes().blocks, random_), bases(m));
  }
}

INSTANTIATE_TEST_SUITE_P(Vectors, ExponentTest, testing::ValuesIn(all_rsa_primitives()), NameOfRsaPrimitives());

}  // namespace
}  // namespace signet::lanes
