// Verification of a compact JWS under one key that the caller has chosen. The key decides the algorithm; the header may
// only agree with it (RFC 8725 section 3.1).
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/base/bytes.h"
#include "protocol/jose/hmac_key.h"
#include "protocol/jose/jose_header.h"
#include "protocol/jose/jwk.h"
#include "protocol/jose/jws.h"

namespace signet {

enum class JwsVerifyError : uint8_t {
  kBadEncoding,        // a segment is not strict base64url
  kBadHeader,          // see parse_jose_header
  kAlgorithmMismatch,  // the header's alg is not the key's
  kKidMismatch,        // the header names another key
  kBadSignatureSize,   // not exactly what the algorithm and key produce
  kUnusableKey,        // see public_key_usable
  kBadSignature,
};

// A JWS whose signature held. Only the verifier makes one.
class VerifiedJws {
 public:
  const JoseHeader& header() const { return header_; }
  // The decoded payload: any octets; that it is a claims set is for the caller to check.
  const std::string& payload() const { return payload_; }

 private:
  friend struct VerifiedJwsMaker;
  VerifiedJws(JoseHeader header, std::string payload) : header_(std::move(header)), payload_(std::move(payload)) {}

  JoseHeader header_;
  std::string payload_;
};

// verify_compact_jws: EdDSA, Ed25519, ES256, PS256 and RS256. Any thread, allocates.
std::expected<VerifiedJws, JwsVerifyError> verify_compact_jws(const CompactJws& jws, const Jwk& key);
// verify_compact_jws: HS256, HS384 and HS512, compared in constant time. Any thread, allocates.
std::expected<VerifiedJws, JwsVerifyError> verify_compact_jws(const CompactJws& jws, const HmacKey& key);

// verify_jws_signature checks raw signature octets over `signing_input`: exact size first, then for ES256 r and s in
// 1..n-1 (CVE-2022-21449), for PS256 a salt of 32 octets (RFC 7518 3.5), for Ed25519 canonical S and no point of small
// order. Any thread, allocates.
std::expected<void, JwsVerifyError> verify_jws_signature(const Jwk& key, ByteSpan signing_input, ByteSpan signature);
std::expected<void, JwsVerifyError> verify_jws_signature(const HmacKey& key, ByteSpan signing_input,
                                                         ByteSpan signature);

// public_key_usable: whether the key is of the kind its algorithm needs and sound: a P-256 point on the curve; an RSA
// modulus of 2048 to 8192 bits, odd, with an odd exponent of 65537 or more in at most 8 octets; an Ed25519 point that
// is canonical and of the prime order. parse_jwk refuses what is not. Any thread, allocates.
bool public_key_usable(const Jwk& key);

// For logs. Static storage.
std::string_view jws_verify_error_text(JwsVerifyError error);

}  // namespace signet
