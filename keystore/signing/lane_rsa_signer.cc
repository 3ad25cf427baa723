#include "keystore/signing/lane_rsa_signer.h"

#include <algorithm>
#include <array>

#include "keystore/signing/lanes/lane_dispatch.h"
#include "keystore/signing/lanes/rsa/encoded_message.h"
#include "keystore/signing/lanes/rsa/limbs52.h"
#include "protocol/base/check.h"
#include "protocol/base/digest.h"
#include "protocol/base/random.h"
#include "protocol/base/secret_bytes.h"

namespace signet {

using lanes::kLanes;

namespace {

constexpr size_t kOctetsMax = 384;
// OpenSSL makes its own anew after as many signatures. One in so many groups takes twice as long.
constexpr uint32_t kGroupsOfABlinding = 32;

// By bench/rsa_lanes_bench: a group takes as long as 2.5 signatures of OpenSSL with 2048 bits, as 1.4 with 3072.
constexpr size_t group_min(int bits) { return bits <= 2048 ? 3 : 2; }

constexpr uint32_t portable_cost_ns(int bits) {
  if (bits <= 2048) return 320'000;
  return bits <= 3072 ? 1'900'000 : 3'900'000;
}

template <class T>
MutableByteSpan octets_of(T& secret) {
  return {reinterpret_cast<uint8_t*>(&secret), sizeof secret};
}

// Eight random numbers of a bit less than the modulus has.
void fill_random_numbers(size_t octets, lanes::RsaLaneNumbers& to) {
  constexpr size_t kAtOnce = 128;  // fill_secret_random has more from the kernel alone
  std::array<uint8_t, kOctetsMax> number;
  for (size_t lane = 0; lane < kLanes; ++lane) {
    for (size_t at = 0; at < octets; at += kAtOnce) fill_secret_random(MutableByteSpan(number).subspan(at, kAtOnce));
    number[0] &= 0x7f;
    lanes::limbs_of_octets(ByteSpan(number).first(octets), &to.limb[0][lane], lanes::kLimbsMax, kLanes);
  }
  wipe(number);
}

}  // namespace

uint32_t lane_rsa_cost_ns(int bits) {
  if (lanes::rsa_lanes() == nullptr || bits > 3072) return portable_cost_ns(bits);
  return bits <= 2048 ? 90'000 : 270'000;
}

LaneRsaSigner::LaneRsaSigner(std::shared_ptr<const PrivateKey> key, const lanes::RsaLaneKey& lane_key,
                             std::unique_ptr<Signer> one_by_one)
    : key_(std::move(key)),
      lane_key_(lane_key),
      one_by_one_(std::move(one_by_one)),
      octets_(key_->signature_size()),
      blinding_(LockedBytes::zeroed(sizeof(lanes::RsaLaneBlinding)).value_or(LockedBytes())) {
  SIGNET_CHECK(octets_ <= kOctetsMax && octets_ % 128 == 0);
}

size_t LaneRsaSigner::group_width() const { return lanes::rsa_lanes() != nullptr && !blinding_.empty() ? kLanes : 1; }

uint32_t LaneRsaSigner::each_cost_ns(uint32_t each_ns) const {
  return group_width() > 1 ? each_ns : std::max(each_ns, portable_cost_ns(key_->bits()));
}

uint64_t LaneRsaSigner::cost_ns(size_t count, uint32_t each_ns) const {
  const uint64_t portable_ns = std::max(each_ns, portable_cost_ns(key_->bits()));
  if (group_width() == 1) return count * portable_ns;
  const size_t rest = count % kLanes;
  const bool rest_in_lanes = rest >= group_min(key_->bits());
  return (count - rest + (rest_in_lanes ? kLanes : 0)) * uint64_t{each_ns} + (rest_in_lanes ? 0 : rest * portable_ns);
}

size_t LaneRsaSigner::sign(std::span<const ByteSpan> inputs, std::span<const MutableByteSpan> outputs) {
  SIGNET_CHECK(inputs.size() == outputs.size());
  for (size_t begin = 0; begin < inputs.size();) {
    const size_t count = std::min(kLanes, inputs.size() - begin);
    const auto in = inputs.subspan(begin, count);
    const auto out = outputs.subspan(begin, count);
    const lanes::RsaLanes* in_lanes = group_width() > 1 ? lanes::rsa_lanes() : nullptr;
    if (in_lanes == nullptr || count < group_min(key_->bits()) || !sign_group(*in_lanes, in, out)) {
      const size_t done = one_by_one_->sign(in, out);
      if (done < count) return begin + done;
    }
    begin += count;
  }
  return inputs.size();
}

void LaneRsaSigner::encode(ByteSpan message, MutableByteSpan to) const {
  const Sha256Digest digest = sha256(message);
  if (key_->algorithm() == JwsAlgorithm::kRS256) return lanes::encode_pkcs1(digest, to);
  lanes::PssSalt salt;
  fill_secret_random(salt);
  lanes::encode_pss(digest, salt, to);
}

lanes::RsaLaneBlinding& LaneRsaSigner::blinding(const lanes::RsaLanes& in_lanes) {
  auto& current = *reinterpret_cast<lanes::RsaLaneBlinding*>(blinding_.expose_mutable().data());
  if (groups_left_ == 0) {
    lanes::RsaLaneNumbers random;
    fill_random_numbers(octets_, random);
    in_lanes.blind(lane_key_, random, current);
    wipe(octets_of(random));
    groups_left_ = kGroupsOfABlinding;
  }
  --groups_left_;
  return current;
}

bool LaneRsaSigner::sign_group(const lanes::RsaLanes& in_lanes, std::span<const ByteSpan> inputs,
                               std::span<const MutableByteSpan> outputs) {
  lanes::RsaLaneNumbers messages, signatures;
  std::array<uint8_t, kOctetsMax> encoded;
  for (size_t lane = 0; lane < kLanes; ++lane) {
    // Idle lanes sign along.
    if (lane < inputs.size()) encode(inputs[lane], MutableByteSpan(encoded).first(octets_));
    lanes::limbs_of_octets(ByteSpan(encoded).first(octets_), &messages.limb[0][lane], lanes::kLimbsMax, kLanes);
  }
  const bool right = in_lanes.sign(lane_key_, blinding(in_lanes), messages, signatures);
  if (right) {
    for (size_t lane = 0; lane < inputs.size(); ++lane) {
      SIGNET_CHECK(outputs[lane].size() == octets_);
      lanes::octets_of_limbs(&signatures.limb[0][lane], lanes::kLimbsMax, kLanes, outputs[lane]);
    }
  } else {
    lanes::lanes_faulty();
  }
  wipe(octets_of(signatures));
  return right;
}

}  // namespace signet
