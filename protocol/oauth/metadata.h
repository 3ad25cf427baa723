// Authorization server metadata (RFC 8414 section 2; OpenID Connect Discovery's document is the same here).
#pragma once

#include <string>
#include <string_view>

namespace signet {

// write_authorization_server_metadata renders the document of the tenant with this issuer (absolute URL, no trailing
// slash); every endpoint lies below it: issuer + "/oauth2/token", issuer + "/.well-known/jwks.json". Any thread.
std::string write_authorization_server_metadata(std::string_view issuer);

}  // namespace signet
