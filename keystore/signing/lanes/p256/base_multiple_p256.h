// Multiples of P-256's base point by eight secret scalars at once.
//
// Points are (X, Y, ZZ, ZZZ) with x = X/ZZ, y = Y/ZZZ, ZZ^3 = ZZZ^2: adding an affine point takes eight products and
// two squares, in five pairs that do not wait for each other. -Y is kept in place of Y.
//
// The addition is wrong where both points have the same x: equal, or opposite. With k' = k + (2^256 - 1)/2 mod n in
// octets u_i, k is the sum of d_i 256^i mod n for d_i = u_i - 127.5. Added from the lowest window up, let S be the sum
// below window i and T = d_i 256^i, as rational numbers. 2 S is the sum of odd numbers of at most 255 in size times
// 256^j for j < i: not zero (it is odd), and at most 256^i - 1 in size. 2 T is an odd multiple of 256^i. So 2 T - 2 S
// and 2 T + 2 S are not zero, and at most 256^(i + 1) - 1 in size, which is below n for i < 31: modulo n, which is odd,
// T is neither S nor -S. Nor is S the point at infinity: 0 < |2 S| < n for i <= 31. At the top window, i = 31, T = -S
// means k = 0; and T = S happens for two k alone, 255 * 2^248 and its negative (2 T - 2 S is odd and below 2^256 < 2 n,
// so it is n or -n, and d_31 is 127.5 or -127.5). Then ZZ comes out zero, in that lane alone: whoever divides by it
// looks, and refuses the nonce. Both happen for three nonces of 2^256.
//
// Every look-up reads all entries of its window, and every choice is made by masks.
#pragma once

#include <cstddef>
#include <cstdint>

#include "keystore/signing/lanes/inline.h"
#include "keystore/signing/lanes/p256/base_table_p256.h"
#include "keystore/signing/lanes/p256/moduli.h"
#include "keystore/signing/lanes/p256/montgomery.h"

namespace signet::lanes::p256 {

template <class V, int Low, int High>
using LooseP = Loose<Prime, V, Low, High>;
template <class V, int High>
using CarriedP = Carried<Prime, V, High>;

// The octets of k'.
template <class V>
struct Digits {
  V digit[kWindows];
};

template <class V>
SIGNET_LANES_INLINE void split_digits(const Carried<Order, V, kOnce>& with_offset, Digits<V>& digits) {
  const Words<V> w = packed(with_offset.limb);
#pragma GCC unroll 1
  for (int i = 0; i < kWindows; ++i) {
    digits.digit[i] = w.word[i / 8].shifted_right(static_cast<unsigned>(8 * (i % 8))) & V::splat(255);
  }
}

template <class V>
struct Entry {
  CarriedP<V, kOnce> x, y;
  typename V::Mask negative;  // y is to be negated
};

// A word of the entries `index`, by the bits 4, 5 and 6 of it.
template <class V>
SIGNET_LANES_INLINE V looked_up(const uint64_t* word, V index, typename V::Mask bit4, typename V::Mask bit5,
                                typename V::Mask bit6) {
  V half[2];
#pragma GCC unroll 2
  for (size_t i = 0; i < 2; ++i) {
    const uint64_t* from = word + 64 * i;
    const V low = V::select(bit4, V::pick16(from + 16, index), V::pick16(from, index));
    const V high = V::select(bit4, V::pick16(from + 48, index), V::pick16(from + 32, index));
    half[i] = V::select(bit5, high, low);
  }
  return V::select(bit6, half[1], half[0]);
}

// entry_of: the entry for the digits `u` - 127.5. Bit 7 is the sign; the lower seven are those of an entry, or of its
// mirror image.
template <class V>
SIGNET_LANES_INLINE Entry<V> entry_of(const uint64_t* window, V u) {
  Entry<V> entry;
  entry.negative = V::has_no_bit(u, V::splat(128));
  const V index = V::select(entry.negative, u ^ V::splat(127), u);
  const auto bit4 = V::has_bit(index, V::splat(16)), bit5 = V::has_bit(index, V::splat(32)),
             bit6 = V::has_bit(index, V::splat(64));
  Words<V> x, y;
#pragma GCC unroll 4
  for (int w = 0; w < kWords; ++w) {
    x.word[w] = looked_up(window + w * kWordStride, index, bit4, bit5, bit6);
    y.word[w] = looked_up(window + kCoordinateStride + w * kWordStride, index, bit4, bit5, bit6);
  }
  limbs_of(x, entry.x.limb);
  limbs_of(y, entry.y.limb);
  return entry;
}

// What the values of a sum stay within, in sixteenths of p; the compiler checks that an addition keeps them.
inline constexpr int kXLow = 0, kXHigh = 33, kYLow = 18, kYHigh = 90, kZHigh = 20;

template <class V>
struct Sum {
  LooseP<V, kXLow, kXHigh> x;
  LooseP<V, kYLow, kYHigh> minus_y;
  CarriedP<V, kXHigh> x_factor;        // x once more
  CarriedP<V, kYHigh> minus_y_factor;  // -y once more
  CarriedP<V, kZHigh> zz, zzz;
};

// lowered: of a value from -14 p to 0. What limb 4 has from 2^256 up, which is the value divided by 2^256 and rounded
// down but for what lower limbs would carry, says how many p are to be added: one more than would make it about zero.
// s is 1 to 16, so that its products are below 2^52. The value is then above p - p/16 and below 2 p + p/16: 2^256 is p
// and less than 2^-31 p, sixteen times, and the lower limbs are below 2^60.
template <class V, int Low, int High>
SIGNET_LANES_INLINE LooseP<V, kOnce - 1, 2 * kOnce + 1> lowered(const LooseP<V, Low, High>& a) {
  static_assert(Low >= -14 * kOnce && High <= 0);
  const V s = V::splat(1) - a.limb[4].template shifted_right_signed<48>();
  LooseP<V, kOnce - 1, 2 * kOnce + 1> r;
  r.limb[0] = a.limb[0] - s;
  r.limb[1] = V::add_low52(a.limb[1], s, V::splat(static_cast<uint64_t>(Prime::kLimbs[1])));
  r.limb[2] = a.limb[2];
  r.limb[3] = V::add_low52(a.limb[3], s, V::splat(static_cast<uint64_t>(Prime::kLimbs[3])));
  r.limb[4] = V::add_low52(a.limb[4], s, V::splat(static_cast<uint64_t>(Prime::kLimbs[4])));
  return r;
}

// a where not `negative`, else -a.
template <class V, int High>
SIGNET_LANES_INLINE LooseP<V, -High, High> with_sign(const LooseP<V, 0, High>& a, typename V::Mask negative) {
  LooseP<V, -High, High> r;
#pragma GCC unroll 5
  for (int k = 0; k < 5; ++k) {
    r.limb[k] = V::subtract_where(negative, a.limb[k], V::splat(0), a.limb[k]);
  }
  return r;
}

template <int Times, class V>
SIGNET_LANES_INLINE LooseP<V, Times * kOnce, Times * kOnce> primes() {
  LooseP<V, Times * kOnce, Times * kOnce> r;
#pragma GCC unroll 5
  for (int k = 0; k < 5; ++k) r.limb[k] = V::splat(static_cast<uint64_t>(Times * Prime::kLimbs[k]));
  return r;
}

template <class V>
SIGNET_LANES_INLINE Sum<V> begun(const Entry<V>& entry) {
  Sum<V> r;
  const auto y = with_sign(exact(entry.y), entry.negative);
  r.x = within<kXLow, kXHigh>(exact(entry.x));
  r.minus_y = within<kYLow, kYHigh>(primes<3, V>() - y);
  r.x_factor = within<kXHigh>(carried(r.x));
  r.minus_y_factor = within<kYHigh>(carried(r.minus_y));
  r.zz = r.zzz = within<kZHigh>(constant<Prime, V>(Prime::kOne));
  return r;
}

// The table is in the second cache at best: a part of the next window is asked for at each of four places of an
// addition. Which window is next is public.
template <int Quarter>
SIGNET_LANES_INLINE void fetch_quarter(const uint64_t* window) {
  constexpr size_t kQuarter = kWindowStride / 4;
#pragma GCC unroll 32
  for (size_t i = 0; i < kQuarter; i += 8) __builtin_prefetch(window + Quarter * kQuarter + i);
}

template <class V>
SIGNET_LANES_INLINE void add(Sum<V>& sum, const Entry<V>& entry, const uint64_t* next) {
  fetch_quarter<0>(next);
  const auto us = multiplied<3, 0>(entry.x, sum.zz, entry.y, sum.zzz);
  const auto p = carried(us.first - sum.x);                                    // x_entry - x
  const auto r = carried(sum.minus_y + with_sign(us.second, entry.negative));  // y_entry - y
  fetch_quarter<1>(next);
  const auto squares = multiplied<0, -6>(p, p, r, r);
  const auto pp = carried(squares.first);
  fetch_quarter<2>(next);
  const auto cubes = multiplied<0, -1>(p, pp, sum.x_factor, pp);
  const auto ppp = carried(cubes.first);
  const auto& q = cubes.second;
  const auto x = lowered(squares.second - cubes.first - (q + q));
  const auto minus_d = carried(x - q);
  fetch_quarter<3>(next);
  const auto zs = multiplied<0, 0>(sum.zz, pp, sum.zzz, ppp);
  sum.zz = within<kZHigh>(carried(zs.first));
  sum.zzz = within<kZHigh>(carried(zs.second));
  const auto ys = multiplied<3, 0>(r, minus_d, sum.minus_y_factor, ppp);
  sum.x = within<kXLow, kXHigh>(x);
  sum.x_factor = within<kXHigh>(carried(x));
  sum.minus_y = within<kYLow, kYHigh>(ys.first - ys.second);
  sum.minus_y_factor = within<kYHigh>(carried(sum.minus_y));
}

// base_multiple: k G for the octets of k'.
template <class V>
SIGNET_LANES_INLINE Sum<V> base_multiple(const BaseTable& table, const Digits<V>& digits) {
  Sum<V> sum = begun(entry_of(table.windows, digits.digit[0]));
#pragma GCC unroll 1
  for (int i = 1; i < kWindows; ++i) {
    const uint64_t* window = table.windows + i * kWindowStride;
    // The next group begins at the bottom.
    add(sum, entry_of(window, digits.digit[i]), i + 1 < kWindows ? window + kWindowStride : table.windows);
  }
  return sum;
}

}  // namespace signet::lanes::p256
