#include "protocol/jwt/reserved_claims.h"

#include <algorithm>
#include <array>

namespace signet {
namespace {

constexpr std::array<std::string_view, 15> kReserved{
    "iss",       "sub",        "aud", "exp", "nbf", "iat", "jti",  // RFC 7519 4.1
    "client_id", "scope",                                          // RFC 9068 2.2, RFC 8693 4.2 and 4.3
    "sid",                                                         // the family of a refresh token
    "cnf",                                                         // RFC 7800 3.1: binds the token to a key
    "act",       "may_act",                                        // RFC 8693 4.1 and 4.4: delegation
    "active",    "token_type",                                     // an introspection answer's own (RFC 7662 2.2)
};

}  // namespace

bool is_reserved_claim(std::string_view name) {
  return std::find(kReserved.begin(), kReserved.end(), name) != kReserved.end();
}

}  // namespace signet
