// Scalars modulo the order L of Ed25519's base point, in eight lanes: Montgomery's method with R = 2^260 on limbs of 52
// bits. No branch and no address depends on a value.
#pragma once

#include <cstdint>

#include "keystore/signing/lanes/inline.h"
#include "keystore/signing/lanes/product52.h"

namespace signet::lanes {

// The order L of the base point, and what follows from it; each is derived anew in the tests.
inline constexpr uint64_t kOrder[5] = {0x2631a5cf5d3ed, 0xdea2f79cd6581, 0x14def9, 0x0, 0x100000000000};
inline constexpr uint64_t kOrderComplement[5] = {0xd9ce5a30a2c13, 0x215d086329a7e, 0xfffffffeb2106, 0xfffffffffffff,
                                                 0xfefffffffffff};  // 2^260 - L
inline constexpr uint64_t kOrderNegatedInverse = 0x51da312547e1b;   // -1 / L mod 2^52
inline constexpr uint64_t kOne[5] = {0xf48bd6721e6ed, 0x3bab5ac67e45a, 0xfffffeb35e51b, 0xfffffffffffff,
                                     0xfffffffffff};  // 2^260 mod L
inline constexpr uint64_t kSquare[5] = {0x9d265e952d13b, 0xd63c715bea69f, 0x5be65cb687604, 0x3dceec73d217f,
                                        0x9411b7c309a};  // 2^520 mod L
// The offset of the digits, (2^252 - 1) / 2 mod L, times 2^260: to be added, to be taken away.
inline constexpr uint64_t kOffset[5] = {0xdc7ad4bb2e7f7, 0x14818d033b073, 0xbfadf3d61f37a, 0x4d1ee77639e90,
                                        0x9cca08dbe18};
inline constexpr uint64_t kOffsetNegated[5] = {0x49b6d1142ebf6, 0xca216a999b50d, 0x40520c2b2eb7f, 0xb2e11889c616f,
                                               0x6335f7241e7};

// Below L, limbs exact.
template <class V>
struct Scalar {
  V limb[5];
};

// divided gives x / 2^260 mod L for x = the limbs z, each below 2^63: below x / 2^260 + L, not carried. Each step adds
// the multiple of L that clears the lowest limb; limb 3 of L is zero and limb 4 is 2^44.
template <class V>
SIGNET_LANES_INLINE void divided(V (&z)[10], V (&quotient)[5]) {
  const V order0 = V::splat(kOrder[0]), order1 = V::splat(kOrder[1]), order2 = V::splat(kOrder[2]);
  const V top = V::splat(kOrder[4]), zero = V::splat(0), inverse = V::splat(kOrderNegatedInverse);
#pragma GCC unroll 5
  for (int i = 0; i < 5; ++i) {
    const V m = V::add_low52(zero, z[i], inverse);
    z[i] = V::add_low52(z[i], m, order0);
    z[i + 1] = V::add_high52(z[i + 1], m, order0) + z[i].template shifted_right<52>();
    z[i + 1] = V::add_low52(z[i + 1], m, order1);
    z[i + 2] = V::add_high52(z[i + 2], m, order1);
    z[i + 2] = V::add_low52(z[i + 2], m, order2);
    z[i + 3] = V::add_high52(z[i + 3], m, order2);
    z[i + 4] = V::add_low52(z[i + 4], m, top);
    z[i + 5] = V::add_high52(z[i + 5], m, top);
  }
#pragma GCC unroll 5
  for (int i = 0; i < 5; ++i) quotient[i] = z[i + 5];
}

// Carries without masks: of limbs 0 to 3 the lower 52 bits count afterwards.
template <class V>
SIGNET_LANES_INLINE void carry_upwards(V (&limb)[5]) {
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) limb[i + 1] = limb[i + 1] + limb[i].template shifted_right<52>();
}

// reduced: of limbs that make a number below 2 L.
template <class V>
SIGNET_LANES_INLINE Scalar<V> reduced(V (&limb)[5]) {
  const V low = V::splat(kLow52);
  carry_upwards(limb);
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) limb[i] = limb[i] & low;
  V less[5];
#pragma GCC unroll 5
  for (int i = 0; i < 5; ++i) less[i] = limb[i] + V::splat(kOrderComplement[i]);
  carry_upwards(less);
  const auto reaches = V::has_bit(less[4], V::splat(uint64_t{1} << 52));
  Scalar<V> result;
#pragma GCC unroll 5
  for (int i = 0; i < 5; ++i) result.limb[i] = V::select(reaches, less[i] & low, limb[i]);
  return result;
}

// What SHA-512 gave, read as a little-endian number of 512 bits, divided by 2^260: below 2^252 + L, carried upwards.
template <class V>
SIGNET_LANES_INLINE void divided_hash(const V (&hash)[8], V (&quotient)[5]) {
  V w[8], z[10];
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) w[i] = hash[i].octets_reversed();
  z[0] = w[0];
  z[1] = V::template funnel<52>(w[0], w[1]);
  z[2] = V::template funnel<40>(w[1], w[2]);
  z[3] = V::template funnel<28>(w[2], w[3]);
  z[4] = V::template funnel<16>(w[3], w[4]);
  z[5] = w[4].template shifted_right<4>();
  z[6] = V::template funnel<56>(w[4], w[5]);
  z[7] = V::template funnel<44>(w[5], w[6]);
  z[8] = V::template funnel<32>(w[6], w[7]);
  z[9] = w[7].template shifted_right<20>();
#pragma GCC unroll 9
  for (int i = 0; i < 9; ++i) z[i] = z[i] & V::splat(kLow52);
  divided(z, quotient);
  carry_upwards(quotient);
}

// nonce_and_offset: the hash modulo L, plus the offset of the digits (see base_multiple.h). The product is below
// 2^506, so that what is reduced is below 2^246 + L.
template <class V>
SIGNET_LANES_INLINE Scalar<V> nonce_and_offset(const V (&hash)[8]) {
  V h[5], square[5], z[10];
  divided_hash(hash, h);
  splat_limbs(square, kSquare);
  splat_limbs(z, kOffset);
  add_product52(z, h, square);
  divided(z, h);
  return reduced(h);
}

// answer: S = r + hash * a modulo L, from r with its offset and a * 2^520 mod L. The sum is below 2^506.
template <class V>
SIGNET_LANES_INLINE Scalar<V> answer(const Scalar<V>& nonce, const V (&hash)[8], const V (&secret)[5]) {
  V h[5], one[5], z[10];
  divided_hash(hash, h);
  splat_limbs(one, kOne);
  splat_limbs(z, kOffsetNegated);
  add_product52(z, h, secret);
  add_product52(z, nonce.limb, one);
  divided(z, h);
  return reduced(h);
}

}  // namespace signet::lanes
