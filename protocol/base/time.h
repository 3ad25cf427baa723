// Wall-clock instants as plain integers with their unit in the type's name. protocol/ never reads a clock: time is a
// parameter (RFC 7519 section 2, NumericDate).
#pragma once

#include <cstdint>

namespace signet {

using UnixSeconds = int64_t;  // whole seconds since 1970-01-01T00:00:00Z, leap seconds not counted
using UnixMs = int64_t;       // milliseconds since the same origin

}  // namespace signet
