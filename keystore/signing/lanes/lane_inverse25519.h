// What group_inverse.h inverts elements of the field of 2^255 - 19 with.
#pragma once

#include "keystore/signing/lanes/field25519.h"
#include "keystore/signing/lanes/inline.h"
#include "keystore/signing/lanes/inverse25519.h"

namespace signet::lanes {

template <class V>
SIGNET_LANES_INLINE Carried<V> product(const Carried<V>& a, const Carried<V>& b) {
  return carried(multiplied(a, b));
}

template <class V>
struct ProductPair {
  Carried<V> first, second;
};
template <class V>
SIGNET_LANES_INLINE ProductPair<V> products(const Carried<V>& a, const Carried<V>& b, const Carried<V>& c,
                                            const Carried<V>& d) {
  const auto both = multiplied<Bias::kNone, Bias::kNone>(a, b, c, d);
  return {carried(both.first), carried(both.second)};
}

// In all lanes the inverse of what lane 0 has.
template <class V>
SIGNET_LANES_INLINE Carried<V> first_lane_inverted(const Carried<V>& a) {
  uint64_t words[4];
  first_lane_of(frozen(a), words);
  inverse25519(words);
  return unpacked(splat_words<V>(words));
}

}  // namespace signet::lanes
