#include "keystore/keys/check_signatures.h"

#include "protocol/base/check.h"

namespace signet {
namespace {

// The worker's signer, when signing again is how this key's tokens are checked.
Signer* checking_signer(const SigningKey& key, size_t worker) {
  const bool has_secret = key.status == KeyStatus::kRetiring && is_symmetric(key.algorithm);
  if ((key.status != KeyStatus::kActive && !has_secret) || worker >= key.signers.size()) return nullptr;
  Signer* signer = key.signers[worker].get();
  return signer != nullptr && signer->can_check() ? signer : nullptr;
}

}  // namespace

bool can_check_with(const SigningKey& key, size_t worker) {
  if (key.status != KeyStatus::kActive && key.status != KeyStatus::kRetiring) return false;
  return checking_signer(key, worker) != nullptr || worker < key.verifiers.size();
}

size_t check_signatures(const SigningKey& key, size_t worker, std::span<const ByteSpan> inputs,
                        std::span<const ByteSpan> signatures, std::span<bool> held) {
  if (Signer* signer = checking_signer(key, worker)) return signer->check(inputs, signatures, held);
  SIGNET_CHECK(worker < key.verifiers.size());
  for (size_t i = 0; i < inputs.size(); ++i) held[i] = key.verifiers[worker]->verify(inputs[i], signatures[i]);
  return inputs.size();
}

uint32_t each_checking_cost_ns(const SigningKey& key, size_t worker) {
  const Signer* signer = checking_signer(key, worker);
  return signer == nullptr ? key.check_cost_ns : signer->each_cost_ns(key.check_cost_ns);
}

uint64_t checking_cost_ns(const SigningKey& key, size_t worker, size_t count) {
  if (const Signer* signer = checking_signer(key, worker)) return signer->cost_ns(count, key.check_cost_ns);
  return count * uint64_t{key.check_cost_ns};
}

}  // namespace signet
