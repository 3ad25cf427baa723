// llhttp as the second opinion on a head that check_head accepted (private to daemon/http; the only user of llhttp).
#pragma once

#include <string_view>

#include "daemon/http/head_check.h"

namespace signet::http {

// llhttp_check runs llhttp (strict mode) over exactly the head's octets. kNone when it sees the same request: the same
// method, version and body framing, and a head that ends at the last octet. kMethodUnknown when llhttp does not know
// the method; kParsersDisagree otherwise. Any thread, does not allocate.
HeadRefusal llhttp_check(std::string_view head_octets, const ParsedHead& head);

}  // namespace signet::http
