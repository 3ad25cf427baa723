// Products of numbers of five limbs of 52 bits, in eight lanes: what both fields and the scalars multiply with.
#pragma once

#include <cstdint>

#include "keystore/signing/lanes/inline.h"

namespace signet::lanes {

inline constexpr uint64_t kLow52 = (uint64_t{1} << 52) - 1;

// add_product52 adds a * b to the limbs z, of which each gets at most nine terms below 2^52. Of the limbs of a and b
// the lower 52 bits count.
template <class V>
SIGNET_LANES_INLINE void add_product52(V (&z)[10], const V (&a)[5], const V (&b)[5]) {
#pragma GCC unroll 5
  for (int i = 0; i < 5; ++i) {
#pragma GCC unroll 5
    for (int j = 0; j < 5; ++j) z[i + j] = V::add_low52(z[i + j], a[i], b[j]);
#pragma GCC unroll 5
    for (int j = 0; j < 5; ++j) z[i + j + 1] = V::add_high52(z[i + j + 1], a[i], b[j]);
  }
}

// The same of a * b to y and of c * d to z, alternating.
template <class V>
SIGNET_LANES_INLINE void add_products52(V (&y)[10], const V (&a)[5], const V (&b)[5], V (&z)[10], const V (&c)[5],
                                        const V (&d)[5]) {
#pragma GCC unroll 5
  for (int i = 0; i < 5; ++i) {
#pragma GCC unroll 5
    for (int j = 0; j < 5; ++j) {
      y[i + j] = V::add_low52(y[i + j], a[i], b[j]);
      z[i + j] = V::add_low52(z[i + j], c[i], d[j]);
    }
#pragma GCC unroll 5
    for (int j = 0; j < 5; ++j) {
      y[i + j + 1] = V::add_high52(y[i + j + 1], a[i], b[j]);
      z[i + j + 1] = V::add_high52(z[i + j + 1], c[i], d[j]);
    }
  }
}

// Four words, little-endian, as numbers are encoded.
template <class V>
struct Words {
  V word[4];
};

// packed: limbs 0 to 3 exactly below 2^52, limb 4 below 2^48.
template <class V>
SIGNET_LANES_INLINE Words<V> packed(const V (&limb)[5]) {
  Words<V> r;
  r.word[0] = limb[0] | limb[1].template shifted_left<52>();
  r.word[1] = limb[1].template shifted_right<12>() | limb[2].template shifted_left<40>();
  r.word[2] = limb[2].template shifted_right<24>() | limb[3].template shifted_left<28>();
  r.word[3] = limb[3].template shifted_right<36>() | limb[4].template shifted_left<16>();
  return r;
}

// limbs_of: packed undone; what is above bit 52 of limbs 0 to 3 is not cleared.
template <class V>
SIGNET_LANES_INLINE void limbs_of(const Words<V>& w, V (&limb)[5]) {
  limb[0] = w.word[0];
  limb[1] = V::template funnel<52>(w.word[0], w.word[1]);
  limb[2] = V::template funnel<40>(w.word[1], w.word[2]);
  limb[3] = V::template funnel<28>(w.word[2], w.word[3]);
  limb[4] = w.word[3].template shifted_right<16>();
}

// What lane 0 has; and the same in all lanes.
template <class V>
SIGNET_LANES_INLINE void first_lane_of(const Words<V>& w, uint64_t (&words)[4]) {
  alignas(64) uint64_t lanes[8];
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    w.word[i].store(lanes);
    words[i] = lanes[0];
  }
}
template <class V>
SIGNET_LANES_INLINE Words<V> splat_words(const uint64_t (&words)[4]) {
  Words<V> r;
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) r.word[i] = V::splat(words[i]);
  return r;
}

// The lower five limbs are `from`, any others zero: a factor, or what a sum of products starts from.
template <int N, class V>
SIGNET_LANES_INLINE void splat_limbs(V (&to)[N], const uint64_t (&from)[5]) {
#pragma GCC unroll 10
  for (int i = 0; i < N; ++i) to[i] = V::splat(i < 5 ? from[i] : 0);
}

}  // namespace signet::lanes
