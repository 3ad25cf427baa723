#include "keystore/signing/rsa_operation.h"

#include <openssl/rsa.h>

#include "keystore/signing/one_by_one_signer.h"
#include "protocol/base/digest.h"

namespace signet {
namespace {

constexpr int kPssSaltSize = 32;  // RFC 7518 3.5: as long as the hash's output

class RsaSigner final : public OneByOneSigner {
 public:
  RsaSigner(std::shared_ptr<const PrivateKey> key, EvpKey sign_key, EvpKeyContext sign, EvpKey verify_key,
            EvpKeyContext verify)
      : OneByOneSigner(static_cast<size_t>(EVP_PKEY_get_size(sign_key.get()))),
        key_(std::move(key)),
        sign_key_(std::move(sign_key)),
        verify_key_(std::move(verify_key)),
        sign_(std::move(sign)),
        verify_(std::move(verify)) {}

 private:
  bool sign_one(ByteSpan message, MutableByteSpan out) override {
    const auto digest = sha256(message);
    size_t size = out.size();
    const bool done = EVP_PKEY_sign(sign_.get(), out.data(), &size, digest.data(), digest.size()) == 1 &&
                      size == out.size() &&
                      // A fault in one half of the CRT would give away the factors (Boneh, DeMillo, Lipton).
                      EVP_PKEY_verify(verify_.get(), out.data(), size, digest.data(), digest.size()) == 1;
    if (!done) [[unlikely]]
      ERR_clear_error();
    return done;
  }

  const std::shared_ptr<const PrivateKey> key_;
  const EvpKey sign_key_;
  const EvpKey verify_key_;
  const EvpKeyContext sign_;
  const EvpKeyContext verify_;
};

}  // namespace

EvpKeyContext rsa_operation(EVP_PKEY* key, JwsAlgorithm algorithm, RsaUse use) {
  EvpKeyContext context(EVP_PKEY_CTX_new(key, nullptr));
  if (!context) return nullptr;
  const int begun = use == RsaUse::kSign ? EVP_PKEY_sign_init(context.get()) : EVP_PKEY_verify_init(context.get());
  const bool pss = algorithm == JwsAlgorithm::kPS256;
  if (begun != 1 || EVP_PKEY_CTX_set_rsa_padding(context.get(), pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING) != 1 ||
      EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha256()) != 1) {
    return nullptr;
  }
  if (pss && (EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), EVP_sha256()) != 1 ||
              EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), kPssSaltSize) != 1)) {
    return nullptr;
  }
  return context;
}

bool rsa_verify(EVP_PKEY_CTX* context, ByteSpan message, ByteSpan signature) {
  const auto digest = sha256(message);
  return EVP_PKEY_verify(context, signature.data(), signature.size(), digest.data(), digest.size()) == 1;
}

std::unique_ptr<Signer> make_rsa_signer(std::shared_ptr<const PrivateKey> key, JwsAlgorithm algorithm, EvpKey sign_key,
                                        EvpKey verify_key) {
  const OpensslErrors errors;
  EvpKeyContext sign = rsa_operation(sign_key.get(), algorithm, RsaUse::kSign);
  EvpKeyContext verify = rsa_operation(verify_key.get(), algorithm, RsaUse::kVerify);
  if (!sign || !verify) return nullptr;
  return std::make_unique<RsaSigner>(std::move(key), std::move(sign_key), std::move(sign), std::move(verify_key),
                                     std::move(verify));
}

}  // namespace signet
