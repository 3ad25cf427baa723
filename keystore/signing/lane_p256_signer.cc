#include "keystore/signing/lane_p256_signer.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "keystore/signing/ecdsa_signature.h"
#include "keystore/signing/lane_batch.h"
#include "keystore/signing/lanes/lane_dispatch.h"
#include "protocol/base/check.h"
#include "protocol/base/digest.h"
#include "protocol/base/random.h"
#include "protocol/base/secret_bytes.h"

namespace signet {

using lanes::kLanes;
using lanes::p256::kInputSize;

namespace {

constexpr size_t kRandomSize = kInputSize - sizeof(Sha256Digest);
static_assert(kP256SignatureSize == kLaneSignatureSize);

}  // namespace

struct LaneP256Signer::Batch : LaneBatch<lanes::p256::LaneJob> {
  std::array<uint8_t, kLaneBatchMax * kInputSize> inputs;

  void put(const lanes::p256::LaneKey& key, ByteSpan message) {
    uint8_t* const input = inputs.data() + real * kInputSize;
    fill_secret_random({input, kRandomSize});
    const Sha256Digest digest = sha256(message);
    std::memcpy(input + kRandomSize, digest.data(), digest.size());
    jobs[real] = {&key, input, place(real)};
    ++real;
  }
  // The random octets are half of what hides a nonce.
  void wipe_secrets() {
    wipe(MutableByteSpan(inputs).first(real * kInputSize));
    wipe_signatures();
  }
};

LaneP256Signer::LaneP256Signer(std::shared_ptr<const PrivateKey> key, const lanes::p256::LaneKey& lane_key,
                               std::unique_ptr<Signer> one_by_one, std::unique_ptr<Verifier> verifier)
    : key_(std::move(key)), lane_key_(lane_key), one_by_one_(std::move(one_by_one)), verifier_(std::move(verifier)) {}

size_t LaneP256Signer::group_width() const { return lanes::p256_lanes() != nullptr ? kLanes : 1; }

uint32_t LaneP256Signer::each_cost_ns(uint32_t each_ns) const {
  return lanes::p256_lanes() != nullptr ? each_ns : std::max(each_ns, kPortableP256CostNs);
}

uint64_t LaneP256Signer::cost_ns(size_t count, uint32_t each_ns) const {
  if (lanes::p256_lanes() != nullptr) return whole_groups(count) * uint64_t{each_ns};
  return count * uint64_t{each_cost_ns(each_ns)};
}

size_t LaneP256Signer::sign(std::span<const ByteSpan> inputs, std::span<const MutableByteSpan> outputs) {
  SIGNET_CHECK(inputs.size() == outputs.size());
  for (size_t begin = 0; begin < inputs.size();) {
    const size_t count = std::min(kLaneBatchMax, inputs.size() - begin);
    const auto in = inputs.subspan(begin, count);
    const auto out = outputs.subspan(begin, count);
    if (!sign_in_lanes(in, out)) {
      const size_t done = one_by_one_->sign(in, out);
      if (done < count) return begin + done;
    }
    begin += count;
  }
  return inputs.size();
}

bool LaneP256Signer::sign_in_lanes(std::span<const ByteSpan> inputs, std::span<const MutableByteSpan> outputs) {
  const lanes::p256::Sign sign_groups = lanes::p256_lanes();
  if (sign_groups == nullptr) return false;
  Batch batch;
  for (const ByteSpan message : inputs) batch.put(lane_key_, message);
  batch.fill_idle_lanes();
  const lanes::p256::Outcome outcome =
      sign_groups(*lanes::p256::base_table(), batch.jobs.data(), whole_groups(batch.real) / kLanes);
  // A nonce that is refused by chance nobody will ever see: it is a fault as well.
  const bool is_right = outcome.right && outcome.refused == 0 && right(batch, inputs);
  if (is_right) {
    for (size_t i = 0; i < batch.real; ++i) batch.give(i, outputs[i]);
  } else {
    lanes::lanes_faulty();
  }
  batch.wipe_secrets();
  return is_right;
}

bool LaneP256Signer::right(const Batch& batch, std::span<const ByteSpan> inputs) {
  const bool equal = batch.copies_agree();
  const auto lane = spot_check_.due(batch.real);
  return lane ? verifier_->verify(inputs[*lane], batch.signature(*lane)) && equal : equal;
}

}  // namespace signet
