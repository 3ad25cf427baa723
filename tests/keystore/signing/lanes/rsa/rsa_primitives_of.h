// The body of rsa_primitives.h over a vector type V.
#pragma once

#include <memory>

#include "keystore/signing/lanes/rsa/rsa_group.h"
#include "tests/keystore/signing/lanes/rsa/rsa_primitives.h"

namespace signet::lanes {

template <class V>
struct RsaPrimitivesOf {
  struct Number {
    explicit Number(const LaneLimbs& limbs) {
      for (size_t k = 0; k < kLimbsMax; ++k) {
        alignas(64) uint64_t lanes[8];
        for (size_t lane = 0; lane < 8; ++lane) lanes[lane] = (&limbs[k][0])[lane];
        limb[k] = V::load(lanes);
      }
    }
    V limb[kLimbsMax];
  };
  static void write(const V* from, LaneLimbs& to) {
    for (size_t k = 0; k < kLimbsMax; ++k) {
      alignas(64) uint64_t lanes[8];
      from[k].store(lanes);
      for (size_t lane = 0; lane < 8; ++lane) (&to[k][0])[lane] = lanes[lane];
    }
  }
  struct Work {
    Work(const Modulus& modulus, const LaneLimbs& first, const LaneLimbs& second)
        : montgomery(modulus), a(first), b(second), to(first) {}
    Montgomery<V> montgomery;
    Number a, b, to;
    PowerTable<V> table;
  };

  // What `compute` leaves in one of the numbers of its work.
  template <class Compute>
  static LaneLimbs worked(const Modulus& modulus, const LaneLimbs& a, const LaneLimbs& b, Number Work::* result,
                          Compute compute) {
    const auto work = std::make_unique<Work>(modulus, a, b);
    compute(*work, (*work.*result).limb);
    LaneLimbs written(a);
    write((*work.*result).limb, written);
    return written;
  }
  static LaneLimbs multiply(const Modulus& modulus, const LaneLimbs& a, const LaneLimbs& b) {
    return worked(modulus, a, b, &Work::to,
                  [](Work& work, V* to) { work.montgomery.multiply(to, work.a.limb, work.b.limb); });
  }
  static LaneLimbs multiply_in_place(const Modulus& modulus, const LaneLimbs& a, const LaneLimbs& b) {
    return worked(modulus, a, b, &Work::a,
                  [](Work& work, V* to) { work.montgomery.multiply(to, work.a.limb, work.b.limb); });
  }
  static LaneLimbs square(const Modulus& modulus, const LaneLimbs& a) {
    return worked(modulus, a, a, &Work::to, [](Work& work, V* to) { work.montgomery.square(to, work.a.limb); });
  }
  static LaneLimbs square_in_place(const Modulus& modulus, const LaneLimbs& a) {
    return worked(modulus, a, a, &Work::a, [](Work& work, V* to) { work.montgomery.square(to, work.a.limb); });
  }
  static LaneLimbs raised(const Modulus& modulus, const uint64_t* one, const uint64_t* exponent, int bits,
                          const LaneLimbs& base) {
    return worked(modulus, base, base, &Work::to,
                  [&](Work& work, V* to) { raise(work.montgomery, work.table, one, exponent, bits, work.a.limb, to); });
  }
};

template <class V>
RsaPrimitives rsa_primitives_of(const char* name, const RsaLanes& lanes) {
  using P = RsaPrimitivesOf<V>;
  return {name, P::multiply, P::multiply_in_place, P::square, P::square_in_place, P::raised, lanes};
}

}  // namespace signet::lanes
