// Access tokens by RFC 9068, composed straight into the caller's buffer as the JWS signing input.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "protocol/base/bytes.h"
#include "protocol/base/time.h"
#include "protocol/jose/algorithm.h"

namespace signet {

// The header's typ (RFC 9068 section 2.1).
inline constexpr std::string_view kAccessTokenType = "at+jwt";

// The longest lifetime that an access token may be given: a day. A token cannot be taken back, so that the harm of a
// stolen one ends with its lifetime.
inline constexpr uint32_t kAccessTokenLifetimeMaxS = 24 * 60 * 60;

// What goes into the claims set. All views are borrowed for the call. Strings are JSON-escaped while writing.
struct AccessTokenClaims {
  std::string_view issuer;                     // iss: absolute URL
  std::string_view subject;                    // sub
  std::span<const std::string_view> audience;  // aud: one = a string, more = an array; never empty
  std::string_view client_id;
  std::string_view scope;          // space-separated; empty = member left out
  UnixSeconds issued_at = 0;       // iat
  UnixSeconds expires_at = 0;      // exp; > issued_at
  std::string_view jti;            // 22 characters, see write_jti
  std::string_view family;         // sid; empty = left out
  std::string_view extra_members;  // already serialised JSON members without braces; empty = none
};

// jti = base64url(6 bytes big-endian milliseconds, 10 random bytes): 22 characters, so that "issued before" compares
// in milliseconds.
inline constexpr size_t kJtiSize = 22;
void write_jti(UnixMs now, std::span<const uint8_t, 10> random, char* out);
// jti_time_ms gives the milliseconds that write_jti put in; nothing when `jti` is not of that form. Any thread, does
// not allocate.
std::optional<UnixMs> jti_time_ms(std::string_view jti);

// write_access_token_claims writes the claims set as compact JSON in the order iss sub aud client_id scope iat exp jti
// sid extra. Returns the octets written, or 0 when `out` is too small (nothing may be used then). Any thread, does not
// allocate.
size_t write_access_token_claims(const AccessTokenClaims& claims, std::span<char> out);

// encode_access_token_header gives base64url of {"alg":..,"typ":"at+jwt","kid":..} for caching beside a key. `kid` is
// valid_kid. Any thread, allocates.
std::string encode_access_token_header(JwsAlgorithm algorithm, std::string_view kid);

// write_signing_input writes `encoded_header`, '.', base64url(claims JSON) to `out`; returns octets or 0 when too
// small. Any thread, does not allocate.
size_t write_signing_input(std::string_view encoded_header, ByteSpan claims_json, std::span<char> out);

}  // namespace signet
