// Moduli and numbers in lanes beside OpenSSL's numbers.
#pragma once

#include <random>
#include <vector>

#include "tests/keystore/signing/lanes/big_number.h"
#include "tests/keystore/signing/lanes/rsa/rsa_primitives.h"

namespace signet::lanes {

inline constexpr uint64_t kLimbOnes = (uint64_t{1} << 52) - 1;

// An odd modulus as the lanes have it, and what R is for it.
struct OddModulus {
  OddModulus(const BigNumber& number, int blocks)
      : value(number),
        limbs(number.limbs(static_cast<size_t>(blocks) * kBlock, 52)),
        r(BigNumber::power_of_two(52 * kBlock * blocks)),
        factor((r - number.inverse(r)).limbs(1, 52)[0]) {}
  Modulus lanes() const { return {limbs.data(), factor, static_cast<int>(limbs.size()) / kBlock}; }
  size_t size() const { return limbs.size(); }
  // From and to the form that is multiplied.
  BigNumber times_r(const BigNumber& number) const { return number * r % value; }
  BigNumber without_r(const BigNumber& number) const { return number * r.inverse(value) % value; }

  BigNumber value;
  std::vector<uint64_t> limbs;
  BigNumber r;
  uint64_t factor;
};

// The number of a lane: the lower 52 bits of its limbs.
inline BigNumber number_of(const LaneLimbs& limbs, size_t lane, size_t count) {
  std::vector<uint64_t> own(count);
  for (size_t k = 0; k < count; ++k) own[k] = limbs[k][lane] & kLimbOnes;
  return BigNumber::of_limbs(own, 52);
}
inline void put(const BigNumber& number, LaneLimbs& limbs, size_t lane, size_t count) {
  const auto own = number.limbs(count, 52);
  for (size_t k = 0; k < count; ++k) limbs[k][lane] = own[k];
}

inline BigNumber random_number(int bits, std::mt19937_64& random) {
  std::vector<uint64_t> words(static_cast<size_t>(bits + 63) / 64);
  for (uint64_t& word : words) word = random();
  return BigNumber::of_limbs(words, 64) % BigNumber::power_of_two(bits);
}

}  // namespace signet::lanes
