// The private operation of RSA over a vector type V (RFC 8017 5.1.2, 5.2.1): the body of rsa_lanes.h.
//
// A message m is blinded, x = m r^e mod n, raised modulo p and q, put together again and unblinded: (m r^e)^d / r =
// m^d. The signature that leaves is raised to the power of e and compared with m.
#pragma once

#include <cstdint>

#include "keystore/signing/lanes/inline.h"
#include "keystore/signing/lanes/product52.h"
#include "keystore/signing/lanes/rsa/exponent.h"
#include "keystore/signing/lanes/rsa/montgomery.h"
#include "keystore/signing/lanes/rsa/rsa_lanes.h"
#include "keystore/signing/lanes/wiping.h"

namespace signet::lanes {

// Sums of limbs that are exact, carried: `count` of them, each below 2^63.
template <class V>
SIGNET_LANES_INLINE void carry_limbs(V* limb, int count) {
#pragma GCC unroll 1
  for (int k = 1; k < count; ++k) limb[k] = limb[k] + limb[k - 1].template shifted_right<52>();
}

template <class V>
class RsaGroup {
 public:
  explicit RsaGroup(const RsaLaneKey& key)
      : key_(key),
        half_(key.blocks * kBlock),
        whole_(2 * half_),
        n_{key.modulus, key.factor, 2 * key.blocks},
        p_{key.p.limb, key.p.factor, key.blocks},
        q_{key.q.limb, key.q.factor, key.blocks},
        modulo_n_(n_),
        modulo_p_(p_),
        modulo_q_(q_) {
    if (key.blocks != 2 && key.blocks != 3)
      __builtin_trap();  // a bug of the caller; what checks elsewhere is shared code
    for (int k = 0; k < kLimbsMax; ++k) one_[k] = V::splat(k == 0 ? 1 : 0);
  }

  void blind(const RsaLaneNumbers& random, RsaLaneBlinding& blinding) {
    load(random, message_);
    share(key_.square, whole_, other_);
    modulo_n_.multiply(x_, message_, other_);
    raise_to_e(x_, y_);
    store(y_, blinding.power);
    raise_both(message_, key_.p.inverting, key_.q.inverting);
    share(key_.square, whole_, other_);
    modulo_n_.multiply(y_, x_, other_);
    store(y_, blinding.inverse);
  }

  bool sign(RsaLaneBlinding& blinding, const RsaLaneNumbers& messages, RsaLaneNumbers& signatures) {
    load(messages, message_);
    load(blinding.power, other_);
    modulo_n_.multiply(x_, message_, other_);
    next_power(blinding.power);
    raise_both(x_, key_.p.exponent, key_.q.exponent);
    load(blinding.inverse, other_);
    modulo_n_.multiply(x_, x_, other_);
    next_power(blinding.inverse);
    share(key_.square, whole_, other_);
    modulo_n_.multiply(x_, x_, other_);
    make_exact(x_);
    return release_right(signatures);
  }

 private:
  // Whether each x, whose limbs are exact, is the signature of its message. What is not does not get out of here.
  bool release_right(RsaLaneNumbers& signatures) {
    modulo_n_.multiply(y_, x_, other_);
    raise_to_e(y_, other_);
    make_exact(other_);
    V differs = V::splat(0);
#pragma GCC unroll 1
    for (int k = 0; k < whole_; ++k) differs = differs | (other_[k] ^ message_[k]);
    const auto right = V::has_no_bit(differs, V::splat(~uint64_t{0}));
#pragma GCC unroll 1
    for (int k = 0; k < whole_; ++k) V::select(right, x_[k], V::splat(0)).store(signatures.limb[k]);
#pragma GCC unroll 1
    for (int k = whole_; k < kLimbsMax; ++k) V::splat(0).store(signatures.limb[k]);
    return right == 0xff;
  }

  // x = from^d mod n below 3 n, by the powers modulo p and modulo q (Garner).
  void raise_both(const V* from, const uint64_t* exponent_p, const uint64_t* exponent_q) {
    raise_half(key_.p, modulo_p_, exponent_p, from, power_p_);
    raise_half(key_.q, modulo_q_, exponent_q, from, power_q_);
    // h = (s_p - s_q) / q mod p. Four p are added limb by limb, and a one is borrowed from each limb for the one below,
    // so that none gets negative: s_q is at most q < 2 p, and below the highest limb of 4 p less one.
    const V borrowed = V::splat(uint64_t{1} << 52), one = V::splat(1);
#pragma GCC unroll 1
    for (int k = 0; k < half_; ++k) {
      V limb = V::splat(4 * key_.p.limb[k]) + power_p_[k];
      if (k > 0) limb = limb - one;
      if (k + 1 < half_) limb = limb + borrowed;
      y_[k] = limb - power_q_[k];
    }
    carry_limbs(y_, half_);
    share(key_.inverse_of_q, half_, other_);
    modulo_p_.multiply(y_, y_, other_);
    // s = s_q + h q mod n, with h < 2 p.
    widen(y_);
    share(key_.q_modulo_n, whole_, other_);
    modulo_n_.multiply(x_, y_, other_);
    const V low = V::splat(kLow52);
#pragma GCC unroll 1
    for (int k = 0; k < whole_; ++k) x_[k] = (x_[k] & low) + (k < half_ ? power_q_[k] : V::splat(0));
    carry_limbs(x_, whole_);
  }

  // `from` modulo the prime: its upper half is below 2^(52 K) as its lower half is, each becomes below 2 primes once it
  // is multiplied with R^3 and R^2, and what is raised is below four. `to` is at most the prime, its limbs are exact.
  void raise_half(const RsaLanePrime& prime, Montgomery<V>& modulo, const uint64_t* exponent, const V* from, V* to) {
    share(prime.square, half_, other_);
    modulo.multiply(y_, from, other_);
    share(prime.cube, half_, other_);
    modulo.multiply(other_, from + half_, other_);
    const V low = V::splat(kLow52);
#pragma GCC unroll 1
    for (int k = 0; k < half_; ++k) y_[k] = (y_[k] & low) + (other_[k] & low);
    carry_limbs(y_, half_);
    raise(modulo, table_, prime.one, exponent, 512 * key_.blocks, y_, to);
    modulo.multiply(to, to, one_);
#pragma GCC unroll 1
    for (int k = 0; k < half_; ++k) to[k] = to[k] & low;
  }

  // to = from^65537, both times R.
  void raise_to_e(const V* from, V* to) {
    modulo_n_.square(to, from);
#pragma GCC unroll 1
    for (int i = 1; i < 16; ++i) modulo_n_.square(to, to);
    modulo_n_.multiply(to, to, from);
  }

  // (x + q n) / R with x < 2 n and q < R is at most n, and n only where x is a multiple of n, which no message is.
  void make_exact(V* x) {
    modulo_n_.multiply(x, x, one_);
    const V low = V::splat(kLow52);
#pragma GCC unroll 1
    for (int k = 0; k < whole_; ++k) x[k] = x[k] & low;
  }

  // The square of what is in `other_`, for the next group.
  void next_power(RsaLaneNumbers& of) {
    modulo_n_.square(other_, other_);
    store(other_, of);
  }

  void widen(V* x) {
    for (int k = half_; k < whole_; ++k) x[k] = V::splat(0);
  }
  static void share(const uint64_t* from, int count, V* to) {
#pragma GCC unroll 1
    for (int k = 0; k < count; ++k) to[k] = V::splat(from[k]);
  }
  void load(const RsaLaneNumbers& from, V* to) const {
#pragma GCC unroll 1
    for (int k = 0; k < whole_; ++k) to[k] = V::load(from.limb[k]);
  }
  void store(const V* from, RsaLaneNumbers& to) const {
#pragma GCC unroll 1
    for (int k = 0; k < whole_; ++k) from[k].store(to.limb[k]);
  }

  const RsaLaneKey& key_;
  const int half_, whole_;  // limbs of a prime, of the modulus
  const Modulus n_, p_, q_;
  Montgomery<V> modulo_n_, modulo_p_, modulo_q_;
  PowerTable<V> table_;
  V one_[kLimbsMax], message_[kLimbsMax], x_[kLimbsMax], y_[kLimbsMax], other_[kLimbsMax];
  V power_p_[kPrimeLimbsMax], power_q_[kPrimeLimbsMax];
};

template <class V>
void blind_and_wipe(const RsaLaneKey& key, const RsaLaneNumbers& random, RsaLaneBlinding& blinding) {
  RsaGroup<V> group(key);
  group.blind(random, blinding);
  wipe_work<V>(group);
}

template <class V>
bool sign_and_wipe(const RsaLaneKey& key, RsaLaneBlinding& blinding, const RsaLaneNumbers& messages,
                   RsaLaneNumbers& signatures) {
  RsaGroup<V> group(key);
  const bool right = group.sign(blinding, messages, signatures);
  wipe_work<V>(group);
  return right;
}

}  // namespace signet::lanes
