// The body of primitives.h over a vector type V.
#pragma once

#include <memory>

#include "keystore/signing/lanes/ed25519_group.h"
#include "tests/keystore/signing/lanes/primitives.h"

namespace signet::lanes {

template <class V>
struct PrimitivesOf {
  template <size_t N>
  static void read(const std::array<Lane8, N>& from, V (&to)[N]) {
    for (size_t i = 0; i < N; ++i) {
      alignas(64) uint64_t lanes[8];
      for (size_t lane = 0; lane < 8; ++lane) lanes[lane] = (&from[i][0])[lane];
      to[i] = V::load(lanes);
    }
  }
  template <size_t N>
  static void write(const V (&from)[N], std::array<Lane8, N>& to) {
    for (size_t i = 0; i < N; ++i) {
      alignas(64) uint64_t lanes[8];
      from[i].store(lanes);
      for (size_t lane = 0; lane < 8; ++lane) (&to[i][0])[lane] = lanes[lane];
    }
  }
  template <class Element>
  static Element element(const Limbs& limbs) {
    Element r;
    read(limbs, r.limb);
    return r;
  }
  template <class Element>
  static Limbs limbs_of(const Element& a) {
    Limbs r;
    write(a.limb, r);
    return r;
  }
  template <size_t N>
  static std::array<Lane8, N> words_of(const V (&words)[N]) {
    std::array<Lane8, N> r;
    write(words, r);
    return r;
  }

  static Limbs multiply(const Limbs& a, const Limbs& b) {
    return limbs_of(multiplied(element<Carried<V>>(a), element<Carried<V>>(b)));
  }
  static void multiply_two(const Limbs& a, const Limbs& b, const Limbs& c, const Limbs& d, Limbs& first,
                           Limbs& second) {
    const auto both = multiplied<Bias::kProduct, Bias::kBiased>(element<Carried<V>>(a), element<Carried<V>>(b),
                                                                element<Carried<V>>(c), element<Carried<V>>(d));
    first = limbs_of(both.first);
    second = limbs_of(both.second);
  }
  static Limbs carry(const Limbs& loose) { return limbs_of(carried(element<Loose<V>>(loose))); }
  static Words4 freeze(const Limbs& a) { return words_of(frozen(element<Carried<V>>(a)).word); }
  static Limbs unpack(const Words4& words) {
    Words<V> w;
    read(words, w.word);
    return limbs_of(unpacked(w));
  }
  static Limbs invert(const Limbs& a) { return limbs_of(lanes_inverted(element<Carried<V>>(a))); }
  static Limbs nonce(const Words8& hash) {
    V h[8];
    read(hash, h);
    return limbs_of(nonce_and_offset(h));
  }
  static Limbs answer_of(const Limbs& nonce, const Words8& hash, const Limbs& secret) {
    V h[8], s[5];
    read(hash, h);
    read(secret, s);
    return limbs_of(answer(element<Scalar<V>>(nonce), h, s));
  }
  static Words4 base_multiple_of(const BaseTable& table, const Limbs& nonce_and_offset) {
    const Words<V> digits = packed(element<Scalar<V>>(nonce_and_offset).limb);
    Running<V> running;
    base_multiples(table, &digits, &running, 1);
    const Point<V> point = last_window(table, digits, running);
    return words_of(encoded(affine(point.x, point.y, lanes_inverted(point.z))).word);
  }
  template <size_t Front>
  static Words8 hash(const std::array<Lane8, Front>& front, const LaneMessage (&messages)[kLanes]) {
    auto words = std::make_unique<MessageWords<V>>();
    V before[Front];
    read(front, before);
    words->read(messages);
    return words_of(words->template hashed<Front>(before).word);
  }
};

template <class V>
Primitives primitives_of(const char* name, Ed25519Sign sign) {
  using P = PrimitivesOf<V>;
  return {name,         P::multiply,         P::multiply_two,     P::carry,
          P::freeze,    P::unpack,           P::invert,           P::nonce,
          P::answer_of, P::base_multiple_of, P::template hash<4>, P::template hash<8>,
          sign};
}

}  // namespace signet::lanes
