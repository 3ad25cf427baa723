// RevocationFields: the members of an administrator's request to revoke.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "keystore/revocation/revocation.h"
#include "protocol/json/value.h"

namespace signet {

// Either a token, or a kind with its value.
struct RevocationFields {
  std::string token;   // empty = by kind
  std::string tenant;  // empty = default; of kind `tenant`, the one that is meant
  RevocationKind kind{};
  std::string value;            // empty for kind `tenant`
  UnixMs issued_before_ms = 0;  // 0 = now
};

// read_revocation_fields reads `body` and checks forms: a jti and a family are 22 characters of base64url, as they are
// issued here. The error says which member is wrong and what was expected, and never quotes a token. Any thread,
// allocates.
std::expected<RevocationFields, std::string> read_revocation_fields(const JsonValue& body);

}  // namespace signet
