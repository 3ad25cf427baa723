// Sampled log of requests that a rate limit refused: who floods shows, and no flood fills a disk.
#pragma once

#include <string_view>

#include "daemon/metrics.h"

namespace signet {

// At most this many lines a second and thread; a line says how many were left out before it.
inline constexpr unsigned kRateLimitLinesPerSecond = 10;

// log_rate_limited: `client_id` of an authenticated client, else empty (what an unauthenticated caller sends there may
// be a misplaced secret). Any thread; no allocation, no system call. Never takes a secret.
void log_rate_limited(RateLimitKind kind, std::string_view client_id, std::string_view peer_address);

}  // namespace signet
