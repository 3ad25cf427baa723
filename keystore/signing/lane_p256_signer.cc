#include "keystore/signing/lane_p256_signer.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "keystore/signing/ecdsa_signature.h"
#include "keystore/signing/lanes/lane_dispatch.h"
#include "protocol/base/check.h"
#include "protocol/base/digest.h"
#include "protocol/base/random.h"
#include "protocol/base/secret_bytes.h"

namespace signet {

using lanes::p256::kInputSize;
using lanes::p256::kLanes;

namespace {

constexpr size_t kBatchMax = lanes::p256::kGroupsMax * kLanes;
constexpr size_t kRandomSize = kInputSize - sizeof(Sha256Digest);

size_t whole_groups(size_t count) { return (count + kLanes - 1) / kLanes * kLanes; }

}  // namespace

// What the lanes make stays here until it is known to be right.
struct LaneP256Signer::Batch {
  size_t real = 0;  // jobs that are no copies
  std::array<lanes::p256::LaneJob, kBatchMax> jobs;
  std::array<uint8_t, kBatchMax * kInputSize> inputs;
  std::array<uint8_t, kBatchMax * kP256SignatureSize> signatures;

  ByteSpan signature(size_t job) const { return {signatures.data() + job * kP256SignatureSize, kP256SignatureSize}; }
  // Which job an idle lane carries a copy of: those of the last group in turn.
  size_t original(size_t idle) const {
    const size_t last_group = (real - 1) / kLanes * kLanes;
    return last_group + (idle - real) % (real - last_group);
  }
  void put(const lanes::p256::LaneKey& key, ByteSpan message) {
    uint8_t* const input = inputs.data() + real * kInputSize;
    fill_secret_random({input, kRandomSize});
    const Sha256Digest digest = sha256(message);
    std::memcpy(input + kRandomSize, digest.data(), digest.size());
    jobs[real] = {&key, input, signatures.data() + real * kP256SignatureSize};
    ++real;
  }
  void fill_idle_lanes() {
    for (size_t i = real; i < whole_groups(real); ++i) {
      jobs[i] = jobs[original(i)];
      jobs[i].signature = signatures.data() + i * kP256SignatureSize;
    }
  }
  // The random octets are half of what hides a nonce, and wrong signatures must not stay behind.
  void wipe_secrets() {
    wipe(MutableByteSpan(inputs).first(real * kInputSize));
    wipe(MutableByteSpan(signatures).first(whole_groups(real) * kP256SignatureSize));
  }
};

LaneP256Signer::LaneP256Signer(std::shared_ptr<const PrivateKey> key, const lanes::p256::LaneKey& lane_key,
                               std::unique_ptr<Signer> one_by_one, std::unique_ptr<Verifier> verifier)
    : key_(std::move(key)),
      lane_key_(lane_key),
      one_by_one_(std::move(one_by_one)),
      verifier_(std::move(verifier)),
      // Not all signers of the process after the same number of groups, nor a new one never.
      full_groups_(lanes::lane_spot_check() == 0 ? 0 : randombytes_uniform(lanes::lane_spot_check())) {}

size_t LaneP256Signer::group_width() const { return lanes::p256_lanes() != nullptr ? kLanes : 1; }

uint64_t LaneP256Signer::cost_ns(size_t count, uint32_t each_ns) const {
  if (lanes::p256_lanes() != nullptr) return whole_groups(count) * uint64_t{each_ns};
  return count * uint64_t{std::max(each_ns, kPortableP256CostNs)};
}

size_t LaneP256Signer::sign(std::span<const ByteSpan> inputs, std::span<const MutableByteSpan> outputs) {
  SIGNET_CHECK(inputs.size() == outputs.size());
  for (size_t begin = 0; begin < inputs.size();) {
    const size_t count = std::min(kBatchMax, inputs.size() - begin);
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
    for (size_t i = 0; i < batch.real; ++i) {
      SIGNET_CHECK(outputs[i].size() == kP256SignatureSize);
      std::memcpy(outputs[i].data(), batch.signature(i).data(), kP256SignatureSize);
    }
  } else {
    lanes::lanes_faulty();
  }
  batch.wipe_secrets();
  return is_right;
}

bool LaneP256Signer::right(const Batch& batch, std::span<const ByteSpan> inputs) {
  bool equal = true;
  for (size_t i = batch.real; i < whole_groups(batch.real); ++i) {
    equal &= constant_time_equal(batch.signature(i), batch.signature(batch.original(i)));
  }
  const size_t full = batch.real / kLanes;
  const uint32_t spot_check = lanes::lane_spot_check();
  full_groups_ += static_cast<uint32_t>(full);
  if (full == 0 || spot_check == 0 || full_groups_ < spot_check) return equal;
  full_groups_ = 0;
  const size_t lane = randombytes_uniform(static_cast<uint32_t>(full * kLanes));
  return verifier_->verify(inputs[lane], batch.signature(lane)) && equal;
}

}  // namespace signet
