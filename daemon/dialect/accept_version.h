// takes_version: whether an answer may be of the version that a request asks for by a parameter of its Accept.
#pragma once

#include "daemon/http/request.h"
#include "protocol/dialect/dialect.h"

namespace signet {

// True where the dialect names no versions, and for a request without one or with an empty one. Any thread; does not
// allocate.
bool takes_version(const Dialect& dialect, const http::Request& request);

}  // namespace signet
