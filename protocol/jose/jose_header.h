// JoseHeader: the protected header of a compact JWS (RFC 7515 section 4), read strictly and kept only as far as Signet
// acts on it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "protocol/jose/algorithm.h"

namespace signet {

// What the header says, not yet believed: it becomes true only with the signature.
struct JoseHeader {
  JwsAlgorithm algorithm{};
  std::string typ;  // empty = absent
  std::string kid;  // empty = absent, else valid_kid
};

enum class JoseHeaderError : uint8_t {
  kSyntax,            // not one JSON object by the strict reader; a duplicate member too
  kMissingAlgorithm,  // no alg, or not a string
  kUnknownAlgorithm,  // `none` in any case, and whatever else Signet does not verify
  kCritical,          // crit or b64 present, whatever they hold (RFC 7515 4.1.11: none is implemented)
  kEncrypted,         // enc or zip present: this is no JWS
  kBadType,           // typ is not a string, or empty
  kBadKid,            // kid is not valid_kid
};

// parse_jose_header reads the decoded header. jwk, jku, x5u, x5c and x5t are ignored: a token never brings its own key
// (RFC 8725 section 3.10; CVE-2018-0114). Any thread, allocates.
std::expected<JoseHeader, JoseHeaderError> parse_jose_header(std::string_view json);

// For logs. Static storage.
std::string_view jose_header_error_text(JoseHeaderError error);

}  // namespace signet
