// LaneEd25519Signer: Ed25519 in groups of eight where the processor can (lanes/), by libsodium one by one where not.
#pragma once

#include <memory>

#include "keystore/signing/lanes/ed25519_lanes.h"
#include "keystore/signing/signer.h"
#include "keystore/signing/spot_check.h"
#include "keystore/vault/locked_bytes.h"

namespace signet {

// Of one signature of many, in nanoseconds.
inline constexpr uint32_t kLaneEd25519CostNs = 1'300;
inline constexpr uint32_t kPortableEd25519CostNs = 18'000;

// No signature that the lanes made is released unless it is right, as far as that is looked at: each R is a point of
// the curve, idle lanes carry copies of the others and are compared with them, and of full groups one in
// `signer_spot_check` has a random lane compared with libsodium. A wrong one ends the lanes of the process
// (lanes::lanes_faulty), and its whole group is signed by libsodium instead. A wrong signature of Ed25519 beside the
// right one of the same message reveals the key.
class LaneEd25519Signer final : public Signer {
 public:
  // Both keys live in the key that `key` keeps: libsodium's of 64 octets, and the lanes'.
  LaneEd25519Signer(std::shared_ptr<const PrivateKey> key, ByteSpan seed_and_public,
                    const lanes::Ed25519LaneKey& lane_key);

  size_t group_width() const override;
  uint32_t each_cost_ns(uint32_t each_ns) const override;
  uint64_t cost_ns(size_t count, uint32_t each_ns) const override;
  size_t sign(std::span<const ByteSpan> inputs, std::span<const MutableByteSpan> outputs) override;
  bool can_check() const override { return true; }  // RFC 8032 5.1.6: the nonce comes from key and message

 private:
  struct Batch;
  struct Begun;
  bool sign_in_lanes(std::span<const ByteSpan> inputs, std::span<const MutableByteSpan> outputs);
  // The state behind what the message begins with, when tokens of this key begin so.
  const lanes::Ed25519LaneMidstate* begun(ByteSpan message) const;
  void begin_with(ByteSpan message);
  bool right(const Batch& batch);
  bool sign_one(ByteSpan message, MutableByteSpan out) const;

  const std::shared_ptr<const PrivateKey> key_;
  const ByteSpan seed_and_public_;
  const lanes::Ed25519LaneKey& lane_key_;
  LockedBytes begun_;  // a Begun; empty when no memory could be locked
  SpotCheck spot_check_;
};

}  // namespace signet
