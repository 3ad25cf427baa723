// ES256: ECDSA on P-256 with SHA-256 (RFC 7518 3.4), in lanes and by OpenSSL. For OpenSSL the message is hashed here,
// so that one prepared EVP_PKEY_CTX serves every signature.
#include <openssl/core_names.h>

#include <algorithm>
#include <array>

#include "keystore/signing/ecdsa_signature.h"
#include "keystore/signing/key_material.h"
#include "keystore/signing/lane_p256_signer.h"
#include "keystore/signing/lanes/p256/p256_lane_key.h"
#include "keystore/signing/one_by_one_signer.h"
#include "keystore/signing/pkcs8.h"
#include "keystore/signing/verifier.h"
#include "keystore/vault/locked_bytes.h"
#include "protocol/base/digest.h"
#include "protocol/base/secret_bytes.h"

namespace signet {
namespace {

class P256Signer final : public OneByOneSigner {
 public:
  P256Signer(std::shared_ptr<const PrivateKey> key, EvpKey own, EvpKeyContext context)
      : OneByOneSigner(kP256SignatureSize), key_(std::move(key)), own_(std::move(own)), context_(std::move(context)) {}

 private:
  bool sign_one(ByteSpan message, MutableByteSpan out) override {
    const auto digest = sha256(message);
    uint8_t der[kP256DerSizeMax];
    size_t size = sizeof der;
    if (EVP_PKEY_sign(context_.get(), der, &size, digest.data(), digest.size()) != 1) [[unlikely]] {
      ERR_clear_error();
      return false;
    }
    return p256_signature_from_der({der, size}, out.first<kP256SignatureSize>());
  }

  const std::shared_ptr<const PrivateKey> key_;
  const EvpKey own_;  // a copy: workers share no lock and no reference count
  const EvpKeyContext context_;
};

class P256Key final : public KeyMaterial {
 public:
  // `lane_key` is a lanes::p256::LaneKey.
  P256Key(EvpKey key, const EcPublicKey& public_key, LockedBytes lane_key)
      : key_(std::move(key)), public_key_(public_key), lane_key_(std::move(lane_key)) {}

  JwsAlgorithm algorithm() const override { return JwsAlgorithm::kES256; }
  size_t signature_size() const override { return kP256SignatureSize; }
  int bits() const override { return 0; }
  std::optional<Jwk> public_jwk() const override {
    return Jwk{.algorithm = algorithm(), .kid = {}, .key = public_key_};
  }
  SecretBytes serialise() const override { return write_pkcs8(key_.get()); }
  std::unique_ptr<Signer> new_signer(std::shared_ptr<const PrivateKey> self) const override {
    const OpensslErrors errors;
    EvpKey own(EVP_PKEY_dup(key_.get()));
    EvpKeyContext context(own ? EVP_PKEY_CTX_new(own.get(), nullptr) : nullptr);
    if (!context || EVP_PKEY_sign_init(context.get()) != 1 ||
        EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha256()) != 1) {
      return nullptr;
    }
    auto verifier = make_verifier(*public_jwk());
    if (!verifier) return nullptr;
    auto one_by_one = std::make_unique<P256Signer>(self, std::move(own), std::move(context));
    const auto& lane_key = *reinterpret_cast<const lanes::p256::LaneKey*>(lane_key_.expose().data());
    return std::make_unique<LaneP256Signer>(std::move(self), lane_key, std::move(one_by_one), std::move(verifier));
  }
  bool matches(ByteSpan message, ByteSpan signature) const override;

 private:
  const EvpKey key_;
  const EcPublicKey public_key_;
  const LockedBytes lane_key_;
};

bool P256Key::matches(ByteSpan message, ByteSpan signature) const {
  const OpensslErrors errors;
  if (signature.size() != kP256SignatureSize) return false;
  const EcdsaSignature parsed(ECDSA_SIG_new());
  BigNumber r(BN_bin2bn(signature.data(), 32, nullptr));
  BigNumber s(BN_bin2bn(signature.data() + 32, 32, nullptr));
  if (!parsed || !r || !s || ECDSA_SIG_set0(parsed.get(), r.get(), s.get()) != 1) return false;
  (void)r.release();  // owned by `parsed` now
  (void)s.release();
  uint8_t der[kP256DerSizeMax];
  uint8_t* next = der;
  const int size = i2d_ECDSA_SIG(parsed.get(), nullptr);
  if (size <= 0 || size > static_cast<int>(sizeof der) || i2d_ECDSA_SIG(parsed.get(), &next) != size) return false;

  const EvpKey key = evp_public_key(public_key_);
  const EvpKeyContext context(key ? EVP_PKEY_CTX_new(key.get(), nullptr) : nullptr);
  const auto digest = sha256(message);
  return context && EVP_PKEY_verify_init(context.get()) == 1 &&
         EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha256()) == 1 &&
         EVP_PKEY_verify(context.get(), der, static_cast<size_t>(size), digest.data(), digest.size()) == 1;
}

std::optional<EcPublicKey> public_half(const EVP_PKEY* key) {
  uint8_t point[65];
  size_t size = 0;
  if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &size) != 1 ||
      size != sizeof point || point[0] != POINT_CONVERSION_UNCOMPRESSED) {
    return std::nullopt;
  }
  EcPublicKey half;
  std::copy_n(point + 1, 32, half.x.begin());
  std::copy_n(point + 33, 32, half.y.begin());
  return half;
}

// The named curve itself: a key with parameters of its own, even equal ones, is refused (CVE-2020-0601).
bool on_named_p256(const EVP_PKEY* key) {
  char group[32] = {};
  size_t size = 0;
  int explicit_parameters = 0;
  return EVP_PKEY_is_a(key, "EC") == 1 && EVP_PKEY_get_group_name(key, group, sizeof group, &size) == 1 &&
         std::string_view(group, size) == "prime256v1" &&
         EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &explicit_parameters) == 1 &&
         explicit_parameters == 0;
}

// What the lanes need of the key.
std::expected<LockedBytes, KeyError> lane_key_of(const EVP_PKEY* key) {
  auto lane_key = LockedBytes::zeroed(sizeof(lanes::p256::LaneKey));
  if (!lane_key) return std::unexpected(KeyError::kNoLockedMemory);
  const BigNumber number = big_number_parameter(key, OSSL_PKEY_PARAM_PRIV_KEY);
  std::array<uint8_t, lanes::p256::kScalarSize> scalar;
  const bool fits = number && BN_bn2binpad(number.get(), scalar.data(), scalar.size()) == scalar.size();
  if (fits) make_lane_key(scalar, *reinterpret_cast<lanes::p256::LaneKey*>(lane_key->expose_mutable().data()));
  wipe(scalar);
  if (!fits) return std::unexpected(KeyError::kLibrary);
  return *std::move(lane_key);
}

MadeKey p256_key(EvpKey key) {
  const OpensslErrors errors;
  if (!on_named_p256(key.get())) return std::unexpected(KeyError::kUnsupported);
  // Range of the private scalar, then private times generator = public.
  const EvpKeyContext context(EVP_PKEY_CTX_new(key.get(), nullptr));
  if (!context) return std::unexpected(KeyError::kLibrary);
  if (EVP_PKEY_private_check(context.get()) != 1 || EVP_PKEY_pairwise_check(context.get()) != 1) {
    return std::unexpected(KeyError::kSelfTestFailed);
  }
  const auto half = public_half(key.get());
  if (!half) return std::unexpected(KeyError::kLibrary);
  auto lane_key = lane_key_of(key.get());
  if (!lane_key) return std::unexpected(lane_key.error());
  return std::make_shared<P256Key>(std::move(key), *half, *std::move(lane_key));
}

}  // namespace

MadeKey generate_p256_key() {
  const OpensslErrors errors;
  EvpKey key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  if (!key) return std::unexpected(KeyError::kLibrary);
  return p256_key(std::move(key));
}

MadeKey load_p256_key(ByteSpan pkcs8) {
  auto key = read_pkcs8(pkcs8);
  if (!key) return std::unexpected(key.error());
  return p256_key(std::move(*key));
}

}  // namespace signet
