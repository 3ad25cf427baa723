// The grants of vCloud Director's token endpoint: one file each, called by vcloud_token.
#pragma once

#include "daemon/dialect/dialect_call.h"

namespace signet {

// What families of service accounts have as their audience, and no others: such a refresh token is a credential by
// itself here, and one of a client with a secret never is.
inline constexpr std::string_view kVcloudAudience = "urn:signet:dialect:vcloud";

void vcloud_refresh(DialectCall& call);      // refresh_token: a user's API token, or a service account's
void vcloud_exchange(DialectCall& call);     // jwt-bearer (RFC 7523): a registration for its API token, once
void vcloud_device_code(DialectCall& call);  // device_code (RFC 8628 section 3.4)

}  // namespace signet
