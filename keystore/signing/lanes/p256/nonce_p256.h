// Nonces: 512 bits of HMAC-SHA-512 modulo n (FIPS 186-5 A.3.1, with 256 extra bits), keyed from the private scalar,
// over 32 random octets and the digest. A nonce is unpredictable as long as either the random octets or the key are
// secret; and where the source of random octets is broken it is still another for each digest and key.
#pragma once

#include <cstdint>

#include "keystore/signing/lanes/inline.h"
#include "keystore/signing/lanes/p256/moduli.h"
#include "keystore/signing/lanes/p256/montgomery.h"
#include "keystore/signing/lanes/sha512_lanes.h"

namespace signet::lanes::p256 {

// SHA-512 of a key's block, whose state is `begun`, and 64 octets.
template <class V>
SIGNET_LANES_INLINE Sha512State<V> hashed_behind(const V (&begun)[8], const V (&words)[8]) {
  Sha512State<V> state;
  V w[16];
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) {
    state.word[i] = begun[i];
    w[i] = words[i];
    w[i + 8] = V::splat(i == 0 ? uint64_t{1} << 63 : i == 7 ? (128 + 64) * 8 : 0);
  }
  sha512_block(state, w, static_cast<typename V::Mask>(0xff));
  return state;
}

// nonce_and_offset: the 512 bits, big-endian, modulo n, plus the offset of the digits (base_multiple_p256.h).
template <class V>
SIGNET_LANES_INLINE Carried<Order, V, kOnce> nonce_and_offset(const V (&hash)[8]) {
  V z[10];
  const Words<V> low = {{hash[7], hash[6], hash[5], hash[4]}};
  const V w3 = hash[4], w4 = hash[3], w5 = hash[2], w6 = hash[1], w7 = hash[0];
  V limb[5];
  limbs_of(low, limb);
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) z[i] = limb[i];
  z[4] = V::template funnel<16>(w3, w4);
  z[5] = w4.template shifted_right<4>();
  z[6] = V::template funnel<56>(w4, w5);
  z[7] = V::template funnel<44>(w5, w6);
  z[8] = V::template funnel<32>(w6, w7);
  z[9] = w7.template shifted_right<20>();
#pragma GCC unroll 9
  for (int i = 0; i < 9; ++i) z[i] = z[i] & V::splat(kLow52);
  // Below 2^512 / 2^260 + n; 2^252 is a little more than n/16.
  divided<Order>(z);
  const auto h = carried(upper<Loose<Order, V, 0, kOnce + 2>>(z));
  V y[10];
  start<Order, 0>(y);
#pragma GCC unroll 5
  for (int i = 0; i < 5; ++i) y[i] = V::splat(Order::kOffset[i]);
  add_product52(y, h.limb, constant<Order, V>(Order::kSquare).limb);
  // The offset adds less than n / 2^260.
  divided<Order>(y);
  return canonical(carried(upper<Loose<Order, V, 0, product_high(kOnce + 2, kOnce) + 1>>(y)));
}

}  // namespace signet::lanes::p256
