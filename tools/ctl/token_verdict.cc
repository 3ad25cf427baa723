// Verification of an inspected token.
#include <algorithm>
#include <array>

#include "protocol/base/base64url.h"
#include "protocol/jose/jose_header.h"
#include "protocol/jose/jwk.h"
#include "protocol/jose/jws.h"
#include "protocol/jose/jws_verify.h"
#include "tools/ctl/token_text.h"

namespace signet::ctl {
namespace {

std::string_view jwks_fault(JwkError error) {
  switch (error) {
    case JwkError::kSyntax:
      return "not a JWK set: expected {\"keys\":[...]}";
    case JwkError::kDuplicateMember:
      return "a member or a kid occurs twice";
    case JwkError::kMissingMember:
      return "a key lacks a member; kty, alg and kid are needed";
    case JwkError::kUnsupported:
      return "a key is of a kind that is not supported";
    case JwkError::kMismatch:
      return "a key's members do not agree with each other";
    case JwkError::kBadKid:
      return "a kid is not 1 to 64 characters of A-Za-z0-9_-";
    case JwkError::kPrivateMember:
      return "a key has its private half in it: only public keys belong into a key set";
    case JwkError::kUnsound:
      return "a key is not sound";
    case JwkError::kTooLarge:
      return "too large";
  }
  return "not a JWK set";
}

TokenVerdict refused(std::string_view reason) { return {.tried = true, .reason = std::string(reason)}; }

// The key id that the header names, by the strict header reader.
std::expected<std::string, std::string_view> kid_of(const CompactJws& jws) {
  std::array<uint8_t, base64url_decoded_size_max(kJwsSizeMax)> octets;
  const auto size = base64url_decode(jws.header(), octets);
  if (!size) return std::unexpected("its header is not base64url");
  const auto header = parse_jose_header(as_text(ByteSpan(octets).first(*size)));
  if (!header) return std::unexpected(jose_header_error_text(header.error()));
  return header->kid;
}

}  // namespace

std::expected<TokenVerdict, std::string> verify_token(std::string_view token, std::string_view jwks) {
  const auto keys = parse_jwks(jwks);
  if (!keys) return std::unexpected(std::string(jwks_fault(keys.error())));
  const auto jws = split_compact_jws(token);
  if (!jws) return refused("it has no signature");
  const auto kid = kid_of(*jws);
  if (!kid) return refused(kid.error());
  const auto key = std::find_if(keys->begin(), keys->end(), [&](const Jwk& one) { return one.kid == *kid; });
  if (key == keys->end()) return refused("the key set has no key `" + *kid + "`");
  const auto verified = verify_compact_jws(*jws, *key);
  if (!verified) return refused(jws_verify_error_text(verified.error()));
  return TokenVerdict{.tried = true, .verified = true, .kid = *kid};
}

}  // namespace signet::ctl
