// The form of a POST to an OAuth endpoint, by the rules of RFC 6749 sections 2.3.1 and 3.2.
#pragma once

#include <expected>
#include <string_view>

#include "daemon/endpoint/reply.h"
#include "protocol/oauth/form.h"

namespace signet {

// read_form fills `form` from the request's body, which it decodes in place: no query, the one media type, no parameter
// twice but `repeatable`. The error is invalid_request with a text that says which rule. Any thread, does not allocate.
std::expected<void, ErrorReply> read_form(const http::Request& request, std::string_view repeatable,
                                          FormParameters& form);

}  // namespace signet
