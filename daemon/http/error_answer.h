// Answers of the HTTP layer itself: JSON of RFC 6749 5.2's shape, never stored.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "daemon/http/handler.h"

namespace signet::http {

// Room for the body of an error answer.
using ErrorBody = std::array<char, 256>;

// error_answer composes the answer; `description` holds no quotes or backslashes. The views of the result live in
// `body` and in constants. `close` is set, except for 503, which leaves it to the caller.
Response error_answer(int status, std::string_view description, ErrorBody& body);

}  // namespace signet::http
