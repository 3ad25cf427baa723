// LaneP256Signer: ES256 in groups of eight where the processor can (lanes/p256/), by OpenSSL one by one where not.
#pragma once

#include <memory>

#include "keystore/signing/lanes/p256/p256_lanes.h"
#include "keystore/signing/signer.h"
#include "keystore/signing/spot_check.h"
#include "keystore/signing/verifier.h"

namespace signet {

// Of one signature of many, in nanoseconds.
inline constexpr uint32_t kLaneP256CostNs = 2'000;
inline constexpr uint32_t kPortableP256CostNs = 22'000;

// No signature that the lanes made is released unless it is right, as far as that is looked at: the lanes look at each
// (lanes/p256/README.md), idle lanes carry copies of the others, random octets included, and are compared with them,
// and of full groups one in `signer_spot_check` has a random lane verified by OpenSSL. A wrong one ends the lanes of
// the process (lanes::lanes_faulty), and OpenSSL signs the whole batch instead, with nonces of its own.
class LaneP256Signer final : public Signer {
 public:
  // `lane_key` lives in the key that `key` keeps. `one_by_one` signs with the same key by OpenSSL, `verifier` has its
  // public half.
  LaneP256Signer(std::shared_ptr<const PrivateKey> key, const lanes::p256::LaneKey& lane_key,
                 std::unique_ptr<Signer> one_by_one, std::unique_ptr<Verifier> verifier);

  size_t group_width() const override;
  uint32_t each_cost_ns(uint32_t each_ns) const override;
  uint64_t cost_ns(size_t count, uint32_t each_ns) const override;
  size_t sign(std::span<const ByteSpan> inputs, std::span<const MutableByteSpan> outputs) override;

 private:
  struct Batch;
  // Up to a batch. False: nothing was released.
  bool sign_in_lanes(std::span<const ByteSpan> inputs, std::span<const MutableByteSpan> outputs);
  bool right(const Batch& batch, std::span<const ByteSpan> inputs);

  const std::shared_ptr<const PrivateKey> key_;
  const lanes::p256::LaneKey& lane_key_;
  const std::unique_ptr<Signer> one_by_one_;
  const std::unique_ptr<Verifier> verifier_;
  SpotCheck spot_check_;
};

}  // namespace signet
