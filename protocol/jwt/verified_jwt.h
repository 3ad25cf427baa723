// VerifiedJwt: an access token that Signet itself issued, after every check. Nothing but verify_access_token makes one,
// and that always takes the expected issuer and audience (RFC 8725 sections 3.8 to 3.11; CVE-2024-5798).
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "protocol/base/time.h"
#include "protocol/jose/hmac_key.h"
#include "protocol/jose/jwk.h"
#include "protocol/json/value.h"

namespace signet {

// Nothing, a public key or an HMAC key: different types, so that neither can stand in for the other.
using VerificationKey = std::variant<std::monostate, const Jwk*, const HmacKey*>;

// Where the keys are. The look-up is by kid alone, never by anything else a token says about its key.
class VerificationKeys {
 public:
  virtual ~VerificationKeys() = default;
  // The key must live until verify_access_token returns. An HMAC key belongs to one audience: an implementation answers
  // it only where that is the expected one.
  virtual VerificationKey find(std::string_view kid) const = 0;
};

// What the caller expects; neither view may be empty.
struct JwtExpectations {
  std::string_view issuer;
  std::string_view audience;
  UnixSeconds now = 0;
  int64_t skew_s = 60;  // granted to clocks, on both ends of a token's life
};

enum class JwtError : uint8_t {
  kMalformed,     // no compact JWS, or a header that parse_jose_header refuses
  kWrongType,     // typ is not at+jwt (RFC 9068 section 4)
  kUnknownKey,    // no kid, or none of ours
  kBadSignature,  // the key does not confirm it, whatever the reason
  kBadClaims,     // a required claim is missing, or one is of the wrong type or form
  kWrongIssuer,
  kWrongAudience,
  kExpired,      // now is exp or later, with the skew
  kNotYetValid,  // iat or nbf is in the future, with the skew
};

// For logs. Static storage.
std::string_view jwt_error_text(JwtError error);

// Owns its strings. Thread rule: any for reading.
class VerifiedJwt {
 public:
  const std::string& kid() const { return kid_; }
  const std::string& issuer() const { return issuer_; }
  const std::string& subject() const { return subject_; }
  const std::vector<std::string>& audience() const { return audience_; }
  const std::string& client_id() const { return client_id_; }
  const std::string& scope() const { return scope_; }  // empty = none
  const std::string& jti() const { return jti_; }
  const std::string& family() const { return family_; }  // sid; empty = none
  UnixSeconds issued_at() const { return issued_at_; }
  UnixSeconds expires_at() const { return expires_at_; }
  // The whole claims set, for members without an accessor.
  const JsonValue& claims() const { return claims_; }

 private:
  friend class JwtVerifier;
  VerifiedJwt() = default;

  std::string kid_, issuer_, subject_, client_id_, scope_, jti_, family_;
  std::vector<std::string> audience_;
  UnixSeconds issued_at_ = 0;
  UnixSeconds expires_at_ = 0;
  JsonValue claims_;
};

// verify_access_token: signature first, then iss, sub, aud, client_id, iat, exp and jti, all required and of their
// exact types (dates are integers, aud a string or an array of strings), and nbf where there is one. That the token was
// not revoked, and possession of a key in `cnf`, are for the caller to check. Any thread, allocates.
std::expected<VerifiedJwt, JwtError> verify_access_token(std::string_view token, const VerificationKeys& keys,
                                                         const JwtExpectations& expected);

}  // namespace signet
