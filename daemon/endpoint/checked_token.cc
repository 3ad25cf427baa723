#include "daemon/endpoint/checked_token.h"

#include <algorithm>

#include "protocol/base/base64url.h"
#include "protocol/base/copy_text.h"
#include "protocol/jose/jws.h"
#include "protocol/jwt/access_token.h"
#include "protocol/oauth/introspection_response.h"

namespace signet {

static_assert(base64url_decoded_size_max(kJwsSizeMax) == 6 * 1024);

bool CheckedTokenView::has_audience(std::string_view wanted) const {
  for (size_t i = 0; i < audience_count(); ++i) {
    if (audience(i) == wanted) return true;
  }
  return false;
}

std::optional<CheckedTokenView> CheckedTokenBuffer::read(std::string_view payload, std::string_view issuer) {
  // Decoded where the introspection answer will have it.
  char* at = text_.data() + kIntrospectionFront;
  const auto size =
      payload.size() > kJwsSizeMax
          ? std::nullopt
          : base64url_decode(payload, {reinterpret_cast<uint8_t*>(at), text_.size() - kIntrospectionFront});
  if (!size) return std::nullopt;
  const std::string_view json(at, *size);
  OwnClaims claims;
  if (read_own_claims(json, claims)) {
    if (claims.issuer != issuer) return std::nullopt;
    fill(claims);
    token_.body_size = token_.text_size = static_cast<uint16_t>(frame_introspection_response(text_, *size));
  } else if (!read_general(json, issuer)) {
    return std::nullopt;
  }
  return CheckedTokenView(token_, text_.data());
}

// Texts may be escaped in the answer's own text: they follow it once more as they are.
bool CheckedTokenBuffer::read_general(std::string_view json, std::string_view issuer) {
  const auto tree = read_claims_json(json);
  OwnClaims claims;
  if (!tree || !read_claims(*tree, claims) || claims.issuer != issuer) return false;
  used_ = 0;
  overflowed_ = false;
  token_.body_size = static_cast<uint16_t>(append(write_introspection_response(*tree)).size());
  for (std::string_view* part :
       {&claims.issuer, &claims.subject, &claims.client_id, &claims.scope, &claims.jti, &claims.family}) {
    *part = append(*part);
  }
  for (size_t i = 0; i < claims.audience_count; ++i) claims.audience_values[i] = append(claims.audience_values[i]);
  if (overflowed_) return false;
  fill(claims);
  token_.text_size = static_cast<uint16_t>(used_);
  return true;
}

std::string_view CheckedTokenBuffer::append(std::string_view part) {
  if (part.size() > text_.size() - used_) overflowed_ = true;
  if (overflowed_) return {};
  char* at = text_.data() + used_;
  copy_text(at, part);
  used_ += part.size();
  return {at, part.size()};
}

TextRange CheckedTokenBuffer::range_of(std::string_view part) const {
  if (part.empty()) return {0, 0};
  return {static_cast<uint16_t>(part.data() - text_.data()), static_cast<uint16_t>(part.size())};
}

void CheckedTokenBuffer::fill(const OwnClaims& claims) {
  token_.expires_at = claims.expires_at;
  token_.not_before = std::max(claims.issued_at, claims.not_before);
  token_.issued_ms = jti_time_ms(claims.jti).value_or(claims.issued_at * 1000);
  token_.issuer = range_of(claims.issuer);
  token_.subject = range_of(claims.subject);
  token_.client_id = range_of(claims.client_id);
  token_.scope = range_of(claims.scope);
  token_.jti = range_of(claims.jti);
  token_.family = range_of(claims.family);
  token_.audience_count = static_cast<uint16_t>(claims.audience_count);
  for (size_t i = 0; i < claims.audience_count; ++i) token_.audience[i] = range_of(claims.audience_values[i]);
}

}  // namespace signet
