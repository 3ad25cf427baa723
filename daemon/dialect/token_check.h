// check_dialect_token: whether a token of a dialect is alive: signature by a key of that dialect and of no other, its
// holder enabled, nothing of it revoked.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/dialect/caller.h"
#include "protocol/dialect/dialect_claims.h"

namespace signet {

struct DialectTokenHolder {
  const ClientRecord* client = nullptr;  // enabled; valid until the next pass
  const ApiToken* key = nullptr;         // where the token says which API key it was made with
  // The session was made with an API token or a refresh token, and not by whom it stands for: claims.session_key names
  // that. Only where the dialect's tokens say so.
  bool delegated = false;
  DialectClaims claims;
};

enum class DialectTokenState : uint8_t {
  kAlive,
  kDead,         // whatever is wrong with it
  kWaits,        // for the store; the call has been put aside, or answered
  kUnavailable,  // a clock that is behind: expired tokens would live again
};

// Checks signatures at once, RSA and ECDSA too: guarded endpoints are few. Loop thread only.
DialectTokenState check_dialect_token(DialectCallers& callers, DialectCall& call, std::string_view token,
                                      DialectTokenHolder& holder);

// The token that a request presents by the dialect's ways; empty when there is none.
std::string_view presented_token(const DialectCall& call);

}  // namespace signet
