#include "keystore/signing/signer.h"

#include <algorithm>
#include <array>

#include "keystore/signing/key_material.h"
#include "keystore/signing/lane_ed25519_signer.h"
#include "keystore/signing/lane_p256_signer.h"
#include "keystore/signing/lane_rsa_signer.h"
#include "keystore/signing/lanes/lane_dispatch.h"
#include "keystore/signing/openssl_memory.h"
#include "protocol/base/check.h"
#include "protocol/base/digest.h"
#include "protocol/base/secret_bytes.h"

namespace signet {
namespace {

constexpr size_t kCheckGroupMax = 64;        // signatures computed side by side
constexpr size_t kCheckedSignatureMax = 64;  // octets: Ed25519, HMAC with SHA-512

}  // namespace

size_t Signer::check(std::span<const ByteSpan> inputs, std::span<const ByteSpan> signatures, std::span<bool> held) {
  SIGNET_CHECK(can_check() && inputs.size() == signatures.size() && inputs.size() == held.size());
  std::ranges::fill(held, false);
  std::array<uint8_t, kCheckGroupMax * kCheckedSignatureMax> computed;
  std::array<MutableByteSpan, kCheckGroupMax> outputs;
  size_t done = 0;
  while (done < inputs.size()) {
    const size_t count = std::min(kCheckGroupMax, inputs.size() - done);
    for (size_t i = 0; i < count; ++i) {
      SIGNET_CHECK(signatures[done + i].size() <= kCheckedSignatureMax);
      outputs[i] = {computed.data() + i * kCheckedSignatureMax, signatures[done + i].size()};
    }
    const size_t computed_count = sign(inputs.subspan(done, count), {outputs.data(), count});
    for (size_t i = 0; i < computed_count; ++i) held[done + i] = constant_time_equal(outputs[i], signatures[done + i]);
    done += computed_count;
    if (computed_count < count) break;
  }
  wipe(computed);
  return done;
}

std::unique_ptr<Signer> make_signer(std::shared_ptr<const PrivateKey> key) {
  const auto* material = dynamic_cast<const KeyMaterial*>(key.get());
  if (material == nullptr) return nullptr;
  const size_t unlocked = openssl_memory_use().unlocked;
  std::unique_ptr<Signer> signer = material->new_signer(std::move(key));
  // See private_key.cc: no copy of a key in pages that could be swapped out.
  if (openssl_memory_use().unlocked > unlocked) return nullptr;
  return signer;
}

uint32_t signature_cost_ns(JwsAlgorithm algorithm, int rsa_bits) {
  switch (algorithm) {
    case JwsAlgorithm::kEdDSA:
    case JwsAlgorithm::kEd25519:
      return lanes::ed25519_lanes() != nullptr ? kLaneEd25519CostNs : kPortableEd25519CostNs;
    case JwsAlgorithm::kES256:
      return lanes::p256_lanes() != nullptr ? kLaneP256CostNs : kPortableP256CostNs;
    case JwsAlgorithm::kPS256:
    case JwsAlgorithm::kRS256:
      return lane_rsa_cost_ns(rsa_bits);
    case JwsAlgorithm::kHS256:
      return 400;
    case JwsAlgorithm::kHS384:
    case JwsAlgorithm::kHS512:
      return 1'300;
  }
  return 1'000'000;
}

}  // namespace signet
