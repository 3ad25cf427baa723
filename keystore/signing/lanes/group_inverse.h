// The inverses of many numbers for the price of one and three products each: Montgomery's trick, first along the groups
// of eight, then across the lanes. For any kind of element in five limbs that has product, products and
// first_lane_inverted, see lane_inverse25519.h.
#pragma once

#include <cstddef>

#include "keystore/signing/lanes/inline.h"

namespace signet::lanes {

template <int Distance, class Element>
SIGNET_LANES_INLINE Element lanes_exchanged(const Element& a) {
  Element r;
#pragma GCC unroll 5
  for (int k = 0; k < 5; ++k) r.limb[k] = a.limb[k].template lanes_exchanged<Distance>();
  return r;
}

// All lanes of `a`, none of them zero.
template <class Element>
SIGNET_LANES_INLINE Element lanes_inverted(const Element& a) {
  const Element others1 = lanes_exchanged<1>(a), pairs = product(a, others1);
  const Element others2 = lanes_exchanged<2>(pairs), fours = product(pairs, others2);
  const Element others4 = lanes_exchanged<4>(fours);
  const Element inverse = first_lane_inverted(product(fours, others4));
  return product(product(product(inverse, others4), others2), others1);
}

// inverted puts 1 / z[i] in the place of each z[i]; `before` has room for as many.
template <class Element>
SIGNET_LANES_INLINE void inverted(Element* z, Element* before, size_t count) {
  Element all = z[0];
#pragma GCC unroll 1
  for (size_t i = 1; i < count; ++i) {
    before[i] = all;
    all = product(all, z[i]);
  }
  all = lanes_inverted(all);
#pragma GCC unroll 1
  for (size_t i = count - 1; i > 0; --i) {
    const auto both = products(all, before[i], all, z[i]);
    z[i] = both.first;
    all = both.second;
  }
  z[0] = all;
}

}  // namespace signet::lanes
