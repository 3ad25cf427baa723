// ES256 over a vector type V: the body of p256_lanes.h.
#pragma once

#include "keystore/signing/lanes/gather.h"
#include "keystore/signing/lanes/group_inverse.h"
#include "keystore/signing/lanes/p256/base_multiple_p256.h"
#include "keystore/signing/lanes/p256/curve_check_p256.h"
#include "keystore/signing/lanes/p256/nonce_p256.h"
#include "keystore/signing/lanes/p256/p256_lanes.h"
#include "keystore/signing/lanes/wiping.h"

namespace signet::lanes::p256 {

template <class V>
class Group {
 public:
  using Mask = typename V::Mask;

  Outcome sign(const BaseTable& table, const LaneJob* jobs, size_t groups) {
    if (groups == 0 || groups > kGroupsMax) __builtin_trap();  // a bug of the caller
#pragma GCC unroll 1
    for (size_t i = 0; i < groups; ++i) commit(table, jobs + i * kLanes, i);
    inverted(zzz_, before_z_, groups);
    inverted(k_, before_k_, groups);
    Outcome outcome = {true, 0};
#pragma GCC unroll 1
    for (size_t i = 0; i < groups; ++i) answer_group(jobs + i * kLanes, i);
#pragma GCC unroll 1
    for (size_t i = 0; i < groups; ++i) outcome.refused |= uint64_t{refused_[i]} << (8 * i);
    outcome.right = wrong_ == 0;
    return outcome;
  }

 private:
  // The words of the random octets and of the digest, as SHA-512 reads them.
  static void read_inputs(const LaneJob* jobs, V (&rows)[8]) {
#pragma GCC unroll 8
    for (size_t i = 0; i < kLanes; ++i) rows[i] = V::load_octets(jobs[i].input, ~uint64_t{0}, 0);
    V::transpose(rows);
#pragma GCC unroll 8
    for (size_t i = 0; i < 8; ++i) rows[i] = rows[i].octets_reversed();
  }

  // The nonce k of each lane, and k G without its division. Where that cannot be done the lane goes on with ones.
  void commit(const BaseTable& table, const LaneJob* jobs, size_t group) {
    V rows[8], inner[8], outer[8];
    read_inputs(jobs, rows);
    gather(jobs, &LaneKey::inner, inner);
    gather(jobs, &LaneKey::outer, outer);
    const Sha512State<V> first = hashed_behind(inner, rows);
    const auto with_offset = nonce_and_offset(hashed_behind(outer, first.word).word);
    split_digits(with_offset, digits_);
    const Sum<V> sum = base_multiple(table, digits_);
    x_[group] = sum.x_factor;
    minus_y_[group] = sum.minus_y_factor;
    zz_[group] = sum.zz;
    const Mask refused = is_zero(plain(sum.zzz));
    refused_[group] = refused;
    zzz_[group] = within<kInvertible>(selected(refused, within<kZHigh>(constant<Prime, V>(Prime::kOne)), sum.zzz));
    // What is inverted is the nonce that was multiplied, so that a fault in one of them shows.
    const auto k = within<kInvertible>(carried(exact(with_offset) + exact(constant<Order, V>(Order::kWithoutOffset))));
    const uint64_t one[5] = {1, 0, 0, 0, 0};
    k_[group] = selected(refused, within<kInvertible>(constant<Order, V>(one)), k);
    nonce_[group] = k_[group];
  }

  void answer_group(const LaneJob* jobs, size_t group) {
    // 1/ZZ is (ZZ/ZZZ)^2.
    const auto both = multiplied(zzz_[group], zz_[group], zzz_[group], minus_y_[group]);
    const auto z = carried(both.first);
    const auto y = carried(both.second);
    const auto x = carried(multiplied(x_[group], carried(multiplied(z, z))));
    const Mask off = off_curve(x, y);
    // x is below p < 2 n.
    Carried<Order, V, kOnce + 1> x_modulo;
    const auto x_plain = plain(x);
#pragma GCC unroll 5
    for (int k = 0; k < 5; ++k) x_modulo.limb[k] = x_plain.limb[k];
    const Carried<Order, V, kOnce> r = canonical(x_modulo);

    V rows[8], secret[5], t[10];
    read_inputs(jobs, rows);
    gather(jobs, &LaneKey::secret, secret);
    // (digest + r d) / R: the digest is below 2^256, which is below n + n/16 and adds less than n/16 here.
    V digest[5];
    limbs_of(Words<V>{{rows[7], rows[6], rows[5], rows[4]}}, digest);
    start<Order, 0>(t);
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) t[i] = digest[i] & V::splat(kLow52);
    t[4] = digest[4];
    add_product52(t, r.limb, secret);
    divided<Order>(t);
    const auto sum = carried(upper<Loose<Order, V, 0, product_high(kOnce, kOnce) + 1>>(t));
    // k_ is R^2 / k: a number's inverse in Montgomery's form, and k is no such form.
    const auto s = canonical(carried(multiplied(sum, k_[group])));
    // s k / R must be the sum again: the inversion is shared by all lanes.
    const auto again = canonical(carried(multiplied(s, nonce_[group])));
    const auto once = canonical(sum);
    V differ = V::splat(0);
#pragma GCC unroll 5
    for (int k = 0; k < 5; ++k) differ = differ | (again.limb[k] ^ once.limb[k]);
    const Mask unlike = V::has_bit(differ, V::splat(UINT64_MAX));
    wrong_ = static_cast<Mask>(wrong_ | ((off | unlike) & ~refused_[group]));
    refused_[group] = static_cast<Mask>(refused_[group] | is_zero(r) | is_zero(s));
    write(jobs, r, s, refused_[group]);
  }

  static void write(const LaneJob* jobs, const Carried<Order, V, kOnce>& r, const Carried<Order, V, kOnce>& s,
                    Mask refused) {
    const Words<V> r_words = packed(r.limb), s_words = packed(s.limb);
    V rows[8];
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
      rows[i] = V::select(refused, V::splat(0), r_words.word[3 - i].octets_reversed());
      rows[i + 4] = V::select(refused, V::splat(0), s_words.word[3 - i].octets_reversed());
    }
    V::transpose(rows);
    for (size_t i = 0; i < kLanes; ++i) {
      alignas(64) uint64_t signature[8];
      rows[i].store(signature);
      __builtin_memcpy(jobs[i].signature, signature, sizeof signature);
    }
  }

  Digits<V> digits_;
  CarriedP<V, kXHigh> x_[kGroupsMax];
  CarriedP<V, kYHigh> minus_y_[kGroupsMax];
  CarriedP<V, kZHigh> zz_[kGroupsMax];
  Invertible<Prime, V> zzz_[kGroupsMax], before_z_[kGroupsMax];
  Invertible<Order, V> k_[kGroupsMax], before_k_[kGroupsMax], nonce_[kGroupsMax];
  Mask refused_[kGroupsMax];
  Mask wrong_ = 0;
};

template <class V>
Outcome sign_and_wipe(const BaseTable& table, const LaneJob* jobs, size_t groups) {
  Group<V> group;
  const Outcome outcome = group.sign(table, jobs, groups);
  wipe_work<V>(group);
  return outcome;
}

}  // namespace signet::lanes::p256
