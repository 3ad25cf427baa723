// Status lines (RFC 9110 section 15).
#pragma once

#include <string_view>

namespace signet::http {

// "HTTP/1.1 200 OK\r\n", for a status from 200 to 599; anything else gets "HTTP/1.1 500 Internal Server Error\r\n": a
// handler's bug must not become a malformed answer. Static storage. Any thread.
std::string_view status_line(int status);

// Whether an answer of this status has no content and no Content-Length (RFC 9110 8.6).
constexpr bool status_without_content(int status) { return status < 200 || status == 204 || status == 304; }

}  // namespace signet::http
