// Numbers modulo a prime below 2^256 in eight lanes, by Montgomery's method with R = 2^260 on limbs of 52 bits: P-256's
// prime and the order of its base point. No branch and no address depends on a value.
//
// Between 2^256 and 2^260 there is room for sixteen times the modulus M, so that most sums are not reduced at all. How
// large a value can be is part of its type, in sixteenths of M, and is computed by the compiler: what could grow too
// large does not compile. Two kinds:
//
// - Loose: limbs are signed 64-bit numbers, |limb| < 2^60; the value, which may be negative, is from Low M/16 to High
//   M/16. May be added and subtracted.
// - Carried: of limbs 0 to 3 the lower 52 bits count and what is above them is left over from carrying; limb 4 is below
//   2^52. The value is from 0 to High M/16. May be multiplied.
//
// A Modulus has kLimbs, five signed limbs of 52 bits that sum up to it, and clear(z), which adds a multiple of it so
// that the lower 52 bits of z[0] are zero, and carries z[0] into z[1].
#pragma once

#include <cstdint>

#include "keystore/signing/lanes/inline.h"
#include "keystore/signing/lanes/product52.h"

namespace signet::lanes::p256 {

inline constexpr int kOnce = 16;                // the modulus itself
inline constexpr int kCarriedMax = 16 * kOnce;  // below 2^260

template <class M, class V, int Low, int High>
struct Loose {
  V limb[5];
};
template <class M, class V, int High>
struct Carried {
  static_assert(High >= 0 && High <= kCarriedMax);
  V limb[5];
};

// A product of values up to a M/16 and b M/16: (a b M^2/256 + q M) / 2^260 with q < 2^260 and M < 2^256.
constexpr int product_high(int a, int b) { return (a * b + 255) / 256 + kOnce; }

// divided gives the limbs z[0..9], each from 0 to 2^57, divided by 2^260 modulo M, in z[5..9]. Each step adds at most
// three terms below 2^52 to a limb and a carry below 2^13. z[5..9] may have something signed on top, which stays.
template <class M, class V>
SIGNET_LANES_INLINE void divided(V (&z)[10]) {
#pragma GCC unroll 5
  for (int i = 0; i < 5; ++i) M::clear(z + i);
}

// What a product starts from: `Bias` times the modulus, in the upper limbs, which are the result.
template <class M, int Bias, class V>
SIGNET_LANES_INLINE void start(V (&z)[10]) {
#pragma GCC unroll 5
  for (int k = 0; k < 5; ++k) {
    z[k] = V::splat(0);
    z[k + 5] = V::splat(static_cast<uint64_t>(Bias * M::kLimbs[k]));
  }
}

template <class Result, class V>
SIGNET_LANES_INLINE Result upper(const V (&z)[10]) {
  Result r;
#pragma GCC unroll 5
  for (int k = 0; k < 5; ++k) r.limb[k] = z[k + 5];
  return r;
}

template <class M, class V, int Bias, int A, int B>
using Product = Loose<M, V, Bias * kOnce, Bias * kOnce + product_high(A, B)>;

// multiplied: a b / R + Bias M. Limbs: at most nine terms of the product and five of the division, each below 2^52,
// carries and the bias: below 2^56.
template <int Bias = 0, class M, class V, int A, int B>
SIGNET_LANES_INLINE Product<M, V, Bias, A, B> multiplied(const Carried<M, V, A>& a, const Carried<M, V, B>& b) {
  V z[10];
  start<M, Bias>(z);
  add_product52(z, a.limb, b.limb);
  divided<M>(z);
  return upper<Product<M, V, Bias, A, B>>(z);
}

template <class First, class Second>
struct Pair {
  First first;
  Second second;
};

// Two products at once: their steps alternate, since each multiply-and-add waits for the one before it on its limb.
template <int Bias1 = 0, int Bias2 = 0, class M, class V, int A, int B, int C, int D>
SIGNET_LANES_INLINE Pair<Product<M, V, Bias1, A, B>, Product<M, V, Bias2, C, D>> multiplied(const Carried<M, V, A>& a,
                                                                                            const Carried<M, V, B>& b,
                                                                                            const Carried<M, V, C>& c,
                                                                                            const Carried<M, V, D>& d) {
  V y[10], z[10];
  start<M, Bias1>(y);
  start<M, Bias2>(z);
  add_products52(y, a.limb, b.limb, z, c.limb, d.limb);
#pragma GCC unroll 5
  for (int i = 0; i < 5; ++i) {
    M::clear(y + i);
    M::clear(z + i);
  }
  return {upper<Product<M, V, Bias1, A, B>>(y), upper<Product<M, V, Bias2, C, D>>(z)};
}

// carried: of a value that is not negative. Shifts keep the sign of a limb; what is carried out of limb 4 is nothing,
// since the value is below 2^260.
template <class M, class V, int Low, int High>
SIGNET_LANES_INLINE Carried<M, V, High> carried(const Loose<M, V, Low, High>& a) {
  static_assert(Low >= 0);
  Carried<M, V, High> r;
  r.limb[0] = a.limb[0];
#pragma GCC unroll 4
  for (int k = 1; k < 5; ++k) r.limb[k] = a.limb[k] + r.limb[k - 1].template shifted_right_signed<52>();
  return r;
}

template <class M, class V, int A, int B, int C, int D>
SIGNET_LANES_INLINE Loose<M, V, A + C, B + D> operator+(const Loose<M, V, A, B>& a, const Loose<M, V, C, D>& b) {
  Loose<M, V, A + C, B + D> r;
#pragma GCC unroll 5
  for (int k = 0; k < 5; ++k) r.limb[k] = a.limb[k] + b.limb[k];
  return r;
}
template <class M, class V, int A, int B, int C, int D>
SIGNET_LANES_INLINE Loose<M, V, A - D, B - C> operator-(const Loose<M, V, A, B>& a, const Loose<M, V, C, D>& b) {
  Loose<M, V, A - D, B - C> r;
#pragma GCC unroll 5
  for (int k = 0; k < 5; ++k) r.limb[k] = a.limb[k] - b.limb[k];
  return r;
}

// within: the same value, known less exactly.
template <int To, class M, class V, int High>
SIGNET_LANES_INLINE Carried<M, V, To> within(const Carried<M, V, High>& a) {
  static_assert(High <= To);
  Carried<M, V, To> r;
#pragma GCC unroll 5
  for (int k = 0; k < 5; ++k) r.limb[k] = a.limb[k];
  return r;
}
template <int ToLow, int ToHigh, class M, class V, int Low, int High>
SIGNET_LANES_INLINE Loose<M, V, ToLow, ToHigh> within(const Loose<M, V, Low, High>& a) {
  static_assert(ToLow <= Low && High <= ToHigh);
  Loose<M, V, ToLow, ToHigh> r;
#pragma GCC unroll 5
  for (int k = 0; k < 5; ++k) r.limb[k] = a.limb[k];
  return r;
}

// exact: nothing is left over above the limbs, so that the value may be added to.
template <class M, class V, int High>
SIGNET_LANES_INLINE Loose<M, V, 0, High> exact(const Carried<M, V, High>& a) {
  Loose<M, V, 0, High> r;
#pragma GCC unroll 4
  for (int k = 0; k < 4; ++k) r.limb[k] = a.limb[k] & V::splat(kLow52);
  r.limb[4] = a.limb[4];
  return r;
}

// `From` is below M, limbs of 52 bits.
template <class M, class V>
SIGNET_LANES_INLINE Carried<M, V, kOnce> constant(const uint64_t (&from)[5]) {
  Carried<M, V, kOnce> r;
  splat_limbs(r.limb, from);
  return r;
}

// canonical: the one representative below M, limbs exact, of a value below 2 M: 2^260 - M is added, and the sum taken
// where it reaches 2^260.
template <class M, class V, int High>
SIGNET_LANES_INLINE Carried<M, V, kOnce> canonical(const Carried<M, V, High>& a) {
  static_assert(High < 2 * kOnce);
  const Loose<M, V, 0, High> x = exact(a);
  V less[5];
#pragma GCC unroll 5
  for (int k = 0; k < 5; ++k) less[k] = x.limb[k] - V::splat(static_cast<uint64_t>(M::kLimbs[k]));
#pragma GCC unroll 4
  for (int k = 0; k < 4; ++k) less[k + 1] = less[k + 1] + less[k].template shifted_right_signed<52>();
  const auto negative = V::has_bit(less[4], V::splat(uint64_t{1} << 63));
  Carried<M, V, kOnce> r;
#pragma GCC unroll 5
  for (int k = 0; k < 5; ++k) r.limb[k] = V::select(negative, x.limb[k], less[k] & V::splat(kLow52));
  return r;
}

// plain: a / R, below M, limbs exact: out of Montgomery's form.
template <class M, class V, int High>
SIGNET_LANES_INLINE Carried<M, V, kOnce> plain(const Carried<M, V, High>& a) {
  V z[10];
#pragma GCC unroll 10
  for (int k = 0; k < 10; ++k) z[k] = V::splat(0);
#pragma GCC unroll 4
  for (int k = 0; k < 4; ++k) z[k] = a.limb[k] & V::splat(kLow52);
  z[4] = a.limb[4];
  divided<M>(z);
  // (16 M + (2^260 - 1) M) / 2^260 is below M + M/16.
  return canonical(carried(upper<Loose<M, V, 0, kOnce + 1>>(z)));
}

// The lanes in which a canonical number is zero.
template <class M, class V>
SIGNET_LANES_INLINE typename V::Mask is_zero(const Carried<M, V, kOnce>& a) {
  V any = a.limb[0];
#pragma GCC unroll 4
  for (int k = 1; k < 5; ++k) any = any | a.limb[k];
  return V::has_no_bit(any, V::splat(UINT64_MAX));
}

template <class M, class V, int High>
SIGNET_LANES_INLINE Carried<M, V, High> selected(typename V::Mask mask, const Carried<M, V, High>& yes,
                                                 const Carried<M, V, High>& no) {
  Carried<M, V, High> r;
#pragma GCC unroll 5
  for (int k = 0; k < 5; ++k) r.limb[k] = V::select(mask, yes.limb[k], no.limb[k]);
  return r;
}

// What group_inverse.h inverts. A product of two that are below kInvertible M/16 is so again.
inline constexpr int kInvertible = 40;
template <class M, class V>
using Invertible = Carried<M, V, kInvertible>;

template <class M, class V>
SIGNET_LANES_INLINE Invertible<M, V> product(const Invertible<M, V>& a, const Invertible<M, V>& b) {
  return within<kInvertible>(carried(multiplied(a, b)));
}
template <class M, class V>
SIGNET_LANES_INLINE Pair<Invertible<M, V>, Invertible<M, V>> products(const Invertible<M, V>& a,
                                                                      const Invertible<M, V>& b,
                                                                      const Invertible<M, V>& c,
                                                                      const Invertible<M, V>& d) {
  const auto both = multiplied(a, b, c, d);
  return {within<kInvertible>(carried(both.first)), within<kInvertible>(carried(both.second))};
}
// In all lanes the inverse of what lane 0 has, in Montgomery's form: a / R is inverted, R / a times R^2 is R^2 / a.
template <class M, class V>
SIGNET_LANES_INLINE Invertible<M, V> first_lane_inverted(const Invertible<M, V>& a) {
  uint64_t words[4];
  const Words<V> all = packed(plain(a).limb);
  first_lane_of(all, words);
  M::invert(words);
  Carried<M, V, kOnce> inverse;
  limbs_of(splat_words<V>(words), inverse.limb);
  return within<kInvertible>(carried(multiplied(inverse, constant<M, V>(M::kSquare))));
}

}  // namespace signet::lanes::p256
