// Ed25519 over a vector type V: the body of ed25519_lanes.h.
#pragma once

#include "keystore/signing/lanes/base_multiple.h"
#include "keystore/signing/lanes/ed25519_lanes.h"
#include "keystore/signing/lanes/gather.h"
#include "keystore/signing/lanes/group_inverse.h"
#include "keystore/signing/lanes/lane_inverse25519.h"
#include "keystore/signing/lanes/message_words.h"
#include "keystore/signing/lanes/scalar25519.h"
#include "keystore/signing/lanes/sha512_lanes.h"
#include "keystore/signing/lanes/wiping.h"

namespace signet::lanes {

template <class V>
class Ed25519Group {
 public:
  bool sign(const BaseTable& table, const Ed25519LaneJob* jobs, size_t groups) {
    if (!allowed(jobs, groups)) __builtin_trap();  // a bug of the caller; what checks elsewhere is shared code
#pragma GCC unroll 1
    for (size_t i = 0; i < groups; ++i) commit(table, jobs + i * kLanes, i);
    inverted(z_, before_, groups);
#pragma GCC unroll 1
    for (size_t i = 0; i < groups; ++i) answer_group(jobs + i * kLanes, i);
    return off_curve_ == 0;
  }

 private:
  static bool allowed(const Ed25519LaneJob* jobs, size_t groups) {
    if (groups == 0 || groups > kGroupsMax) return false;
    for (size_t i = 0; i < groups * kLanes; ++i) {
      if (jobs[i].message.size > kMessageMax) return false;
      if (jobs[i].midstate != nullptr && jobs[i].message.size < kMidstateOctets) return false;
    }
    return true;
  }

  // The nonce r of each lane, and R = r B without its division by Z.
  void commit(const BaseTable& table, const Ed25519LaneJob* jobs, size_t group) {
    read_messages(jobs);
    V prefix[4];
    gather(jobs, &Ed25519LaneKey::prefix, prefix);
    nonce_[group] = nonce_and_offset(words_.template hashed<4>(prefix, begun(jobs)).word);
    split_digits(nonce_[group], digits_);
    const Point<V> point = base_multiple(table, digits_);
    x_[group] = point.x;
    y_[group] = point.y;
    z_[group] = point.z;
  }

  void answer_group(const Ed25519LaneJob* jobs, size_t group) {
    const Affine<V> point = affine(x_[group], y_[group], z_[group]);
    off_curve_ = static_cast<typename V::Mask>(off_curve_ | off_curve(point));
    const Words<V> r = encoded(point);
    V front[8], public_key[4], secret[5];
    gather(jobs, &Ed25519LaneKey::public_key, public_key);
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
      front[i] = r.word[i].octets_reversed();
      front[4 + i] = public_key[i];
    }
    read_messages(jobs);
    const Sha512State<V> hash = words_.template hashed<8>(front);
    gather(jobs, &Ed25519LaneKey::secret, secret);
    const Words<V> s = packed(answer(nonce_[group], hash.word, secret).limb);
    V rows[8] = {r.word[0], r.word[1], r.word[2], r.word[3], s.word[0], s.word[1], s.word[2], s.word[3]};
    V::transpose(rows);
    for (size_t i = 0; i < kLanes; ++i) {
      alignas(64) uint64_t signature[8];
      rows[i].store(signature);
      __builtin_memcpy(jobs[i].signature, signature, sizeof signature);
    }
  }

  // Which lanes begin alike is public.
  static const uint64_t* begun(const Ed25519LaneJob* jobs) {
    for (size_t i = 1; i < kLanes; ++i) {
      if (jobs[i].midstate != jobs[0].midstate) return nullptr;
    }
    return jobs[0].midstate == nullptr ? nullptr : jobs[0].midstate->word;
  }

  void read_messages(const Ed25519LaneJob* jobs) {
    LaneMessage messages[kLanes];
    for (size_t i = 0; i < kLanes; ++i) messages[i] = jobs[i].message;
    words_.read(messages);
  }

  MessageWords<V> words_;
  Digits<V> digits_;
  Scalar<V> nonce_[kGroupsMax];
  Carried<V> x_[kGroupsMax], y_[kGroupsMax], z_[kGroupsMax], before_[kGroupsMax];
  typename V::Mask off_curve_ = 0;
};

template <class V>
bool sign_and_wipe(const BaseTable& table, const Ed25519LaneJob* jobs, size_t groups) {
  Ed25519Group<V> group;
  const bool on_curve = group.sign(table, jobs, groups);
  wipe_work<V>(group);
  return on_curve;
}

}  // namespace signet::lanes
