// read_dialect_claims: whose a dialect's token is and how long it lives, from its claims.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/base/time.h"
#include "protocol/dialect/dialect.h"

namespace signet {

struct DialectClaims {
  DialectIdentity kind{};
  std::string identity;                   // client_id or subject, decoded, UTF-8; empty for kKeyId
  std::array<uint8_t, 16> key_id{};       // for kKeyId
  UnixSeconds issued_at = 0;              // where no claim says it: expiry less the lifetime now in force
  UnixSeconds expires_at = 0;             // > issued_at
  std::array<uint8_t, 16> session_key{};  // zeros where no claim says it
  std::array<uint8_t, 16> tenant_key{};   // likewise
  std::string jti;  // as 22 characters, whatever the form in the token; empty = the dialect has none
};

// read_dialect_claims reads the claims of a token whose header and signature the caller has checked or will check; time
// is not looked at. False: not JSON by the strict reader, or a claim that the dialect's tokens always have is missing
// or of another form; `out` is then unspecified. `dialect.token` must be there. Any thread, allocates.
bool read_dialect_claims(const Dialect& dialect, std::string_view json, DialectClaims& out);

// render_dialect_header gives the first segment of the dialect's tokens (base64url) for a key; empty when `kid` makes
// it longer than a token may be. Allocates: keep it beside the key.
std::string render_dialect_header(const DialectToken& token, std::string_view kid);

}  // namespace signet
