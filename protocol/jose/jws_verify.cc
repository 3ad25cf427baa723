// The only file of protocol/jose that calls the crypto libraries: Ed25519 by libsodium (its check is strict), ECDSA,
// RSA and HMAC by OpenSSL.
#include "protocol/jose/jws_verify.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>

#include "protocol/base/base64url.h"
#include "protocol/base/digest.h"
#include "protocol/base/freed_by.h"

namespace signet {

struct VerifiedJwsMaker {
  static VerifiedJws make(JoseHeader header, std::string payload) {
    return VerifiedJws(std::move(header), std::move(payload));
  }
};

namespace {

using Error = JwsVerifyError;

using Pkey = std::unique_ptr<EVP_PKEY, FreedBy<EVP_PKEY_free>>;
using PkeyContext = std::unique_ptr<EVP_PKEY_CTX, FreedBy<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreedBy<EVP_MD_CTX_free>>;
using Bignum = std::unique_ptr<BIGNUM, FreedBy<BN_free>>;
using Params = std::unique_ptr<OSSL_PARAM, FreedBy<OSSL_PARAM_free>>;
using ParamsBuilder = std::unique_ptr<OSSL_PARAM_BLD, FreedBy<OSSL_PARAM_BLD_free>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, FreedBy<ECDSA_SIG_free>>;

constexpr size_t kRsaModulusSizeMin = 2048 / 8;
constexpr size_t kRsaModulusSizeMax = 8192 / 8;  // a longer one is only a way to burn our time
constexpr size_t kRsaExponentSizeMax = 8;        // likewise
constexpr size_t kEcdsaSignatureSize = 64;       // RFC 7518 section 3.4: R || S, 32 octets each

// The order of P-256 (SEC 2, section 2.4.2).
constexpr std::array<uint8_t, 32> kP256Order = {0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF,
                                                0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17,
                                                0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51};

bool in_1_to_order(ByteSpan number) {
  const bool zero = std::all_of(number.begin(), number.end(), [](uint8_t octet) { return octet == 0; });
  return !zero && std::lexicographical_compare(number.begin(), number.end(), kP256Order.begin(), kP256Order.end());
}

Bignum bignum(ByteSpan big_endian) {
  return Bignum(BN_bin2bn(big_endian.data(), static_cast<int>(big_endian.size()), nullptr));
}

Pkey public_key_from(const char* type, OSSL_PARAM* params) {
  const PkeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1) return nullptr;
  if (EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params) != 1) return nullptr;
  return Pkey(key);
}

// Null when the point is not on the curve: OpenSSL checks it while decoding.
Pkey load(const EcPublicKey& ec) {
  std::array<uint8_t, 65> point{0x04};
  std::copy(ec.x.begin(), ec.x.end(), point.begin() + 1);
  std::copy(ec.y.begin(), ec.y.end(), point.begin() + 33);
  char group[] = "P-256";
  OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
      OSSL_PARAM_construct_end(),
  };
  return public_key_from("EC", params);
}

bool acceptable(const RsaPublicKey& rsa) {
  if (rsa.n.size() < kRsaModulusSizeMin || rsa.n.size() > kRsaModulusSizeMax) return false;
  if (rsa.n.size() == kRsaModulusSizeMin && rsa.n[0] < 0x80) return false;  // 2041 to 2047 bits
  if (rsa.n[0] == 0 || rsa.n.back() % 2 == 0) return false;
  if (rsa.e.empty() || rsa.e.size() > kRsaExponentSizeMax || rsa.e[0] == 0) return false;
  uint64_t exponent = 0;
  for (uint8_t octet : rsa.e) exponent = exponent << 8 | octet;
  return exponent >= 65537 && exponent % 2 == 1;
}

Pkey load(const RsaPublicKey& rsa) {
  if (!acceptable(rsa)) return nullptr;
  const Bignum n = bignum(rsa.n), e = bignum(rsa.e);
  const ParamsBuilder builder(OSSL_PARAM_BLD_new());
  if (!n || !e || !builder || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1)
    return nullptr;
  const Params params(OSSL_PARAM_BLD_to_param(builder.get()));
  return params ? public_key_from("RSA", params.get()) : nullptr;
}

std::expected<void, Error> held(bool verified) {
  if (verified) return {};
  return std::unexpected(Error::kBadSignature);
}

std::expected<void, Error> verify(const OkpPublicKey& key, JwsAlgorithm, ByteSpan input, ByteSpan signature) {
  if (signature.size() != crypto_sign_BYTES) return std::unexpected(Error::kBadSignatureSize);
  return held(crypto_sign_verify_detached(signature.data(), input.data(), input.size(), key.x.data()) == 0);
}

std::expected<void, Error> verify(const EcPublicKey& key, JwsAlgorithm, ByteSpan input, ByteSpan signature) {
  if (signature.size() != kEcdsaSignatureSize) return std::unexpected(Error::kBadSignatureSize);
  const ByteSpan r = signature.first(32), s = signature.last(32);
  if (!in_1_to_order(r) || !in_1_to_order(s)) return std::unexpected(Error::kBadSignature);  // CVE-2022-21449
  const Pkey pkey = load(key);
  if (!pkey) return std::unexpected(Error::kUnusableKey);
  const EcdsaSignature pair(ECDSA_SIG_new());
  Bignum r_number = bignum(r), s_number = bignum(s);
  if (!pair || !r_number || !s_number) return held(false);
  ECDSA_SIG_set0(pair.get(), r_number.release(), s_number.release());
  std::array<uint8_t, 80> der;  // a sequence of two integers of at most 33 octets: 72
  uint8_t* end = der.data();
  const int der_size = i2d_ECDSA_SIG(pair.get(), nullptr);
  if (der_size <= 0 || static_cast<size_t>(der_size) > der.size()) return held(false);
  i2d_ECDSA_SIG(pair.get(), &end);
  const DigestContext context(EVP_MD_CTX_new());
  return held(context && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, pkey.get()) == 1 &&
              EVP_DigestVerify(context.get(), der.data(), static_cast<size_t>(der_size), input.data(), input.size()) ==
                  1);
}

std::expected<void, Error> verify(const RsaPublicKey& key, JwsAlgorithm algorithm, ByteSpan input, ByteSpan signature) {
  if (signature.size() != key.n.size()) return std::unexpected(Error::kBadSignatureSize);
  const Pkey pkey = load(key);
  if (!pkey) return std::unexpected(Error::kUnusableKey);
  const DigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* settings = nullptr;  // owned by context
  if (!context || EVP_DigestVerifyInit(context.get(), &settings, EVP_sha256(), nullptr, pkey.get()) != 1)
    return held(false);
  if (algorithm == JwsAlgorithm::kPS256) {  // RFC 7518 section 3.5: MGF1 with SHA-256, a salt of the hash's size
    if (EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) != 1 ||
        EVP_PKEY_CTX_set_rsa_mgf1_md(settings, EVP_sha256()) != 1 ||
        EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, 32) != 1)
      return held(false);
  }
  return held(EVP_DigestVerify(context.get(), signature.data(), signature.size(), input.data(), input.size()) == 1);
}

// Whether the key's kind is the one its algorithm is defined for.
bool kind_fits(const Jwk& key) {
  switch (key.algorithm) {
    case JwsAlgorithm::kEdDSA:
    case JwsAlgorithm::kEd25519:
      return std::holds_alternative<OkpPublicKey>(key.key);
    case JwsAlgorithm::kES256:
      return std::holds_alternative<EcPublicKey>(key.key);
    case JwsAlgorithm::kPS256:
    case JwsAlgorithm::kRS256:
      return std::holds_alternative<RsaPublicKey>(key.key);
    default:
      return false;  // a Jwk is public: no symmetric algorithm
  }
}

bool usable(const OkpPublicKey& key) { return crypto_core_ed25519_is_valid_point(key.x.data()) == 1; }
bool usable(const EcPublicKey& key) { return load(key) != nullptr; }
bool usable(const RsaPublicKey& key) { return acceptable(key); }

std::optional<std::string> decode(std::string_view segment) {
  std::string out(base64url_decoded_size_max(segment.size()), '\0');
  if (!base64url_decode(segment, {reinterpret_cast<uint8_t*>(out.data()), out.size()})) return std::nullopt;
  return out;
}

const std::string& kid_of(const Jwk& key) { return key.kid; }
const std::string& kid_of(const HmacKey& key) { return key.kid(); }
JwsAlgorithm algorithm_of(const Jwk& key) { return key.algorithm; }
JwsAlgorithm algorithm_of(const HmacKey& key) { return key.algorithm(); }

// The one order of checks for both types of key; nothing of the payload is decoded before the signature holds.
template <typename Key>
std::expected<VerifiedJws, Error> verify_with(const CompactJws& jws, const Key& key) {
  const auto header_json = decode(jws.header());
  const auto signature = decode(jws.signature());
  if (!header_json || !signature) return std::unexpected(Error::kBadEncoding);
  auto header = parse_jose_header(*header_json);
  if (!header) return std::unexpected(Error::kBadHeader);
  if (header->algorithm != algorithm_of(key)) return std::unexpected(Error::kAlgorithmMismatch);
  if (!header->kid.empty() && !kid_of(key).empty() && header->kid != kid_of(key))
    return std::unexpected(Error::kKidMismatch);
  if (const auto verified = verify_jws_signature(key, as_bytes(jws.signing_input()), as_bytes(*signature)); !verified)
    return std::unexpected(verified.error());
  auto payload = decode(jws.payload());
  if (!payload) return std::unexpected(Error::kBadEncoding);
  return VerifiedJwsMaker::make(std::move(*header), std::move(*payload));
}

}  // namespace

std::expected<void, Error> verify_jws_signature(const Jwk& key, ByteSpan signing_input, ByteSpan signature) {
  if (!kind_fits(key)) return std::unexpected(Error::kUnusableKey);
  return std::visit([&](const auto& k) { return verify(k, key.algorithm, signing_input, signature); }, key.key);
}

std::expected<void, Error> verify_jws_signature(const HmacKey& key, ByteSpan signing_input, ByteSpan signature) {
  if (signature.size() != hmac_size(key.algorithm())) return std::unexpected(Error::kBadSignatureSize);
  const EVP_MD* hash = key.algorithm() == JwsAlgorithm::kHS256   ? EVP_sha256()
                       : key.algorithm() == JwsAlgorithm::kHS384 ? EVP_sha384()
                                                                 : EVP_sha512();
  std::array<uint8_t, EVP_MAX_MD_SIZE> mac;
  unsigned mac_size = 0;
  if (HMAC(hash, key.expose().data(), static_cast<int>(key.expose().size()), signing_input.data(), signing_input.size(),
           mac.data(), &mac_size) == nullptr)
    return held(false);
  const bool equal = constant_time_equal({mac.data(), mac_size}, signature);
  wipe(mac);  // the right signature of a forged token is a secret
  return held(equal);
}

bool public_key_usable(const Jwk& key) {
  return kind_fits(key) && std::visit([](const auto& k) { return usable(k); }, key.key);
}

std::expected<VerifiedJws, Error> verify_compact_jws(const CompactJws& jws, const Jwk& key) {
  return verify_with(jws, key);
}

std::expected<VerifiedJws, Error> verify_compact_jws(const CompactJws& jws, const HmacKey& key) {
  return verify_with(jws, key);
}

std::string_view jws_verify_error_text(JwsVerifyError error) {
  switch (error) {
    case Error::kBadEncoding:
      return "a segment is not base64url";
    case Error::kBadHeader:
      return "bad header";
    case Error::kAlgorithmMismatch:
      return "alg is not the key's";
    case Error::kKidMismatch:
      return "kid is not the key's";
    case Error::kBadSignatureSize:
      return "signature of the wrong size";
    case Error::kUnusableKey:
      return "unusable key";
    case Error::kBadSignature:
      return "bad signature";
  }
  return "";
}

}  // namespace signet
