// P-256's two moduli (SP 800-186 3.2.1.3), for montgomery.h. Each constant is derived anew in the tests.
#pragma once

#include <cstdint>

#include "keystore/signing/lanes/inline.h"
#include "keystore/signing/lanes/p256/inverse_p256.h"
#include "keystore/signing/lanes/p256/montgomery.h"

namespace signet::lanes::p256 {

// p = 2^256 - 2^224 + 2^192 + 2^96 - 1. It is -1 modulo 2^52, so that the lowest limb itself is how many times p is to
// be added: m p + m = m 2^96 + m 2^192 + m (2^256 - 2^224), of which the limbs are 2^44, 0, 2^36, 2^48 - 2^16.
struct Prime {
  static constexpr int64_t kLimbs[5] = {-1, int64_t{1} << 44, 0, int64_t{1} << 36, 0xffffffff0000};
  static constexpr uint64_t kOne[5] = {0x10, 0xf000000000000, 0xfffffffffffff, 0xffeffffffffff, 0xfffff};        // R
  static constexpr uint64_t kSquare[5] = {0x300, 0xffffffff00000, 0xffffefffffffb, 0xfdfffffffffff, 0x4ffffff};  // R^2

  template <class V>
  SIGNET_LANES_INLINE static void clear(V* z) {
    const V low = V::splat(uint64_t{1} << 44), middle = V::splat(uint64_t{1} << 36), top = V::splat(0xffffffff0000);
    const V m = z[0];
    z[1] = V::add_low52(z[1], m, low) + m.template shifted_right<52>();
    z[2] = V::add_high52(z[2], m, low);
    z[3] = V::add_low52(z[3], m, middle);
    z[4] = V::add_high52(z[4], m, middle);
    z[4] = V::add_low52(z[4], m, top);
    z[5] = V::add_high52(z[5], m, top);
  }
  static void invert(uint64_t (&a)[4]) { inverse_modulo_prime(a); }
};

// n, the order of the base point.
struct Order {
  static constexpr int64_t kLimbs[5] = {0x9cac2fc632551, 0xada7179e84f3b, 0xfffffffbce6fa, 0xfffffffff, 0xffffffff0000};
  static constexpr uint64_t kNegatedInverse = 0x1c8aaee00bc4f;  // -1 / n mod 2^52
  static constexpr uint64_t kSquare[5] = {0x5cc0dea6dc3ba, 0x192a067d8a084, 0xbec59615571bb, 0x1fc245b2392b6,
                                          0xe12d9559d956};  // R^2
  // The offset of the digits, (2^256 - 1) / 2, times R; and what takes it away again.
  static constexpr uint64_t kOffset[5] = {0x35a7ce1bf2fa5, 0x46916195ccdbc, 0xb5f62c8e54eb2, 0xb106422d91c95,
                                          0x37096ca29eca};
  static constexpr uint64_t kWithoutOffset[5] = {0x6b0247a94b7fa, 0x47aa36dc76d9, 0xfffffff9b5a78, 0x17ffffffff,
                                                 0xfffffffe8000};

  template <class V>
  SIGNET_LANES_INLINE static void clear(V* z) {
    const V m = V::add_low52(V::splat(0), z[0], V::splat(kNegatedInverse));
#pragma GCC unroll 5
    for (int k = 0; k < 5; ++k) z[k] = V::add_low52(z[k], m, V::splat(static_cast<uint64_t>(kLimbs[k])));
#pragma GCC unroll 5
    for (int k = 0; k < 5; ++k) z[k + 1] = V::add_high52(z[k + 1], m, V::splat(static_cast<uint64_t>(kLimbs[k])));
    z[1] = z[1] + z[0].template shifted_right<52>();
  }
  static void invert(uint64_t (&a)[4]) { inverse_modulo_order(a); }
};

}  // namespace signet::lanes::p256
