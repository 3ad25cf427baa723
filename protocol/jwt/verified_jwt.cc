#include "protocol/jwt/verified_jwt.h"

#include <algorithm>
#include <optional>

#include "protocol/base/base64url.h"
#include "protocol/base/check.h"
#include "protocol/jose/jws.h"
#include "protocol/jose/jws_verify.h"
#include "protocol/json/reader.h"
#include "protocol/jwt/access_token.h"

namespace signet {
namespace {

// What the header says, before it is believed: enough to find the key.
std::expected<JoseHeader, JwtError> read_header(const CompactJws& jws) {
  std::string json(base64url_decoded_size_max(jws.header().size()), '\0');
  const auto size = base64url_decode(jws.header(), {reinterpret_cast<uint8_t*>(json.data()), json.size()});
  if (!size) return std::unexpected(JwtError::kMalformed);
  json.resize(*size);
  auto header = parse_jose_header(json);
  if (!header) return std::unexpected(JwtError::kMalformed);
  // RFC 9068 section 4; RFC 8725 section 3.11: no other kind of JWT under the same key passes for an access token.
  if (header->typ != kAccessTokenType && header->typ != "application/at+jwt") {
    return std::unexpected(JwtError::kWrongType);
  }
  if (header->kid.empty()) return std::unexpected(JwtError::kUnknownKey);
  return *std::move(header);
}

std::expected<VerifiedJws, JwtError> verify_with(const CompactJws& jws, const VerificationKey& key) {
  if (std::holds_alternative<std::monostate>(key)) return std::unexpected(JwtError::kUnknownKey);
  auto verified = std::holds_alternative<const Jwk*>(key) ? verify_compact_jws(jws, *std::get<const Jwk*>(key))
                                                          : verify_compact_jws(jws, *std::get<const HmacKey*>(key));
  if (!verified) return std::unexpected(JwtError::kBadSignature);
  return *std::move(verified);
}

// A required string that is not empty.
bool read_text(const JsonValue& claims, std::string_view name, std::string& out) {
  const std::string* text = claims.find_string(name);
  if (text == nullptr || text->empty()) return false;
  out = *text;
  return true;
}

// A string that may be absent, but not of another type.
bool read_optional_text(const JsonValue& claims, std::string_view name, std::string& out) {
  return claims.find(name) == nullptr || read_text(claims, name, out);
}

// NumericDate (RFC 7519 section 2), narrowed to what is issued here: whole seconds, not before 1970.
std::optional<UnixSeconds> read_date(const JsonValue& claims, std::string_view name) {
  const JsonValue* value = claims.find(name);
  const auto seconds = value == nullptr ? std::nullopt : value->as_integer();
  return seconds && *seconds >= 0 ? seconds : std::nullopt;
}

// RFC 7519 4.1.3: one string or an array of strings; here never empty.
bool read_audience(const JsonValue& claims, std::vector<std::string>& out) {
  const JsonValue* value = claims.find("aud");
  if (value == nullptr) return false;
  if (const std::string* one = value->as_string()) {
    out.push_back(*one);
    return !one->empty();
  }
  const JsonValue::Array* array = value->as_array();
  if (array == nullptr || array->empty()) return false;
  for (const JsonValue& entry : *array) {
    if (entry.as_string() == nullptr || entry.as_string()->empty()) return false;
    out.push_back(*entry.as_string());
  }
  return true;
}

}  // namespace

// The one maker of VerifiedJwt.
class JwtVerifier {
 public:
  static std::expected<VerifiedJwt, JwtError> read_claims(const VerifiedJws& jws) {
    // Whoever adds claims of his own may use fractions; the dates may not.
    auto claims = read_json(jws.payload(), {.size_max = kJwsSizeMax, .allow_fractions = true});
    if (!claims || claims->as_object() == nullptr) return std::unexpected(JwtError::kBadClaims);
    VerifiedJwt jwt;
    jwt.kid_ = jws.header().kid;
    const auto issued_at = read_date(*claims, "iat");
    const auto expires_at = read_date(*claims, "exp");
    const bool sound = read_text(*claims, "iss", jwt.issuer_) && read_text(*claims, "sub", jwt.subject_) &&
                       read_audience(*claims, jwt.audience_) && read_text(*claims, "client_id", jwt.client_id_) &&
                       read_text(*claims, "jti", jwt.jti_) && read_optional_text(*claims, "scope", jwt.scope_) &&
                       read_optional_text(*claims, "sid", jwt.family_) && issued_at && expires_at &&
                       *issued_at < *expires_at &&
                       (claims->find("nbf") == nullptr || read_date(*claims, "nbf").has_value());
    if (!sound) return std::unexpected(JwtError::kBadClaims);
    jwt.issued_at_ = *issued_at;
    jwt.expires_at_ = *expires_at;
    jwt.claims_ = *std::move(claims);
    return jwt;
  }
};

std::expected<VerifiedJwt, JwtError> verify_access_token(std::string_view token, const VerificationKeys& keys,
                                                         const JwtExpectations& expected) {
  SIGNET_CHECK(!expected.issuer.empty() && !expected.audience.empty());
  const auto jws = split_compact_jws(token);
  if (!jws) return std::unexpected(JwtError::kMalformed);
  const auto header = read_header(*jws);
  if (!header) return std::unexpected(header.error());
  const auto verified = verify_with(*jws, keys.find(header->kid));
  if (!verified) return std::unexpected(verified.error());

  auto jwt = JwtVerifier::read_claims(*verified);
  if (!jwt) return jwt;
  if (jwt->issuer() != expected.issuer) return std::unexpected(JwtError::kWrongIssuer);
  const auto& audience = jwt->audience();
  if (std::find(audience.begin(), audience.end(), expected.audience) == audience.end()) {
    return std::unexpected(JwtError::kWrongAudience);
  }
  // RFC 7519 4.1.4: on or after exp it must not be accepted.
  if (expected.now >= jwt->expires_at() + expected.skew_s) return std::unexpected(JwtError::kExpired);
  const UnixSeconds not_before = std::max(jwt->issued_at(), read_date(jwt->claims(), "nbf").value_or(0));
  if (expected.now < not_before - expected.skew_s) return std::unexpected(JwtError::kNotYetValid);
  return jwt;
}

std::string_view jwt_error_text(JwtError error) {
  switch (error) {
    case JwtError::kMalformed:
      return "not a compact JWS with a header that is understood";
    case JwtError::kWrongType:
      return "typ is not at+jwt";
    case JwtError::kUnknownKey:
      return "no key of ours has this kid";
    case JwtError::kBadSignature:
      return "the signature does not hold";
    case JwtError::kBadClaims:
      return "a required claim is missing or malformed";
    case JwtError::kWrongIssuer:
      return "another issuer";
    case JwtError::kWrongAudience:
      return "another audience";
    case JwtError::kExpired:
      return "expired";
    case JwtError::kNotYetValid:
      return "not yet valid";
  }
  return "unknown error";
}

}  // namespace signet
