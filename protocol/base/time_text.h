// Instants as RFC 3339 writes them.
#pragma once

#include <string>

#include "protocol/base/time.h"

namespace signet {

// rfc3339: "2031-05-06T07:08:09Z" (RFC 3339 section 5.6). Years outside 0000-9999 give the bare number of seconds, as
// no such text exists. Any thread.
std::string rfc3339(UnixSeconds instant);

}  // namespace signet
