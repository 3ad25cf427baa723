// Reading a JWK from a JSON tree: what parse_jwk and parse_jwks share.
#pragma once

#include <expected>

#include "protocol/jose/jwk.h"
#include "protocol/json/reader.h"

namespace signet {

// read_jwk: as parse_jwk, from a value that the strict reader made.
std::expected<Jwk, JwkError> read_jwk(const JsonValue& json);

// jwk_error_of: what a refused JSON text means for a key.
JwkError jwk_error_of(const JsonReadError& error);

}  // namespace signet
