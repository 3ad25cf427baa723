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
    for (size_t i = 0; i < groups; ++i) make_nonces(jobs + i * kLanes, i);
    base_multiples(table, digits_, running_, groups);
#pragma GCC unroll 1
    for (size_t i = 0; i < groups; ++i) {
      const Point<V> point = last_window(table, digits_[i], running_[i]);
      x_[i] = point.x;
      y_[i] = point.y;
      z_[i] = point.z;
    }
    inverted(z_, before_, groups);
    // The last messages are still there.
    answer_group(jobs + (groups - 1) * kLanes, groups - 1);
#pragma GCC unroll 1
    for (size_t i = 0; i + 1 < groups; ++i) {
      read_messages(jobs + i * kLanes);
      answer_group(jobs + i * kLanes, i);
    }
    return off_curve_ == 0;
  }

  // What a call with so many groups has used of the object. Nothing else of it was written.
  void wipe(size_t groups) {
    words_.wipe();
    wipe_first(nonce_, groups);
    wipe_first(digits_, groups);
    wipe_first(running_, groups);
    wipe_first(x_, groups);
    wipe_first(y_, groups);
    wipe_first(z_, groups);
    wipe_first(before_, groups);
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

  void make_nonces(const Ed25519LaneJob* jobs, size_t group) {
    read_messages(jobs);
    V prefix[4];
    gather(jobs, &Ed25519LaneKey::prefix, prefix);
    nonce_[group] = nonce_and_offset(words_.template hashed<4>(prefix, begun(jobs)).word);
    digits_[group] = packed(nonce_[group].limb);
  }

  // With its messages in words_.
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
  Scalar<V> nonce_[kGroupsMax];  // with the offset of the digits
  Words<V> digits_[kGroupsMax];  // the same
  Running<V> running_[kGroupsMax];
  Carried<V> x_[kGroupsMax], y_[kGroupsMax], z_[kGroupsMax], before_[kGroupsMax];
  typename V::Mask off_curve_ = 0;
};

// Deeper than all frames below that of sign_and_wipe together; a test reads them in the listing.
inline constexpr size_t kEd25519SpilledMax = 10 * 1024;

template <class V>
bool sign_and_wipe(const BaseTable& table, const Ed25519LaneJob* jobs, size_t groups) {
  Ed25519Group<V> group;
  const bool on_curve = group.sign(table, jobs, groups);
  wipe_below<V, kEd25519SpilledMax>();
  group.wipe(groups);
  V::clear_registers();
  return on_curve;
}

}  // namespace signet::lanes
