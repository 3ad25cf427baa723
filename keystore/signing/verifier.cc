#include "keystore/signing/verifier.h"

#include <sodium.h>

#include <array>

#include "keystore/signing/ecdsa_signature.h"
#include "keystore/signing/pkcs8.h"
#include "keystore/signing/rsa_operation.h"
#include "protocol/base/digest.h"

namespace signet {
namespace {

class Ed25519Verifier final : public Verifier {
 public:
  explicit Ed25519Verifier(const OkpPublicKey& key) : key_(key) {}
  bool verify(ByteSpan input, ByteSpan signature) override {
    return signature.size() == crypto_sign_BYTES &&
           crypto_sign_verify_detached(signature.data(), input.data(), input.size(), key_.x.data()) == 0;
  }

 private:
  const OkpPublicKey key_;
};

class P256Verifier final : public Verifier {
 public:
  P256Verifier(EvpKey key, EvpKeyContext context) : key_(std::move(key)), context_(std::move(context)) {}
  bool verify(ByteSpan input, ByteSpan signature) override {
    if (signature.size() != kP256SignatureSize) return false;
    std::array<uint8_t, kP256DerSizeMax> der;
    const size_t size = p256_signature_to_der(signature.first<kP256SignatureSize>(), der);
    if (size == 0) return false;
    const auto digest = sha256(input);
    // OpenSSL refuses r and s that are not below the order.
    const bool held = EVP_PKEY_verify(context_.get(), der.data(), size, digest.data(), digest.size()) == 1;
    if (!held) ERR_clear_error();
    return held;
  }

 private:
  const EvpKey key_;
  const EvpKeyContext context_;
};

class RsaVerifier final : public Verifier {
 public:
  RsaVerifier(EvpKey key, EvpKeyContext context, size_t signature_size)
      : key_(std::move(key)), context_(std::move(context)), signature_size_(signature_size) {}
  bool verify(ByteSpan input, ByteSpan signature) override {
    if (signature.size() != signature_size_) return false;
    const bool held = rsa_verify(context_.get(), input, signature);
    if (!held) ERR_clear_error();
    return held;
  }

 private:
  const EvpKey key_;
  const EvpKeyContext context_;
  const size_t signature_size_;
};

std::unique_ptr<Verifier> make(const OkpPublicKey& key, JwsAlgorithm algorithm) {
  if (algorithm != JwsAlgorithm::kEdDSA && algorithm != JwsAlgorithm::kEd25519) return nullptr;
  return std::make_unique<Ed25519Verifier>(key);
}

std::unique_ptr<Verifier> make(const EcPublicKey& key, JwsAlgorithm algorithm) {
  if (algorithm != JwsAlgorithm::kES256) return nullptr;
  EvpKey evp = evp_public_key(key);
  EvpKeyContext context(evp ? EVP_PKEY_CTX_new(evp.get(), nullptr) : nullptr);
  if (!context || EVP_PKEY_verify_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha256()) != 1) {
    return nullptr;
  }
  return std::make_unique<P256Verifier>(std::move(evp), std::move(context));
}

std::unique_ptr<Verifier> make(const RsaPublicKey& key, JwsAlgorithm algorithm) {
  if (!is_rsa(algorithm)) return nullptr;
  EvpKey evp = evp_public_key(key);
  EvpKeyContext context = evp ? rsa_operation(evp.get(), algorithm, RsaUse::kVerify) : nullptr;
  if (!context) return nullptr;
  return std::make_unique<RsaVerifier>(std::move(evp), std::move(context), key.n.size());
}

}  // namespace

std::unique_ptr<Verifier> make_verifier(const Jwk& key) {
  const OpensslErrors errors;
  return std::visit([&](const auto& half) { return make(half, key.algorithm); }, key.key);
}

size_t public_signature_size(const Jwk& key) {
  const auto* rsa = std::get_if<RsaPublicKey>(&key.key);
  return rsa != nullptr ? rsa->n.size() : kP256SignatureSize;  // that of Ed25519 too
}

uint32_t verification_cost_ns(JwsAlgorithm algorithm, int rsa_bits) {
  switch (algorithm) {
    case JwsAlgorithm::kPS256:
    case JwsAlgorithm::kRS256:
      if (rsa_bits <= 2048) return 25'000;
      return rsa_bits <= 3072 ? 45'000 : 80'000;
    case JwsAlgorithm::kES256:
      return 70'000;
    default:
      return 50'000;  // Ed25519; HMAC has no public half
  }
}

}  // namespace signet
