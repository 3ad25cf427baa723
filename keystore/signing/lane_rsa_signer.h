// LaneRsaSigner: RS256 and PS256 in groups of eight where the processor can (lanes/rsa/), by OpenSSL one by one where
// not and where there are too few.
#pragma once

#include <memory>

#include "keystore/signing/lanes/rsa/rsa_lanes.h"
#include "keystore/signing/signer.h"
#include "keystore/vault/locked_bytes.h"

namespace signet {

// lane_rsa_cost_ns: of one RSA signature of many, in nanoseconds, as things are now.
uint32_t lane_rsa_cost_ns(int bits);

// Every signature that the lanes made was raised to the public exponent there and is its message again. Where one is
// not, the lanes of the process end (lanes::lanes_faulty), and OpenSSL signs the whole group: a signature that is wrong
// in one half of the CRT would give away the factors.
class LaneRsaSigner final : public Signer {
 public:
  // `lane_key` lives in the key that `key` keeps. `one_by_one` signs with the same key by OpenSSL.
  LaneRsaSigner(std::shared_ptr<const PrivateKey> key, const lanes::RsaLaneKey& lane_key,
                std::unique_ptr<Signer> one_by_one);

  size_t group_width() const override;
  uint32_t each_cost_ns(uint32_t each_ns) const override;
  uint64_t cost_ns(size_t count, uint32_t each_ns) const override;
  size_t sign(std::span<const ByteSpan> inputs, std::span<const MutableByteSpan> outputs) override;

 private:
  // Up to eight. False: nothing was released.
  bool sign_group(const lanes::RsaLanes& in_lanes, std::span<const ByteSpan> inputs,
                  std::span<const MutableByteSpan> outputs);
  void encode(ByteSpan message, MutableByteSpan to) const;
  // The numbers that hide the next group's messages: made when there are none, and anew after some groups.
  lanes::RsaLaneBlinding& blinding(const lanes::RsaLanes& in_lanes);

  const std::shared_ptr<const PrivateKey> key_;
  const lanes::RsaLaneKey& lane_key_;
  const std::unique_ptr<Signer> one_by_one_;
  const size_t octets_;       // of a signature
  LockedBytes blinding_;      // an RsaLaneBlinding; empty when no memory could be locked: the lanes are not used then
  uint32_t groups_left_ = 0;  // until it is made anew
};

}  // namespace signet
