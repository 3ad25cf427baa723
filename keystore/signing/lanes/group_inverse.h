// The inverses of many field elements for the price of one and three products each: Montgomery's trick, first along the
// groups of eight, then across the lanes.
#pragma once

#include <cstddef>

#include "keystore/signing/lanes/field25519.h"
#include "keystore/signing/lanes/inline.h"
#include "keystore/signing/lanes/inverse25519.h"

namespace signet::lanes {

template <int Distance, class V>
SIGNET_LANES_INLINE Carried<V> lanes_exchanged(const Carried<V>& a) {
  Carried<V> r;
#pragma GCC unroll 5
  for (int k = 0; k < 5; ++k) r.limb[k] = a.limb[k].template lanes_exchanged<Distance>();
  return r;
}

template <class V>
SIGNET_LANES_INLINE Carried<V> product(const Carried<V>& a, const Carried<V>& b) {
  return carried(multiplied(a, b));
}

// All lanes of `a`, none of them zero.
template <class V>
SIGNET_LANES_INLINE Carried<V> lanes_inverted(const Carried<V>& a) {
  const Carried<V> others1 = lanes_exchanged<1>(a), pairs = product(a, others1);
  const Carried<V> others2 = lanes_exchanged<2>(pairs), fours = product(pairs, others2);
  const Carried<V> others4 = lanes_exchanged<4>(fours);
  const Words<V> all = frozen(product(fours, others4));
  alignas(64) uint64_t lanes[8];
  uint64_t words[4];
#pragma GCC unroll 4
  for (int w = 0; w < 4; ++w) {
    all.word[w].store(lanes);
    words[w] = lanes[0];
  }
  inverse25519(words);
  Words<V> inverse;
#pragma GCC unroll 4
  for (int w = 0; w < 4; ++w) inverse.word[w] = V::splat(words[w]);
  return product(product(product(unpacked(inverse), others4), others2), others1);
}

// inverted puts 1 / z[i] in the place of each z[i]; `before` has room for as many.
template <class V>
SIGNET_LANES_INLINE void inverted(Carried<V>* z, Carried<V>* before, size_t count) {
  Carried<V> all = z[0];
#pragma GCC unroll 1
  for (size_t i = 1; i < count; ++i) {
    before[i] = all;
    all = product(all, z[i]);
  }
  all = lanes_inverted(all);
#pragma GCC unroll 1
  for (size_t i = count - 1; i > 0; --i) {
    const auto both = multiplied<Bias::kNone, Bias::kNone>(all, before[i], all, z[i]);
    z[i] = carried(both.first);
    all = carried(both.second);
  }
  z[0] = all;
}

}  // namespace signet::lanes
