// Multiples of the base point by chosen scalars, those too that no hash will ever give.
#include <gtest/gtest.h>
#include <sodium.h>

#include <cstring>
#include <random>

#include "tests/keystore/signing/lanes/big_number.h"
#include "tests/keystore/signing/lanes/primitives.h"

namespace signet::lanes {
namespace {

class BaseMultiple : public testing::TestWithParam<Primitives> {
 protected:
  // The encoded multiples of the base point by eight r, given as r' = r + offset modulo the order.
  void expect_multiples(const std::vector<BigNumber>& with_offset) {
    const BigNumber& order = order25519();
    const BigNumber offset = (BigNumber::power_of_two(252) - BigNumber(1)) * BigNumber(2).inverse(order) % order;
    Limbs limbs{};
    for (size_t lane = 0; lane < 8; ++lane) {
      const auto own = with_offset[lane].limbs(5, 52);
      for (size_t k = 0; k < 5; ++k) limbs[k][lane] = own[k];
    }
    const Words4 encoded = on_.base_multiple(*base_table(), limbs);
    for (size_t lane = 0; lane < 8; ++lane) {
      const BigNumber r = (with_offset[lane] + order - offset) % order;
      std::array<uint8_t, 32> wanted{};
      if (r == BigNumber(0)) {
        wanted[0] = 1;  // the neutral element (0, 1)
      } else {
        ASSERT_EQ(crypto_scalarmult_ed25519_base_noclamp(wanted.data(), r.octets().data()), 0);
      }
      std::array<uint8_t, 32> got{};
      for (size_t w = 0; w < 4; ++w) std::memcpy(got.data() + 8 * w, &encoded[w][lane], 8);
      ASSERT_EQ(got, wanted) << "r' = " << with_offset[lane].hex();
    }
  }
  void expect_all(std::vector<BigNumber> all) {
    while (all.size() % 8 != 0) all.push_back(all.front());
    for (auto at = all.begin(); at != all.end(); at += 8) expect_multiples({at, at + 8});
  }
  const Primitives& on_ = GetParam();
};

TEST_P(BaseMultiple, OfTheEndsOfTheRange) {
  const BigNumber& order = order25519();
  std::vector<BigNumber> all;
  for (uint64_t i = 0; i < 8; ++i) {
    all.insert(all.end(), {BigNumber(i), order - BigNumber(i + 1), BigNumber::power_of_two(252) + BigNumber(i),
                           BigNumber::power_of_two(252) - BigNumber(i + 1)});
  }
  // The digits beyond the highest window, with anything below them.
  for (int bit = 0; bit < 124; bit += 3) {
    all.push_back(BigNumber::power_of_two(252) + BigNumber::power_of_two(bit));
    all.push_back(order - BigNumber::power_of_two(bit));
  }
  expect_all(all);
}

TEST_P(BaseMultiple, OfPatternsOfBits) {
  std::vector<BigNumber> all;
  for (const uint64_t pattern : {0x0000000000000000ULL, 0xffffffffffffffffULL, 0x5555555555555555ULL,
                                 0xaaaaaaaaaaaaaaaaULL, 0x00000000ffffffffULL, 0x7f7f7f7f7f7f7f7fULL}) {
    for (const uint64_t other : {0x0000000000000000ULL, 0xffffffffffffffffULL}) {
      all.push_back(BigNumber::of_limbs({pattern, other, pattern, other}, 64) % order25519());
      all.push_back(BigNumber::of_limbs({other, pattern, other, pattern}, 64) % order25519());
    }
  }
  for (int bit = 0; bit < 253; ++bit) all.push_back(BigNumber::power_of_two(bit) % order25519());
  expect_all(all);
}

TEST_P(BaseMultiple, OfEachDigitInEachWindow) {
  // Neighbours have neighbouring digits, so that over all sums each window has had each.
  std::vector<BigNumber> all;
  for (uint64_t digit = 0; digit < 128; ++digit) {
    BigNumber sum = 0;
    for (int window = 0; window < kWindows; ++window) {
      sum = sum + BigNumber((digit + static_cast<uint64_t>(window)) % 128) * BigNumber::power_of_two(7 * window);
    }
    all.push_back(sum % order25519());
  }
  expect_all(all);
}

TEST_P(BaseMultiple, OfRandomScalars) {
  std::mt19937_64 random(13);
  std::vector<BigNumber> all;
  for (int i = 0; i < 640; ++i) {
    all.push_back(BigNumber::of_limbs({random(), random(), random(), random()}, 64) % order25519());
  }
  expect_all(all);
}

INSTANTIATE_TEST_SUITE_P(Vectors, BaseMultiple, testing::ValuesIn(all_primitives()), NameOfPrimitives());

}  // namespace
}  // namespace signet::lanes
