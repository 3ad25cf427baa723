// Whether what came out is a point of the curve at all. The inversion is shared by all lanes, so that a fault in it
// makes all of them wrong in the same way, and no lane that carries a copy can tell. Nearly every fault in the sum of
// points or in their division leaves the curve; a signature with such an R beside the right one of the message reveals
// the key.
#pragma once

#include <cstdint>

#include "keystore/signing/lanes/field25519.h"
#include "keystore/signing/lanes/inline.h"

namespace signet::lanes {

// -121665 / 121666.
inline constexpr uint64_t kCurveD[5] = {0xb4dca135978a3, 0x4d4141d8ab75e, 0x779e89800700a, 0xfe738cc740797,
                                        0x52036cee2b6f};

// Affine coordinates.
template <class V>
struct Affine {
  Carried<V> x, y;
};

// off_curve: the lanes in which y^2 is not 1 + x^2 + d x^2 y^2.
template <class V>
SIGNET_LANES_INLINE typename V::Mask off_curve(const Affine<V>& point) {
  const auto squares = multiplied<Bias::kNone, Bias::kNone>(point.x, point.x, point.y, point.y);
  const Carried<V> x2 = carried(squares.first), y2 = carried(squares.second);
  Carried<V> d;
  splat_limbs(d.limb, kCurveD);
  Loose<V> right = multiplied(d, carried(multiplied(x2, y2))) + squares.first;
  right.limb[0] = right.limb[0] + V::splat(1);
  const Words<V> a = frozen(carried(right)), b = frozen(y2);
  V differ = a.word[0] ^ b.word[0];
#pragma GCC unroll 3
  for (int w = 1; w < 4; ++w) differ = differ | (a.word[w] ^ b.word[w]);
  return V::has_bit(differ, V::splat(UINT64_MAX));
}

}  // namespace signet::lanes
