// A refresh token at the revocation endpoint: it takes its family along (RFC 7009 section 2.1).
#pragma once

#include <string_view>

#include "keystore/keystore.h"

namespace signet {

// revoke_refresh_token ends the family of `token`, when it is a refresh token of this tenant. False: it is none, and
// `done` is not called. True: `done` is called once, on any thread, after the commit and its publication; with
// kNotFound when the family is gone, with kInvalid when it is another client's. Reader threads; does not block.
bool revoke_refresh_token(Keystore& keystore, const TenantKeys& tenant, std::string_view client_id,
                          std::string_view token, const StoreDone<RevocationOutcome>& done);

}  // namespace signet
