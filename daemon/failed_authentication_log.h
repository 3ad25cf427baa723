// Sampled log of failed authentications: enough to see an attack, never enough to fill a disk.
#pragma once

#include <string_view>

#include "daemon/metrics.h"

namespace signet {

// At most this many lines a second and thread; the first line of a later second says how many were left out.
inline constexpr unsigned kFailedAuthenticationLinesPerSecond = 10;

// Any thread; no allocation, no system call. Never takes a secret.
void log_failed_authentication(AuthFailure reason, std::string_view client_id, std::string_view peer_address);

}  // namespace signet
