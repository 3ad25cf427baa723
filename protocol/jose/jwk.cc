#include "protocol/jose/jwk.h"

#include <algorithm>

#include "protocol/base/base64url.h"
#include "protocol/base/char_class.h"
#include "protocol/jose/jwk_members.h"
#include "protocol/jose/jwk_read.h"
#include "protocol/jose/jws_verify.h"
#include "protocol/json/reader.h"

namespace signet {
namespace {

constexpr size_t kJwkTextSizeMax = 16 * 1024;  // a key with a certificate chain that is ignored

template <typename T>
using Result = std::expected<T, JwkError>;

// RFC 7518 sections 6.2.2, 6.3.2 and 6.4: whoever sends one of these has sent a secret.
bool has_private_member(const JsonValue& jwk) {
  for (const char* name : {"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
    if (jwk.find(name) != nullptr) return true;
  return false;
}

Result<std::string> required_string(const JsonValue& jwk, std::string_view name) {
  const JsonValue* value = jwk.find(name);
  if (value == nullptr) return std::unexpected(JwkError::kMissingMember);
  if (value->as_string() == nullptr) return std::unexpected(JwkError::kSyntax);
  return *value->as_string();
}

Result<std::vector<uint8_t>> octets(const JsonValue& jwk, std::string_view name) {
  const auto text = required_string(jwk, name);
  if (!text) return std::unexpected(text.error());
  if (text->size() > base64url_encoded_size(kJwkMemberSizeMax)) return std::unexpected(JwkError::kTooLarge);
  std::vector<uint8_t> out(base64url_decoded_size_max(text->size()));
  if (!base64url_decode(*text, out)) return std::unexpected(JwkError::kSyntax);
  return out;
}

// RFC 7518 section 6.2.1.2: the full size of a coordinate, leading zeros included.
Result<std::array<uint8_t, 32>> coordinate(const JsonValue& jwk, std::string_view name) {
  const auto decoded = octets(jwk, name);
  if (!decoded) return std::unexpected(decoded.error());
  std::array<uint8_t, 32> out;
  if (decoded->size() != out.size()) return std::unexpected(JwkError::kSyntax);
  std::copy(decoded->begin(), decoded->end(), out.begin());
  return out;
}

Result<decltype(Jwk::key)> read_okp(const JsonValue& jwk) {
  const auto crv = required_string(jwk, "crv");
  if (!crv) return std::unexpected(crv.error());
  if (*crv != "Ed25519") return std::unexpected(JwkError::kUnsupported);
  const auto x = coordinate(jwk, "x");
  if (!x) return std::unexpected(x.error());
  return OkpPublicKey{*x};
}

Result<decltype(Jwk::key)> read_ec(const JsonValue& jwk) {
  const auto crv = required_string(jwk, "crv");
  if (!crv) return std::unexpected(crv.error());
  if (*crv != "P-256") return std::unexpected(JwkError::kUnsupported);
  const auto x = coordinate(jwk, "x"), y = coordinate(jwk, "y");
  if (!x || !y) return std::unexpected(!x ? x.error() : y.error());
  return EcPublicKey{*x, *y};
}

Result<decltype(Jwk::key)> read_rsa(const JsonValue& jwk) {
  auto n = octets(jwk, "n"), e = octets(jwk, "e");
  if (!n || !e) return std::unexpected(!n ? n.error() : e.error());
  // RFC 7518 section 2, Base64urlUInt: no leading zero, so that a key has one spelling and one thumbprint.
  if (n->empty() || e->empty() || n->front() == 0 || e->front() == 0) return std::unexpected(JwkError::kSyntax);
  return RsaPublicKey{std::move(*n), std::move(*e)};
}

Result<decltype(Jwk::key)> read_key(const JsonValue& jwk) {
  const auto kty = required_string(jwk, "kty");
  if (!kty) return std::unexpected(kty.error());
  if (*kty == "OKP") return read_okp(jwk);
  if (*kty == "EC") return read_ec(jwk);
  if (*kty == "RSA") return read_rsa(jwk);
  return std::unexpected(JwkError::kUnsupported);
}

// RFC 7517 sections 4.2 and 4.3: when the key says what it is for, that must be verifying signatures.
std::expected<void, JwkError> check_use(const JsonValue& jwk) {
  if (jwk.find("use") != nullptr) {
    const auto use = required_string(jwk, "use");
    if (!use) return std::unexpected(use.error());
    if (*use != "sig") return std::unexpected(JwkError::kUnsupported);
  }
  const JsonValue* key_ops = jwk.find("key_ops");
  if (key_ops == nullptr) return {};
  if (key_ops->as_array() == nullptr) return std::unexpected(JwkError::kSyntax);
  for (const JsonValue& operation : *key_ops->as_array())
    if (operation.as_string() != nullptr && *operation.as_string() == "verify") return {};
  return std::unexpected(JwkError::kUnsupported);
}

// One algorithm per key (RFC 8725 section 3.1): without alg the sender could choose it (CVE-2022-29217).
Result<JwsAlgorithm> read_algorithm(const JsonValue& jwk) {
  const auto name = required_string(jwk, "alg");
  if (!name) return std::unexpected(name.error());
  const auto algorithm = parse_jws_algorithm(*name);
  if (!algorithm) return std::unexpected(JwkError::kUnsupported);
  if (is_symmetric(*algorithm)) return std::unexpected(JwkError::kMismatch);
  return *algorithm;
}

bool kind_matches(JwsAlgorithm algorithm, const decltype(Jwk::key)& key) {
  if (is_rsa(algorithm)) return std::holds_alternative<RsaPublicKey>(key);
  if (algorithm == JwsAlgorithm::kES256) return std::holds_alternative<EcPublicKey>(key);
  return std::holds_alternative<OkpPublicKey>(key);
}

void write_members(JsonWriter& json, const OkpPublicKey& key) {
  json.member("kty", "OKP");
  json.member("crv", "Ed25519");
  write_base64url_member(json, "x", key.x);
}

void write_members(JsonWriter& json, const EcPublicKey& key) {
  json.member("kty", "EC");
  json.member("crv", "P-256");
  write_base64url_member(json, "x", key.x);
  write_base64url_member(json, "y", key.y);
}

void write_members(JsonWriter& json, const RsaPublicKey& key) {
  json.member("kty", "RSA");
  write_base64url_member(json, "n", key.n);
  write_base64url_member(json, "e", key.e);
}

}  // namespace

bool valid_kid(std::string_view kid) {
  return !kid.empty() && kid.size() <= 64 && kBase64UrlCharacters.contains_all(kid);
}

JwkError jwk_error_of(const JsonReadError& error) {
  if (error.reason == JsonErrorReason::kDuplicateMember) return JwkError::kDuplicateMember;
  if (error.reason == JsonErrorReason::kTooLarge) return JwkError::kTooLarge;
  return JwkError::kSyntax;
}

std::expected<Jwk, JwkError> read_jwk(const JsonValue& json) {
  if (json.as_object() == nullptr) return std::unexpected(JwkError::kSyntax);
  if (has_private_member(json)) return std::unexpected(JwkError::kPrivateMember);
  if (const auto use = check_use(json); !use) return std::unexpected(use.error());
  auto key = read_key(json);
  if (!key) return std::unexpected(key.error());
  const auto algorithm = read_algorithm(json);
  if (!algorithm) return std::unexpected(algorithm.error());
  if (!kind_matches(*algorithm, *key)) return std::unexpected(JwkError::kMismatch);
  auto kid = required_string(json, "kid");
  if (!kid) return std::unexpected(kid.error());
  if (!valid_kid(*kid)) return std::unexpected(JwkError::kBadKid);
  Jwk jwk{*algorithm, std::move(*kid), std::move(*key)};
  if (!public_key_usable(jwk)) return std::unexpected(JwkError::kUnsound);
  return jwk;
}

std::expected<Jwk, JwkError> parse_jwk(std::string_view json) {
  const auto value = read_json(json, {.size_max = kJwkTextSizeMax});
  if (!value) return std::unexpected(jwk_error_of(value.error()));
  return read_jwk(*value);
}

std::string write_jwk(const Jwk& jwk) {
  std::array<char, kJwkJsonSizeMax> buffer;
  JsonWriter json(buffer);
  json.begin_object();
  std::visit([&json](const auto& key) { write_members(json, key); }, jwk.key);
  json.member("alg", jws_algorithm_name(jwk.algorithm));
  json.member("use", "sig");
  json.member("kid", jwk.kid);
  json.end_object();
  SIGNET_CHECK(!json.overflowed());
  return std::string(json.text());
}

}  // namespace signet
