// Tokens that a tenant issued, told from all others by what revocation needs: signature, issuer and life. Whoever takes
// a token as a credential checks more (its audience above all) and does not come here.
#pragma once

#include <expected>
#include <string_view>

#include "keystore/keys/key_set.h"
#include "keystore/revocation/revocation_index.h"
#include "protocol/jwt/verified_jwt.h"

namespace signet {

// verify_own_token: whether `tenant` signed `token`, which has not expired by `now` (with the usual skew). Keys that
// retire count, those that are retired do not. Reader threads; allocates; does not block; costs a verification.
std::expected<VerifiedJwt, JwtError> verify_own_token(const TenantKeys& tenant, std::string_view token,
                                                      UnixSeconds now);

// What the index is asked about it; views into `token`.
TokenFacts facts_of(uint32_t tenant, const VerifiedJwt& token);

// The entry that revokes it.
Revocation revocation_of(uint32_t tenant, const VerifiedJwt& token);

}  // namespace signet
