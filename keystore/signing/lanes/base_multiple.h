// Multiples of Ed25519's base point by eight secret scalars at once.
//
// Points are (X : Y : Z : T) with x = X/Z, y = Y/Z, T = XY/Z on -x^2 + y^2 = 1 + d x^2 y^2. Its addition law is
// complete (d is no square), so that no point and no digit is special. Tables hold halves, ((y + x)/2, (y - x)/2, d x
// y), which saves the doubling of Z: all of X, Y, Z, T come out a quarter of what the textbook has.
//
// Every look-up reads all entries of its window, and every choice is made by masks.
#pragma once

#include <cstdint>

#include "keystore/signing/lanes/base_table.h"
#include "keystore/signing/lanes/curve_check.h"
#include "keystore/signing/lanes/field25519.h"
#include "keystore/signing/lanes/inline.h"
#include "keystore/signing/lanes/scalar25519.h"

namespace signet::lanes {

// The digits of a scalar r: with r' = r + (2^252 - 1)/2 mod L = sum of u_i 128^i, r is the sum of (u_i - 63.5) 128^i
// mod L. u_35 is 128 where r' reaches 2^252, which no hash will ever give.
template <class V>
SIGNET_LANES_INLINE V digit_of(const Words<V>& offset_nonce, int i) {
  const V* word = offset_nonce.word + 7 * i / 64;
  const int shift = 7 * i % 64;
  V bits = word->shifted_right(static_cast<unsigned>(shift));
  if (shift > 57 && i < kWindows - 1) bits = bits | word[1].shifted_left(static_cast<unsigned>(64 - shift));
  return bits & V::splat(i == kWindows - 1 ? 255 : 127);
}

template <class V>
struct Entry {
  Carried<V> plus, minus, dxy;  // (y + x)/2, (y - x)/2, d x y
  typename V::Mask negative;    // the last is to be negated; the others are exchanged already
};

// Word `which` of the entries `index`.
template <class V>
SIGNET_LANES_INLINE V looked_up(const uint64_t* word, V index, typename V::Mask bit4, typename V::Mask bit5) {
  const V low = V::select(bit4, V::pick16(word + 16, index), V::pick16(word, index));
  const V high = V::select(bit4, V::pick16(word + 48, index), V::pick16(word + 32, index));
  return V::select(bit5, high, low);
}

// entry_of: the entry for the digits `u` - 63.5. Bit 6 is the sign; the lower six bits are those of an entry, or of its
// mirror image.
template <class V>
SIGNET_LANES_INLINE Entry<V> entry_of(const uint64_t* window, V u) {
  Entry<V> entry;
  entry.negative = V::has_no_bit(u, V::splat(64));
  const V index = V::select(entry.negative, u ^ V::splat(63), u);
  const auto bit4 = V::has_bit(index, V::splat(16)), bit5 = V::has_bit(index, V::splat(32));
  Words<V> plus, minus, dxy;
#pragma GCC unroll 4
  for (int w = 0; w < kWords; ++w) {
    const V a = looked_up(window + w * kWordStride, index, bit4, bit5);
    const V b = looked_up(window + kCoordinateStride + w * kWordStride, index, bit4, bit5);
    plus.word[w] = V::select(entry.negative, b, a);
    minus.word[w] = V::select(entry.negative, a, b);
    dxy.word[w] = looked_up(window + 2 * kCoordinateStride + w * kWordStride, index, bit4, bit5);
  }
  entry.plus = unpacked(plus);
  entry.minus = unpacked(minus);
  entry.dxy = unpacked(dxy);
  return entry;
}

// top_entry_of: of the highest window, whose digit may be 128. That entry is positive.
template <class V>
SIGNET_LANES_INLINE Entry<V> top_entry_of(const BaseTable& table, V u) {
  Entry<V> entry = entry_of(table.windows + (kWindows - 1) * kWindowStride, u);
  const auto beyond = V::has_bit(u, V::splat(128));
  Words<V> words[kCoordinates];
  for (int c = 0; c < kCoordinates; ++c) {
    for (int w = 0; w < kWords; ++w) words[c].word[w] = V::splat(table.beyond[c * kWords + w]);
  }
  const Carried<V> plus = unpacked(words[0]), minus = unpacked(words[1]), dxy = unpacked(words[2]);
  for (int k = 0; k < 5; ++k) {
    entry.plus.limb[k] = V::select(beyond, plus.limb[k], entry.plus.limb[k]);
    entry.minus.limb[k] = V::select(beyond, minus.limb[k], entry.minus.limb[k]);
    entry.dxy.limb[k] = V::select(beyond, dxy.limb[k], entry.dxy.limb[k]);
  }
  entry.negative = static_cast<typename V::Mask>(entry.negative & ~beyond);
  return entry;
}

// What one addition hands to the next: Z is F G, and is multiplied out only there.
template <class V>
struct Running {
  Carried<V> difference, sum;  // Y - X, Y + X
  Carried<V> t, f, g;
};

// An affine point by itself: Z = 1.
template <class V>
SIGNET_LANES_INLINE Running<V> begun(const Entry<V>& entry) {
  const Loose<V> plus = exact(entry.plus), minus = exact(entry.minus);
  Running<V> r;
  r.sum = carried(plus + plus);
  r.difference = carried(minus + minus);
  r.t = carried(multiplied(carried((plus + bias<Bias::kProduct, V>()) - minus), carried(plus + minus)));
  r.f = r.g = small<V>(1);
  return r;
}

// E = B - A, H = B + A, F = Z - C, G = Z + C.
template <class V>
struct Factors {
  Carried<V> e, h, f, g;
};

// The table is in the second cache at best: a quarter of the next window is asked for at each of four places of an
// addition. All of it at once would fill the queue that other loads wait in. Which window is next is public; null: the
// group before has asked for it.
template <int Quarter>
SIGNET_LANES_INLINE void fetch_quarter(const uint64_t* window) {
  if (window == nullptr) return;
  constexpr size_t kQuarter = kWindowStride / 4;
#pragma GCC unroll 24
  for (size_t i = 0; i < kQuarter; i += 8) __builtin_prefetch(window + Quarter * kQuarter + i);
}

template <class V>
SIGNET_LANES_INLINE Factors<V> factors(const Running<V>& point, const Entry<V>& entry, const uint64_t* next) {
  Factors<V> r;
  fetch_quarter<0>(next);
  const auto ab = multiplied<Bias::kNone, Bias::kProduct>(point.difference, entry.minus, point.sum, entry.plus);
  r.e = carried(ab.second - ab.first);
  r.h = carried(ab.second + ab.first);
  fetch_quarter<1>(next);
  const auto cz = multiplied<Bias::kNone, Bias::kBiased>(point.t, entry.dxy, point.f, point.g);
  const Loose<V> zero = bias<Bias::kProduct, V>();
  Loose<V> c;
#pragma GCC unroll 5
  for (int k = 0; k < 5; ++k) {
    c.limb[k] = V::subtract_where(entry.negative, cz.first.limb[k], zero.limb[k], cz.first.limb[k]);
  }
  r.f = carried(cz.second - c);
  r.g = carried(cz.second + c);
  return r;
}

template <class V>
SIGNET_LANES_INLINE void add(Running<V>& point, const Entry<V>& entry, const uint64_t* next) {
  const Factors<V> by = factors(point, entry, next);
  fetch_quarter<2>(next);
  point.t = carried(multiplied(by.e, by.h));
  fetch_quarter<3>(next);
  const auto xy = multiplied<Bias::kNone, Bias::kProduct>(by.e, by.f, by.g, by.h);
  point.difference = carried(xy.second - xy.first);
  point.sum = carried(xy.second + xy.first);
  point.f = by.f;
  point.g = by.g;
}

template <class V>
struct Point {
  Carried<V> x, y, z;
};

template <class V>
SIGNET_LANES_INLINE Point<V> added_last(const Running<V>& point, const Entry<V>& entry, const uint64_t* next) {
  const Factors<V> by = factors(point, entry, next);
  const auto xy = multiplied<Bias::kNone, Bias::kNone>(by.e, by.f, by.g, by.h);
  return {carried(xy.first), carried(xy.second), carried(multiplied(by.f, by.g))};
}

// base_multiples and last_window give r B for `count` scalars r in each lane, as digit_of reads them. All groups are
// through with a window before the next is read: it comes from the second cache once, and the products of one group
// fill the waiting of the other's. Highest window first, since that alone has a digit more.
template <class V>
SIGNET_LANES_INLINE void base_multiples(const BaseTable& table, const Words<V>* scalars, Running<V>* points,
                                        size_t count) {
#pragma GCC unroll 1
  for (size_t group = 0; group < count; ++group) {
    points[group] = begun(top_entry_of(table, digit_of(scalars[group], kWindows - 1)));
  }
#pragma GCC unroll 1
  for (int i = kWindows - 2; i > 0; --i) {
    const uint64_t* window = table.windows + i * kWindowStride;
#pragma GCC unroll 1
    for (size_t group = 0; group < count; ++group) {
      add(points[group], entry_of(window, digit_of(scalars[group], i)), group == 0 ? window - kWindowStride : nullptr);
    }
  }
}

template <class V>
SIGNET_LANES_INLINE Point<V> last_window(const BaseTable& table, const Words<V>& scalar, const Running<V>& point) {
  // The next call begins at the top.
  return added_last(point, entry_of(table.windows, digit_of(scalar, 0)),
                    table.windows + (kWindows - 1) * kWindowStride);
}

template <class V>
SIGNET_LANES_INLINE Affine<V> affine(const Carried<V>& x, const Carried<V>& y, const Carried<V>& z_inverse) {
  const auto both = multiplied<Bias::kNone, Bias::kNone>(x, z_inverse, y, z_inverse);
  return {carried(both.first), carried(both.second)};
}

// encoded: y, with the lowest bit of x on top (RFC 8032 5.1.2).
template <class V>
SIGNET_LANES_INLINE Words<V> encoded(const Affine<V>& point) {
  Words<V> words = frozen(point.y);
  words.word[3] = words.word[3] | frozen(point.x).word[0].template shifted_left<63>();
  return words;
}

}  // namespace signet::lanes
