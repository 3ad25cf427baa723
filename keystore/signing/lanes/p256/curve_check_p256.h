// Whether what came out is a point of the curve at all, as ../curve_check.h has it for Ed25519: a fault in the sum of
// points, or in the inversion that all lanes share, leaves the curve.
#pragma once

#include <cstdint>

#include "keystore/signing/lanes/inline.h"
#include "keystore/signing/lanes/p256/moduli.h"
#include "keystore/signing/lanes/p256/montgomery.h"

namespace signet::lanes::p256 {

// Of y^2 = x^3 - 3 x + b, times R.
inline constexpr uint64_t kCurveB[5] = {0xdf6229c4bddfd, 0xca8843090d89c, 0x212ed6acf005c, 0x83415a220abf7,
                                        0xc30061dd4874};
inline constexpr uint64_t kThree[5] = {0x30, 0xd000000000000, 0xfffffffffffff, 0xffcffffffffff, 0x2fffff};

// off_curve: the lanes in which y^2 - x (x^2 - 3) - b is not zero.
template <class V, int X, int Y>
SIGNET_LANES_INLINE typename V::Mask off_curve(const Carried<Prime, V, X>& x, const Carried<Prime, V, Y>& y) {
  const auto squares = multiplied<1, 3>(x, x, y, y);
  const auto factor = carried(squares.first - within<0, kOnce>(exact(constant<Prime, V>(kThree))));
  const auto difference = squares.second - multiplied(x, factor) - exact(constant<Prime, V>(kCurveB));
  return static_cast<typename V::Mask>(~is_zero(plain(carried(difference))));
}

}  // namespace signet::lanes::p256
