// The field of 2^255 - 19 in eight lanes: five limbs of 52 bits, which is what the processor's multiply-and-add takes.
// Two kinds of element, as two types, so that a sum that was not carried cannot be multiplied:
//
// - Loose: limbs are plain 64-bit numbers below 2^59. May be added and subtracted.
// - Carried: of limbs 0 to 3 the lower 52 bits count and what is above them is left over from carrying; limb 4 is below
//   2^47 + 2^8. Its value is below 2^255 + 2^217. May be multiplied.
//
// Each function says its bounds; the tests assert them with extreme limbs. No branch and no address depends on a value.
#pragma once

#include "keystore/signing/lanes/inline.h"
#include "keystore/signing/lanes/product52.h"

namespace signet::lanes {

template <class V>
struct Loose {
  V limb[5];
};
template <class V>
struct Carried {
  V limb[5];
};

// What a product starts from, so that something may be subtracted from it: a multiple of the prime all of whose limbs
// are above the limbs of what is subtracted. 2^n (2^208 + 2^156 + 2^104 + 2^52 + 1) less 19 * 2^(n - 47) in the lowest
// limb and 2^(n - 52) in the others telescopes to 2^(n - 47) * (2^255 - 19).
enum class Bias : uint8_t {
  kNone,
  kProduct,  // limbs above 2^56 - 2^14, products are below 2^55.33
  kBiased,   // limbs above 2^57 - 2^15, kProduct less a product is at most 2^56
};
template <Bias B>
constexpr uint64_t bias_limb(int i) {
  if (B == Bias::kNone) return 0;
  const int n = B == Bias::kProduct ? 56 : 57;
  return (uint64_t{1} << n) - (i == 0 ? uint64_t{19} << (n - 47) : uint64_t{1} << (n - 52));
}

// folded takes the ten limbs of a product, each below 10 * 2^52, z[0..4] with a bias on top, and uses 2^260 = 608. The
// product is below 2^510.02, so that the last upper limb, once carried into, is below 2^42.1 and 608 times it below
// 2^51.4: its upper half is zero. Limbs of the result: below 10 * 2^52 + 608 < 2^55.33, and the bias.
template <class V>
SIGNET_LANES_INLINE Loose<V> folded(V (&z)[10]) {
  const V factor = V::splat(608);
#pragma GCC unroll 4
  for (int k = 5; k < 9; ++k) z[k + 1] = z[k + 1] + z[k].template shifted_right<52>();
#pragma GCC unroll 5
  for (int k = 0; k < 5; ++k) z[k] = V::add_low52(z[k], z[k + 5], factor);
#pragma GCC unroll 4
  for (int k = 1; k < 5; ++k) z[k] = V::add_high52(z[k], z[k + 4], factor);
  Loose<V> result;
#pragma GCC unroll 5
  for (int k = 0; k < 5; ++k) result.limb[k] = z[k];
  return result;
}

template <Bias B = Bias::kNone, class V>
SIGNET_LANES_INLINE Loose<V> multiplied(const Carried<V>& a, const Carried<V>& b) {
  V z[10];
#pragma GCC unroll 10
  for (int k = 0; k < 10; ++k) z[k] = V::splat(k < 5 ? bias_limb<B>(k) : 0);
  add_product52(z, a.limb, b.limb);
  return folded(z);
}

template <class V>
struct LoosePair {
  Loose<V> first, second;
};

// Two products at once: their steps alternate, since each multiply-and-add waits for the one before it on its limb.
template <Bias First, Bias Second, class V>
SIGNET_LANES_INLINE LoosePair<V> multiplied(const Carried<V>& a, const Carried<V>& b, const Carried<V>& c,
                                            const Carried<V>& d) {
  V y[10], z[10];
#pragma GCC unroll 10
  for (int k = 0; k < 10; ++k) {
    y[k] = V::splat(k < 5 ? bias_limb<First>(k) : 0);
    z[k] = V::splat(k < 5 ? bias_limb<Second>(k) : 0);
  }
  add_products52(y, a.limb, b.limb, z, c.limb, d.limb);
  LoosePair<V> result;
  result.first = folded(y);
  result.second = folded(z);
  return result;
}

// carried: for limbs below 2^59. What is above bit 255 is below 2^12 and comes back 19-fold, below 2^17; the carry into
// limb 4 is then below 2^8.
template <class V>
SIGNET_LANES_INLINE Carried<V> carried(const Loose<V>& a) {
  Carried<V> r;
  r.limb[0] = V::add_low52(a.limb[0], a.limb[4].template shifted_right<47>(), V::splat(19));
  r.limb[4] = a.limb[4] & V::splat((uint64_t{1} << 47) - 1);
#pragma GCC unroll 3
  for (int k = 1; k < 4; ++k) r.limb[k] = a.limb[k] + r.limb[k - 1].template shifted_right<52>();
  r.limb[4] = r.limb[4] + r.limb[3].template shifted_right<52>();
  return r;
}

template <class V>
SIGNET_LANES_INLINE Loose<V> operator+(const Loose<V>& a, const Loose<V>& b) {
  Loose<V> r;
#pragma GCC unroll 5
  for (int k = 0; k < 5; ++k) r.limb[k] = a.limb[k] + b.limb[k];
  return r;
}
// Of limbs that are nowhere below those of b: see Bias.
template <class V>
SIGNET_LANES_INLINE Loose<V> operator-(const Loose<V>& a, const Loose<V>& b) {
  Loose<V> r;
#pragma GCC unroll 5
  for (int k = 0; k < 5; ++k) r.limb[k] = a.limb[k] - b.limb[k];
  return r;
}
template <Bias B, class V>
SIGNET_LANES_INLINE Loose<V> bias() {
  Loose<V> r;
#pragma GCC unroll 5
  for (int k = 0; k < 5; ++k) r.limb[k] = V::splat(bias_limb<B>(k));
  return r;
}

// exact: the same element with nothing left over above its limbs, so that it may be added to.
template <class V>
SIGNET_LANES_INLINE Loose<V> exact(const Carried<V>& a) {
  Loose<V> r;
#pragma GCC unroll 4
  for (int k = 0; k < 4; ++k) r.limb[k] = a.limb[k] & V::splat(kLow52);
  r.limb[4] = a.limb[4];
  return r;
}

template <class V>
SIGNET_LANES_INLINE Carried<V> small(uint64_t value) {
  Carried<V> r;
#pragma GCC unroll 5
  for (int k = 0; k < 5; ++k) r.limb[k] = V::splat(k == 0 ? value : 0);
  return r;
}

// frozen: the one representative below the prime. A carried value is below twice the prime, so that the prime is to be
// subtracted once or not at all: once if the value plus 19 reaches 2^255.
template <class V>
SIGNET_LANES_INLINE Words<V> frozen(const Carried<V>& a) {
  Loose<V> r = exact(a);
  V carry = (r.limb[0] + V::splat(19)).template shifted_right<52>();
#pragma GCC unroll 3
  for (int k = 1; k < 4; ++k) carry = (r.limb[k] + carry).template shifted_right<52>();
  carry = (r.limb[4] + carry).template shifted_right<47>();
  r.limb[0] = V::add_low52(r.limb[0], carry, V::splat(19));
#pragma GCC unroll 4
  for (int k = 0; k < 4; ++k) {
    r.limb[k + 1] = r.limb[k + 1] + r.limb[k].template shifted_right<52>();
    r.limb[k] = r.limb[k] & V::splat(kLow52);
  }
  r.limb[4] = r.limb[4] & V::splat((uint64_t{1} << 47) - 1);
  return packed(r.limb);
}

// unpacked: of a value below 2^255.
template <class V>
SIGNET_LANES_INLINE Carried<V> unpacked(const Words<V>& w) {
  Carried<V> r;
  limbs_of(w, r.limb);
  return r;
}

}  // namespace signet::lanes
