#include "keystore/signing/private_key.h"

#include <array>

#include "keystore/signing/key_material.h"
#include "keystore/signing/openssl_memory.h"
#include "keystore/signing/pkcs8.h"
#include "protocol/base/check.h"

namespace signet {
namespace {

using PrivateKeyResult = std::expected<std::shared_ptr<const PrivateKey>, KeyError>;

PrivateKeyResult checked(MadeKey made, size_t unlocked_before) {
  if (!made) return std::unexpected(made.error());
  if (!pairwise_test(*made)) return std::unexpected(KeyError::kSelfTestFailed);
  // OpenSSL went on with pages that the kernel refused to lock: its key may lie there.
  if (openssl_memory_use().unlocked > unlocked_before) return std::unexpected(KeyError::kNoLockedMemory);
  return *std::move(made);
}

MadeKey generate(JwsAlgorithm algorithm, int rsa_bits) {
  switch (algorithm) {
    case JwsAlgorithm::kEdDSA:
    case JwsAlgorithm::kEd25519:
      return generate_ed25519_key(algorithm);
    case JwsAlgorithm::kES256:
      return generate_p256_key();
    case JwsAlgorithm::kPS256:
    case JwsAlgorithm::kRS256:
      return generate_rsa_key(algorithm, rsa_bits);
    case JwsAlgorithm::kHS256:
    case JwsAlgorithm::kHS384:
    case JwsAlgorithm::kHS512:
      return generate_hmac_key(algorithm);
  }
  return std::unexpected(KeyError::kUnsupported);
}

}  // namespace

MadeKey load_key_material(JwsAlgorithm algorithm, ByteSpan encoded) {
  switch (algorithm) {
    case JwsAlgorithm::kEdDSA:
    case JwsAlgorithm::kEd25519:
      return load_ed25519_key(algorithm, encoded);
    case JwsAlgorithm::kES256:
      return load_p256_key(encoded);
    case JwsAlgorithm::kPS256:
    case JwsAlgorithm::kRS256:
      return load_rsa_key(algorithm, encoded);
    case JwsAlgorithm::kHS256:
    case JwsAlgorithm::kHS384:
    case JwsAlgorithm::kHS512:
      return load_hmac_key(algorithm, encoded);
  }
  return std::unexpected(KeyError::kUnsupported);
}

bool pairwise_test(const std::shared_ptr<const KeyMaterial>& key) {
  const std::unique_ptr<Signer> signer = key->new_signer(key);
  if (!signer) return false;
  std::array<uint8_t, 512> buffer;
  const size_t size = key->signature_size();
  SIGNET_CHECK(size <= buffer.size());
  const ByteSpan inputs[] = {as_bytes("pairwise consistency test")};
  const MutableByteSpan outputs[] = {MutableByteSpan(buffer).first(size)};
  return signer->sign(inputs, outputs) == 1 && key->matches(inputs[0], outputs[0]) &&
         !key->matches(as_bytes("pairwise consistency tesT"), outputs[0]);
}

PrivateKeyResult generate_private_key(JwsAlgorithm algorithm, int rsa_bits) {
  const size_t unlocked = openssl_memory_use().unlocked;
  return checked(generate(algorithm, rsa_bits), unlocked);
}

PrivateKeyResult load_private_key(JwsAlgorithm algorithm, ByteSpan encoded) {
  const size_t unlocked = openssl_memory_use().unlocked;
  return checked(load_key_material(algorithm, encoded), unlocked);
}

PrivateKeyResult import_private_key(JwsAlgorithm algorithm, ByteSpan encoded) {
  if (is_symmetric(algorithm)) return load_private_key(algorithm, encoded);
  const auto key = read_pkcs8(encoded);
  if (!key) return std::unexpected(key.error());
  const auto seed = ed25519_seed(key->get());
  const bool wants_seed = algorithm == JwsAlgorithm::kEdDSA || algorithm == JwsAlgorithm::kEd25519;
  if (wants_seed != seed.has_value()) return std::unexpected(KeyError::kUnsupported);
  if (seed) return load_private_key(algorithm, seed->expose());
  auto loaded = load_private_key(algorithm, encoded);
  // The loader takes what it made itself, and leaves out what is dear.
  if (loaded && !is_sound(key->get())) return std::unexpected(KeyError::kSelfTestFailed);
  return loaded;
}

}  // namespace signet
