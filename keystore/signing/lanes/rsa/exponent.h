// A secret power modulo a prime of eight bases, by windows of kWindowBits bits from the top. All lanes share the
// exponent, so that a look-up is of the same entry in each: one scan, which reads every limb of every entry.
#pragma once

#include <cstdint>

#include "keystore/signing/lanes/inline.h"
#include "keystore/signing/lanes/rsa/montgomery.h"
#include "keystore/signing/lanes/rsa/rsa_lanes.h"

namespace signet::lanes {

// Four bits: a table of five would be 41 or 61 KiB, which is scanned so often that it should stay in the first cache.
inline constexpr int kWindowBits = 4;
inline constexpr int kEntries = 1 << kWindowBits;

template <class V>
class PowerTable {
 public:
  // Powers 0 to kEntries - 1 of `base`, all times R.
  void fill(Montgomery<V>& modulo, const uint64_t* one, const V* base, int limbs) {
    limbs_ = limbs;
    for (int k = 0; k < limbs; ++k) {
      entry_[0][k] = V::splat(one[k]);
      entry_[1][k] = base[k];
    }
#pragma GCC unroll 1
    for (int i = 2; i < kEntries; i += 2) {
      modulo.square(entry_[i], entry_[i / 2]);
      modulo.multiply(entry_[i + 1], entry_[i], base);
    }
  }

  // look_up: the entry `digit`, the same in all lanes.
  void look_up(V digit, V* to) const {
    const V ones = V::splat(~uint64_t{0}), zero = V::splat(0);
    V chosen[kEntries];
#pragma GCC unroll 1
    for (uint64_t i = 0; i < kEntries; ++i) {
      chosen[i] = V::select(V::has_no_bit(digit ^ V::splat(i), ones), ones, zero);
    }
#pragma GCC unroll 1
    for (int block = 0; block < limbs_; block += kBlock) {
      V found[kBlock];
#pragma GCC unroll 10
      for (int k = 0; k < kBlock; ++k) found[k] = zero;
#pragma GCC unroll 2
      for (int i = 0; i < kEntries; ++i) {
#pragma GCC unroll 10
        for (int k = 0; k < kBlock; ++k) found[k] = V::choose(chosen[i], entry_[i][block + k], found[k]);
      }
#pragma GCC unroll 10
      for (int k = 0; k < kBlock; ++k) to[block + k] = found[k];
    }
  }

 private:
  V entry_[kEntries][kPrimeLimbsMax];
  int limbs_;
};

// The digit of an exponent whose lowest bit is `bit`. It never leaves the vector registers.
template <class V>
SIGNET_LANES_INLINE V digit_of(const uint64_t* exponent, int bit) {
  const int word = bit / 64;
  const auto shift = static_cast<unsigned>(bit % 64);
  const V low = V::splat(exponent[word]).shifted_right(shift);
  const V high = V::splat(exponent[word + 1]).shifted_left(64 - shift);
  return (low | high) & V::splat(kEntries - 1);
}

// raise: to = base^exponent, both times R. `bits` of the exponent count. `to` is not `base`.
template <class V>
void raise(Montgomery<V>& modulo, PowerTable<V>& table, const uint64_t* one, const uint64_t* exponent, int bits,
           const V* base, V* to) {
  const int limbs = modulo.limbs();
  table.fill(modulo, one, base, limbs);
  V factor[kPrimeLimbsMax];
  int bit = (bits + kWindowBits - 1) / kWindowBits * kWindowBits - kWindowBits;
  table.look_up(digit_of<V>(exponent, bit), to);
#pragma GCC unroll 1
  for (bit -= kWindowBits; bit >= 0; bit -= kWindowBits) {
#pragma GCC unroll 1
    for (int i = 0; i < kWindowBits; ++i) modulo.square(to, to);
    table.look_up(digit_of<V>(exponent, bit), factor);
    modulo.multiply(to, to, factor);
  }
}

}  // namespace signet::lanes
