#include "tests/keystore/signing/independent_check.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <memory>

namespace signet {
namespace {

struct KeyFree {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Key = std::unique_ptr<EVP_PKEY, KeyFree>;

// Takes the builder.
Key build(const char* type, OSSL_PARAM_BLD* builder) {
  OSSL_PARAM* parameters = OSSL_PARAM_BLD_to_param(builder);
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr);
  EVP_PKEY* key = nullptr;
  EVP_PKEY_fromdata_init(context);
  EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters);
  EVP_PKEY_CTX_free(context);
  OSSL_PARAM_free(parameters);
  OSSL_PARAM_BLD_free(builder);
  return Key(key);
}

Key build(const OkpPublicKey& key) {
  return Key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.x.data(), key.x.size()));
}

Key build(const EcPublicKey& key) {
  uint8_t point[65] = {4};
  std::ranges::copy(key.x, point + 1);
  std::ranges::copy(key.y, point + 33);
  OSSL_PARAM_BLD* builder = OSSL_PARAM_BLD_new();
  OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
  OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point);
  return build("EC", builder);
}

Key build(const RsaPublicKey& key) {
  BIGNUM* n = BN_bin2bn(key.n.data(), static_cast<int>(key.n.size()), nullptr);
  BIGNUM* e = BN_bin2bn(key.e.data(), static_cast<int>(key.e.size()), nullptr);
  OSSL_PARAM_BLD* builder = OSSL_PARAM_BLD_new();
  OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n);
  OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e);
  Key built = build("RSA", builder);
  BN_free(n);
  BN_free(e);
  return built;
}

std::vector<uint8_t> der_of_raw(ByteSpan raw) {
  ECDSA_SIG* signature = ECDSA_SIG_new();
  ECDSA_SIG_set0(signature, BN_bin2bn(raw.data(), 32, nullptr), BN_bin2bn(raw.data() + 32, 32, nullptr));
  uint8_t* der = nullptr;
  const int size = i2d_ECDSA_SIG(signature, &der);
  std::vector<uint8_t> out(der, der + size);
  OPENSSL_free(der);
  ECDSA_SIG_free(signature);
  return out;
}

}  // namespace

bool independent_check(const Jwk& key, ByteSpan message, ByteSpan signature) {
  const Key built = std::visit([](const auto& half) { return build(half); }, key.key);
  if (!built) return false;
  std::vector<uint8_t> form(signature.begin(), signature.end());
  if (key.algorithm == JwsAlgorithm::kES256) {
    if (signature.size() != 64) return false;
    form = der_of_raw(signature);
  }
  const bool okp = std::holds_alternative<OkpPublicKey>(key.key);
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_PKEY_CTX* inner = nullptr;
  bool good = EVP_DigestVerifyInit(context, &inner, okp ? nullptr : EVP_sha256(), nullptr, built.get()) == 1;
  if (key.algorithm == JwsAlgorithm::kPS256) {
    good = good && EVP_PKEY_CTX_set_rsa_padding(inner, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(inner, 32) == 1;
  }
  good = good && EVP_DigestVerify(context, form.data(), form.size(), message.data(), message.size()) == 1;
  EVP_MD_CTX_free(context);
  return good;
}

bool independent_hmac_check(JwsAlgorithm algorithm, ByteSpan secret, ByteSpan message, ByteSpan signature) {
  const EVP_MD* hash = algorithm == JwsAlgorithm::kHS256   ? EVP_sha256()
                       : algorithm == JwsAlgorithm::kHS384 ? EVP_sha384()
                                                           : EVP_sha512();
  uint8_t mac[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(hash, secret.data(), static_cast<int>(secret.size()), message.data(), message.size(), mac, &size);
  return std::ranges::equal(ByteSpan(mac, size), signature);
}

}  // namespace signet
