// The body of p256_primitives.h over a vector type V.
#pragma once

#include "keystore/signing/lanes/group_inverse.h"
#include "keystore/signing/lanes/p256/base_multiple_p256.h"
#include "keystore/signing/lanes/p256/curve_check_p256.h"
#include "keystore/signing/lanes/p256/nonce_p256.h"
#include "tests/keystore/signing/lanes/p256/p256_primitives.h"

namespace signet::lanes::p256 {

template <class V, size_t N>
void read(const uint64_t (&from)[N][kLanes], V (&to)[N]) {
  for (size_t i = 0; i < N; ++i) {
    alignas(64) uint64_t lanes[kLanes];
    for (size_t lane = 0; lane < kLanes; ++lane) lanes[lane] = from[i][lane];
    to[i] = V::load(lanes);
  }
}
template <class Number>
Number number_of(const Limbs& limbs) {
  Number r;
  read(limbs.limb, r.limb);
  return r;
}
template <class Number>
Limbs written(const Number& a) {
  Limbs r;
  for (size_t k = 0; k < 5; ++k) {
    alignas(64) uint64_t lanes[kLanes];
    a.limb[k].store(lanes);
    for (size_t lane = 0; lane < kLanes; ++lane) r.limb[k][lane] = lanes[lane];
  }
  return r;
}

template <class M, class V>
struct ModuloOf {
  using Factor = Carried<M, V, kFactorHigh>;
  using Sum = Loose<M, V, 0, kFactorHigh>;

  static Limbs multiply(const Limbs& a, const Limbs& b) {
    return written(multiplied(number_of<Factor>(a), number_of<Factor>(b)));
  }
  static void multiply_two(const Limbs& a, const Limbs& b, const Limbs& c, const Limbs& d, Limbs& first,
                           Limbs& second) {
    const auto both = multiplied<kFirstBias, kSecondBias>(number_of<Factor>(a), number_of<Factor>(b),
                                                          number_of<Factor>(c), number_of<Factor>(d));
    first = written(both.first);
    second = written(both.second);
  }
  static Limbs add(const Limbs& a, const Limbs& b) { return written(number_of<Sum>(a) + number_of<Sum>(b)); }
  static Limbs subtract(const Limbs& a, const Limbs& b) { return written(number_of<Sum>(a) - number_of<Sum>(b)); }
  static Limbs carry(const Limbs& a) { return written(carried(number_of<Sum>(a))); }
  static Limbs exact_of(const Limbs& a) { return written(exact(number_of<Factor>(a))); }
  static Limbs canonical_of(const Limbs& a) { return written(canonical(number_of<Carried<M, V, kCanonicalHigh>>(a))); }
  static Limbs plain_of(const Limbs& a) { return written(plain(number_of<Factor>(a))); }
  static uint8_t zero(const Limbs& a) { return static_cast<uint8_t>(is_zero(number_of<Carried<M, V, kOnce>>(a))); }
  static Limbs invert(const Limbs& a) { return written(lanes_inverted(number_of<Invertible<M, V>>(a))); }

  static ModuloPrimitives all() {
    return {multiply, multiply_two, add, subtract, carry, exact_of, canonical_of, plain_of, zero, invert};
  }
};

template <class V>
struct PrimitivesOf {
  static Limbs lower(const Limbs& a) { return written(lowered(number_of<LooseP<V, kLoweredLow, 0>>(a))); }
  static uint8_t off(const Limbs& x, const Limbs& y) {
    return static_cast<uint8_t>(
        off_curve(number_of<CarriedP<V, kCurveHigh>>(x), number_of<CarriedP<V, kCurveHigh>>(y)));
  }
  static Limbs nonce(const HashWords& hash) {
    V words[8];
    read(hash.word, words);
    return written(nonce_and_offset(words));
  }
  static Multiple multiple(const BaseTable& table, const Limbs& with_offset) {
    Digits<V> digits;
    split_digits(number_of<Carried<Order, V, kOnce>>(with_offset), digits);
    const p256::Sum<V> sum = base_multiple(table, digits);
    const auto refused = is_zero(plain(sum.zzz));
    const auto one = within<kZHigh>(constant<Prime, V>(Prime::kOne));
    const auto inverse = lanes_inverted(within<kInvertible>(selected(refused, one, sum.zzz)));
    const auto both = multiplied(inverse, sum.zz, inverse, sum.minus_y_factor);
    const auto z = carried(both.first);
    const auto minus_y = carried(both.second);
    const auto x = carried(multiplied(sum.x_factor, carried(multiplied(z, z))));
    const auto y = carried(primes<2, V>() - exact(minus_y));
    return {written(plain(x)), written(plain(y)), static_cast<uint8_t>(refused),
            static_cast<uint8_t>(off_curve(x, minus_y))};
  }
};

template <class V>
Primitives primitives_of(const char* name) {
  using P = PrimitivesOf<V>;
  return {name, ModuloOf<Prime, V>::all(), ModuloOf<Order, V>::all(), P::lower, P::off, P::nonce, P::multiple};
}

}  // namespace signet::lanes::p256
