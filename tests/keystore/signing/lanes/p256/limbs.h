// Numbers at the ends of what the types of montgomery.h allow, in limbs at the ends of theirs.
#pragma once

#include <algorithm>
#include <random>

#include "tests/keystore/signing/lanes/big_number.h"
#include "tests/keystore/signing/lanes/extreme.h"
#include "tests/keystore/signing/lanes/p256/p256_primitives.h"

namespace signet::lanes::p256 {

class LimbSource {
 public:
  LimbSource(uint64_t seed, const BigNumber& modulus) : random_(seed), modulus_(modulus) {}

  // Carried: values up to `high` sixteenths of the modulus, anything left over above limbs 0 to 3.
  Limbs carried(int high) {
    Limbs r;
    for (size_t lane = 0; lane < kLanes; ++lane) {
      const auto own = up_to(high).limbs(5, 52);
      for (size_t k = 0; k < 5; ++k) r.limb[k][lane] = own[k] | (k < 4 ? extreme(0xfff) << 52 : 0);
    }
    return r;
  }
  // Loose: values from `low` to `high` sixteenths, of limbs below 2^60 in size.
  Limbs loose(int low, int high) {
    Limbs r;
    for (size_t lane = 0; lane < kLanes; ++lane) {
      // From `low` up, and 2^260 more to have no sign.
      const BigNumber value = up_to(high - low) - multiple_of_sixteenth(-low) + BigNumber::power_of_two(260);
      auto own = value.limbs(6, 52);
      own[4] += (own[5] - 1) << 52;
      for (size_t k = 0; k < 4; ++k) {
        const uint64_t borrowed = extreme(254) - 127;
        own[k] += borrowed << 52;
        own[k + 1] -= borrowed;
      }
      for (size_t k = 0; k < 5; ++k) r.limb[k][lane] = own[k];
    }
    return r;
  }
  uint64_t extreme(uint64_t max) { return lanes::extreme(random_, max); }
  uint64_t operator()() { return random_(); }

 private:
  // `count` sixteenths of the modulus, rounded down.
  BigNumber multiple_of_sixteenth(int count) const {
    const auto digits = (modulus_ * BigNumber(static_cast<uint64_t>(count))).limbs(70, 4);
    return BigNumber::of_limbs({digits.begin() + 1, digits.end()}, 4);
  }
  BigNumber up_to(int high) {
    const BigNumber bound = multiple_of_sixteenth(high);
    if (random_() % 4 == 0) return bound - BigNumber(std::min<uint64_t>(random_() % 4, high == 0 ? 0 : 3));
    std::vector<uint64_t> own(5);
    for (uint64_t& limb : own) limb = extreme((uint64_t{1} << 52) - 1);
    // Multiples of the modulus and what is next to them.
    BigNumber value = random_() % 8 == 0
                          ? modulus_ * BigNumber(random_() % 17) + BigNumber(random_() % 3) - BigNumber(1)
                          : BigNumber::of_limbs(own, 52);
    return value < BigNumber(0) || bound < value ? value % (bound + BigNumber(1)) : value;
  }

  std::mt19937_64 random_;
  BigNumber modulus_;
};

// Of limbs 0 to 3 the lower 52 bits count.
inline BigNumber carried_value(const Limbs& limbs, size_t lane) {
  std::vector<uint64_t> own;
  for (size_t k = 0; k < 5; ++k) own.push_back(k < 4 ? limbs.limb[k][lane] << 12 >> 12 : limbs.limb[k][lane]);
  return BigNumber::of_limbs(own, 52);
}
// Of signed limbs.
inline BigNumber loose_value(const Limbs& limbs, size_t lane) {
  std::vector<uint64_t> own;
  for (const auto& limb : limbs.limb) own.push_back(limb[lane] + (uint64_t{1} << 63));
  const uint64_t half = uint64_t{1} << 63;
  return BigNumber::of_limbs(own, 52) - BigNumber::of_limbs({half, half, half, half, half}, 52);
}
// Limbs 0 to 3 below 2^52, and nothing above them.
inline bool is_exact(const Limbs& limbs, size_t lane) {
  return std::ranges::all_of(limbs.limb, [lane](const auto& limb) { return limb[lane] >> 52 == 0; });
}

}  // namespace signet::lanes::p256
