// verify_dialect_token: whether a key of a dialect signed a token that has not expired. Whether anything of it was
// revoked, and whose it is, others look at.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "keystore/keys/key_set.h"
#include "protocol/dialect/dialect.h"
#include "protocol/dialect/dialect_claims.h"

namespace signet {

struct SignedDialectToken {
  const SigningKey* key = nullptr;  // of the tenant's snapshot
  DialectClaims claims;
};

inline constexpr size_t kAdminSigner = SIZE_MAX;  // the signer that belongs to no worker

// Nothing when the token is none of this dialect and tenant, or not of now. `worker` is whose signers check: that
// worker's thread, or the administrators' with kAdminSigner. Shape and times come before the signature, so that nobody
// has a key sign texts of their making. Allocates.
std::optional<SignedDialectToken> verify_dialect_token(const TenantKeys& tenant, const Dialect& dialect,
                                                       std::string_view token, UnixSeconds now, size_t worker);

// How a token without a jti is named by revocations: base64url of the SHA-256 of its text.
std::string dialect_token_hash(std::string_view token);

}  // namespace signet
