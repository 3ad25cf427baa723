// A POST of a form, as the OAuth endpoints take them.
#pragma once

#include <expected>
#include <string_view>

#include "daemon/endpoint/reply.h"
#include "protocol/oauth/form.h"

namespace signet {

// read_form_request parses the body of `request` into `form`: no query (credentials there end up in logs, RFC 6749
// 2.3.1), one Content-Type, application/x-www-form-urlencoded, no parameter twice (RFC 6749 3.2). Loop thread; does not
// allocate.
std::expected<void, ErrorReply> read_form_request(const http::Request& request, FormParameters& form);

// unavailable: 503 with Retry-After, for what a later try will get.
ErrorReply unavailable();

}  // namespace signet
