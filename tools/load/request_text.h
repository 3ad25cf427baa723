// Parts of requests as text. All of it is used before a run; everything here allocates.
#pragma once

#include <string>
#include <string_view>

#include "tools/load/credentials.h"
#include "tools/load/request_set.h"
#include "tools/load/url.h"

namespace signet::load {

// form_encode (RFC 6749 appendix B): everything but letters, digits and - . _ ~ as %XX.
std::string form_encode(std::string_view text);
// base64 with padding (RFC 4648 section 4).
std::string base64_encode(std::string_view text);

// The path of `endpoint` ("/oauth2/introspect") under the issuer that the URL names, with or without its token
// endpoint.
std::string endpoint_path(const Url& url, std::string_view endpoint);
// tenant_of: the tenant that the URL's path names.
std::string tenant_of(const Url& url);

// The head of a form's POST but for Content-Length, authorization and the empty line.
std::string post_head(std::string_view authority, std::string_view path);
// What follows "Basic " (RFC 6749 section 2.3.1).
std::string basic_value(const Credentials& client);
// The field of client_secret_basic, nothing for client_secret_post.
std::string authorization_of(const Credentials& client, AuthMethod method);
// "&client_id=...&client_secret=..." for the end of a form.
std::string post_credentials(const Credentials& client);

}  // namespace signet::load
