// Jwk: a public JSON Web Key (RFC 7517) of a kind that Signet verifies with; a key has exactly one algorithm. Private
// and symmetric keys are other types and never serialise here.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/jose/algorithm.h"

namespace signet {

struct OkpPublicKey {  // RFC 8037: kty OKP, crv Ed25519
  std::array<uint8_t, 32> x{};
};
struct EcPublicKey {  // RFC 7518 6.2.1: kty EC, crv P-256, big-endian coordinates
  std::array<uint8_t, 32> x{};
  std::array<uint8_t, 32> y{};
};
struct RsaPublicKey {  // RFC 7518 6.3.1: big-endian without leading zeros
  std::vector<uint8_t> n;
  std::vector<uint8_t> e;
};

struct Jwk {
  JwsAlgorithm algorithm{};
  std::string kid;  // 1-64 of A-Za-z0-9_-
  std::variant<OkpPublicKey, EcPublicKey, RsaPublicKey> key;
};

enum class JwkError : uint8_t {
  kSyntax,           // not strict JSON, or a member of the wrong type, encoding or size
  kDuplicateMember,  // a member twice, or a kid twice in a set
  kMissingMember,    // alg, kid or a member that the kty requires
  kUnsupported,      // a kty, crv, alg, use or key_ops that Signet does not verify with
  kMismatch,         // alg is not one of the kty's
  kBadKid,           // not valid_kid
  kTooLarge,
  kPrivateMember,  // private or symmetric key material is inside
  kUnsound,        // see public_key_usable: off the curve, small order, short modulus, weak exponent
};

// parse_jwk reads one JWK. `alg` and `kid` are required, `use` must be "sig" when present, private members refuse the
// key. jku, x5u, x5c and x5t are ignored, never followed. Any thread, allocates.
std::expected<Jwk, JwkError> parse_jwk(std::string_view json);
// parse_jwks reads {"keys":[...]} of at most 100 keys. Keys of an unsupported kind are left out, as RFC 7517 section 5
// asks; anything else that parse_jwk refuses, and a duplicate kid, refuses the set.
std::expected<std::vector<Jwk>, JwkError> parse_jwks(std::string_view json);

// Members in the order kty, crv/n.., alg, use, kid.
std::string write_jwk(const Jwk& jwk);
std::string write_jwks(std::span<const Jwk> keys);

// RFC 7638 thumbprint, SHA-256, base64url: 43 characters. Used as kid.
std::string jwk_thumbprint(const Jwk& jwk);

// valid_kid: 1-64 of A-Za-z0-9_-.
bool valid_kid(std::string_view kid);

}  // namespace signet
