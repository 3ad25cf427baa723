#include "daemon/endpoint/own_token.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "protocol/base/base64url.h"
#include "protocol/jose/jws.h"
#include "protocol/json/reader.h"
#include "protocol/jwt/access_token.h"

namespace signet {
namespace {

// A tenant's keys for one verification; what it gives lives as long as it does.
class TenantVerificationKeys final : public VerificationKeys {
 public:
  TenantVerificationKeys(const TenantKeys& tenant, std::string_view audience) : tenant_(tenant), audience_(audience) {}

  VerificationKey find(std::string_view kid) const override {
    const SigningKey* key = tenant_.by_kid(kid);
    if (key == nullptr) return {};
    if (key->status != KeyStatus::kActive && key->status != KeyStatus::kRetiring) return {};
    if (is_symmetric(key->algorithm)) return find_symmetric(*key);
    return find_public(*key);
  }

 private:
  VerificationKey find_symmetric(const SigningKey& key) const {
    if (key.private_key == nullptr || key.audience != audience_) return {};
    const SecretBytes secret = key.private_key->serialise();
    auto hmac = HmacKey::make(key.algorithm, key.kid, secret.expose());
    if (!hmac) return {};
    hmac_.emplace(*std::move(hmac));
    return &*hmac_;
  }

  VerificationKey find_public(const SigningKey& key) const {
    if (key.private_key != nullptr) public_ = key.private_key->public_jwk();
    if (key.private_key == nullptr) public_ = published(key.kid);
    if (!public_) return {};
    public_->kid = key.kid;
    return &*public_;
  }

  // Of a key that retires only the published half is left.
  std::optional<Jwk> published(const std::string& kid) const {
    auto keys = parse_jwks(tenant_.jwks);
    if (!keys) return std::nullopt;
    const auto at = std::ranges::find(*keys, kid, &Jwk::kid);
    return at == keys->end() ? std::nullopt : std::optional(std::move(*at));
  }

  const TenantKeys& tenant_;
  const std::string_view audience_;
  mutable std::optional<HmacKey> hmac_;
  mutable std::optional<Jwk> public_;
};

// The audience that the token names first, unverified: revoking is no acceptance by that audience, and the verifier,
// which wants one, checks everything else. Empty when there is none to be read.
std::string named_audience(std::string_view token) {
  const auto jws = split_compact_jws(token);
  if (!jws) return {};
  std::string payload(base64url_decoded_size_max(jws->payload().size()), '\0');
  const auto size = base64url_decode(jws->payload(), {reinterpret_cast<uint8_t*>(payload.data()), payload.size()});
  if (!size) return {};
  payload.resize(*size);
  const auto claims = read_json(payload, {.size_max = kJwsSizeMax, .allow_fractions = true});
  const JsonValue* audience = claims && claims->as_object() != nullptr ? claims->find("aud") : nullptr;
  if (audience == nullptr) return {};
  const JsonValue::Array* list = audience->as_array();
  const JsonValue* first = list == nullptr ? audience : list->empty() ? nullptr : &list->front();
  const std::string* text = first == nullptr ? nullptr : first->as_string();
  return text == nullptr ? std::string() : *text;
}

// Milliseconds in the first six octets of our jti; nothing for one of another form.
std::optional<UnixMs> issued_ms_of(std::string_view jti) {
  if (jti.size() != kJtiSize) return std::nullopt;
  std::array<uint8_t, 17> octets;
  if (!base64url_decode(jti, octets)) return std::nullopt;
  UnixMs ms = 0;
  for (size_t i = 0; i < 6; ++i) ms = ms << 8 | octets[i];
  return ms;
}

}  // namespace

std::expected<VerifiedJwt, JwtError> verify_own_token(const TenantKeys& tenant, std::string_view token,
                                                      UnixSeconds now) {
  const std::string audience = named_audience(token);
  if (audience.empty()) return std::unexpected(JwtError::kMalformed);
  const TenantVerificationKeys keys(tenant, audience);
  return verify_access_token(token, keys, {.issuer = tenant.issuer, .audience = audience, .now = now});
}

TokenFacts facts_of(uint32_t tenant, const VerifiedJwt& token) {
  return {.tenant = tenant,
          .jti = token.jti(),
          .family = token.family(),
          .client_id = token.client_id(),
          .subject = token.subject(),
          .kid = token.kid(),
          .issued_ms = issued_ms_of(token.jti()).value_or(token.issued_at() * 1000)};
}

Revocation revocation_of(uint32_t tenant, const VerifiedJwt& token) {
  return {.tenant = tenant,
          .kind = RevocationKind::kToken,
          .value = token.jti(),
          .expires_at = token.expires_at(),
          .client_id = token.client_id()};
}

}  // namespace signet
