#include "keystore/signing/signer.h"

#include "keystore/signing/key_material.h"
#include "keystore/signing/openssl_memory.h"

namespace signet {

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
      return 18'000;
    case JwsAlgorithm::kES256:
      return 25'000;
    case JwsAlgorithm::kPS256:
    case JwsAlgorithm::kRS256:
      if (rsa_bits <= 2048) return 320'000;
      return rsa_bits <= 3072 ? 1'900'000 : 3'900'000;
    case JwsAlgorithm::kHS256:
      return 400;
    case JwsAlgorithm::kHS384:
    case JwsAlgorithm::kHS512:
      return 1'300;
  }
  return 1'000'000;
}

}  // namespace signet
