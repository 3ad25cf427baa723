#include "keystore/signing/pkcs8.h"

#include <openssl/core_names.h>
#include <openssl/param_build.h>

namespace signet {
namespace {

using ParameterBuilder = std::unique_ptr<OSSL_PARAM_BLD, FreedBy<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, FreedBy<OSSL_PARAM_free>>;

EvpKey public_key_from(const char* type, OSSL_PARAM* parameters) {
  const EvpKeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1) {
    return nullptr;
  }
  return EvpKey(key);
}

}  // namespace

std::expected<EvpKey, KeyError> read_pkcs8(ByteSpan der) {
  const OpensslErrors errors;
  // Far above 4096 bits of RSA; keeps the length within `long`.
  if (der.empty() || der.size() > 16 * 1024) return std::unexpected(KeyError::kBadEncoding);
  const uint8_t* next = der.data();
  const Pkcs8Info info(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &next, static_cast<long>(der.size())));
  if (!info || next != der.data() + der.size()) return std::unexpected(KeyError::kBadEncoding);
  EvpKey key(EVP_PKCS82PKEY(info.get()));
  if (!key) return std::unexpected(KeyError::kBadEncoding);
  return key;
}

bool is_sound(EVP_PKEY* key) {
  const OpensslErrors errors;
  const EvpKeyContext context(EVP_PKEY_CTX_new(key, nullptr));
  return context && EVP_PKEY_check(context.get()) == 1;
}

std::optional<SecretBytes> ed25519_seed(const EVP_PKEY* key) {
  const OpensslErrors errors;
  SecretBytes seed(32);
  size_t size = seed.size();
  if (EVP_PKEY_get_id(key) != EVP_PKEY_ED25519 ||
      EVP_PKEY_get_raw_private_key(key, seed.expose_mutable().data(), &size) != 1 || size != seed.size()) {
    return std::nullopt;
  }
  return seed;
}

SecretBytes write_pkcs8(const EVP_PKEY* key) {
  const OpensslErrors errors;
  const Pkcs8Info info(EVP_PKEY2PKCS8(key));
  const int size = info ? i2d_PKCS8_PRIV_KEY_INFO(info.get(), nullptr) : -1;
  if (size <= 0) return {};
  SecretBytes der(static_cast<size_t>(size));
  uint8_t* next = der.expose_mutable().data();
  if (i2d_PKCS8_PRIV_KEY_INFO(info.get(), &next) != size) return {};
  return der;
}

BigNumber big_number_parameter(const EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &number) != 1) return nullptr;
  return BigNumber(number);
}

EvpKey evp_public_key(const EcPublicKey& key) {
  uint8_t point[65] = {POINT_CONVERSION_UNCOMPRESSED};
  std::memcpy(point + 1, key.x.data(), 32);
  std::memcpy(point + 33, key.y.data(), 32);
  char group[] = "prime256v1";
  OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
                             OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point),
                             OSSL_PARAM_construct_end()};
  return public_key_from("EC", parameters);
}

EvpKey evp_public_key(const RsaPublicKey& key) {
  const BigNumber n(BN_bin2bn(key.n.data(), static_cast<int>(key.n.size()), nullptr));
  const BigNumber e(BN_bin2bn(key.e.data(), static_cast<int>(key.e.size()), nullptr));
  const ParameterBuilder builder(OSSL_PARAM_BLD_new());
  if (!n || !e || !builder || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return nullptr;
  }
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  return parameters ? public_key_from("RSA", parameters.get()) : nullptr;
}

}  // namespace signet
