#include "keystore/signing/lane_ed25519_signer.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "keystore/signing/lane_batch.h"
#include "keystore/signing/lanes/ed25519_lane_key.h"
#include "keystore/signing/lanes/lane_dispatch.h"
#include "protocol/base/check.h"
#include "protocol/base/digest.h"
#include "protocol/base/secret_bytes.h"

namespace signet {

using lanes::kLanes;

namespace {

constexpr size_t kSignatureSize = crypto_sign_BYTES;
static_assert(kSignatureSize == kLaneSignatureSize);

}  // namespace

struct LaneEd25519Signer::Batch : LaneBatch<lanes::Ed25519LaneJob> {
  void put(const lanes::Ed25519LaneKey& key, ByteSpan message, const lanes::Ed25519LaneMidstate* begun) {
    jobs[real] = {&key, {message.data(), message.size()}, place(real), begun};
    ++real;
  }
};

// Tokens of one key begin with its header.
struct LaneEd25519Signer::Begun {
  uint8_t octets[lanes::kMidstateOctets];
  bool made;
  lanes::Ed25519LaneMidstate state;
};

LaneEd25519Signer::LaneEd25519Signer(std::shared_ptr<const PrivateKey> key, ByteSpan seed_and_public,
                                     const lanes::Ed25519LaneKey& lane_key)
    : key_(std::move(key)),
      seed_and_public_(seed_and_public),
      lane_key_(lane_key),
      begun_(LockedBytes::zeroed(sizeof(Begun)).value_or(LockedBytes())) {}

size_t LaneEd25519Signer::group_width() const { return lanes::ed25519_lanes() != nullptr ? kLanes : 1; }

uint32_t LaneEd25519Signer::each_cost_ns(uint32_t each_ns) const {
  return lanes::ed25519_lanes() != nullptr ? each_ns : std::max(each_ns, kPortableEd25519CostNs);
}

uint64_t LaneEd25519Signer::cost_ns(size_t count, uint32_t each_ns) const {
  if (lanes::ed25519_lanes() != nullptr) return whole_groups(count) * uint64_t{each_ns};
  return count * uint64_t{each_cost_ns(each_ns)};
}

size_t LaneEd25519Signer::sign(std::span<const ByteSpan> inputs, std::span<const MutableByteSpan> outputs) {
  SIGNET_CHECK(inputs.size() == outputs.size());
  for (size_t begin = 0; begin < inputs.size(); begin += kLaneBatchMax) {
    const size_t count = std::min(kLaneBatchMax, inputs.size() - begin);
    const bool in_lanes = sign_in_lanes(inputs.subspan(begin, count), outputs.subspan(begin, count));
    for (size_t i = begin; i < begin + count; ++i) {
      if (in_lanes && inputs[i].size() <= lanes::kMessageMax) continue;
      if (!sign_one(inputs[i], outputs[i])) [[unlikely]] {
        wipe(outputs[i]);
        return i;
      }
    }
  }
  return inputs.size();
}

bool LaneEd25519Signer::sign_one(ByteSpan message, MutableByteSpan out) const {
  SIGNET_CHECK(out.size() == kSignatureSize);
  return crypto_sign_detached(out.data(), nullptr, message.data(), message.size(), seed_and_public_.data()) == 0;
}

// Signs what is not too long for the lanes. False: nothing was released, and all of it is to be signed otherwise.
bool LaneEd25519Signer::sign_in_lanes(std::span<const ByteSpan> inputs, std::span<const MutableByteSpan> outputs) {
  const lanes::Ed25519Sign sign_groups = lanes::ed25519_lanes();
  if (sign_groups == nullptr) return false;
  Batch batch;
  std::array<uint8_t, kLaneBatchMax> input_of;
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].size() > lanes::kMessageMax) continue;
    input_of[batch.real] = static_cast<uint8_t>(i);
    if (batch.real == 0) begin_with(inputs[i]);
    batch.put(lane_key_, inputs[i], begun(inputs[i]));
  }
  if (batch.real == 0) return true;
  batch.fill_idle_lanes();
  const bool on_curve = sign_groups(*lanes::base_table(), batch.jobs.data(), whole_groups(batch.real) / kLanes);
  const bool is_right = on_curve && right(batch);
  if (is_right) {
    for (size_t i = 0; i < batch.real; ++i) batch.give(i, outputs[input_of[i]]);
  } else {
    lanes::lanes_faulty();
  }
  batch.wipe_signatures();
  return is_right;
}

const lanes::Ed25519LaneMidstate* LaneEd25519Signer::begun(ByteSpan message) const {
  if (begun_.empty() || message.size() < lanes::kMidstateOctets) return nullptr;
  const auto* known = reinterpret_cast<const Begun*>(begun_.expose().data());
  const bool same = known->made && std::memcmp(known->octets, message.data(), sizeof known->octets) == 0;
  return same ? &known->state : nullptr;
}

// A batch's first message stands for the others.
void LaneEd25519Signer::begin_with(ByteSpan message) {
  if (begun_.empty() || message.size() < lanes::kMidstateOctets || begun(message) != nullptr) return;
  auto* known = reinterpret_cast<Begun*>(begun_.expose_mutable().data());
  std::memcpy(known->octets, message.data(), sizeof known->octets);
  lanes::make_ed25519_lane_midstate(lane_key_, message.first<lanes::kMidstateOctets>(), known->state);
  known->made = true;
}

bool LaneEd25519Signer::right(const Batch& batch) {
  bool equal = batch.copies_agree();
  const auto lane = spot_check_.due(batch.real);
  if (!lane) return equal;
  const lanes::LaneMessage& message = batch.jobs[*lane].message;
  std::array<uint8_t, kSignatureSize> wanted;
  equal &= sign_one({message.octets, message.size}, wanted) && constant_time_equal(wanted, batch.signature(*lane));
  wipe(wanted);
  return equal;
}

}  // namespace signet
