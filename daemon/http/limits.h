// All limits of the HTTP layer with the reason of each; defaults are SECURITY's, configurable where said.
#pragma once

#include <cstddef>
#include <cstdint>

namespace signet::http {

struct Limits {
  uint32_t head_deadline_ms = 10'000;   // whole head, as a deadline: an idle time-out would reset on every byte
  uint32_t body_deadline_ms = 10'000;   // whole body, likewise
  uint32_t write_stall_ms = 10'000;     // a peer that does not read
  uint32_t idle_ms = 60'000;            // keep-alive between requests
  size_t head_size_max = 16 * 1024;     // 431 beyond
  size_t field_count_max = 64;          // 431 beyond
  size_t target_size_max = 4 * 1024;    // 414 beyond
  size_t body_size_max = 64 * 1024;     // 413 beyond; handlers may raise it for authenticated batch heads
  size_t pipeline_depth_max = 16;       // unanswered requests a connection may have; reading pauses there
  size_t output_size_max = 256 * 1024;  // unsent octets of a connection before reading pauses
  uint32_t connections_max = 20'000;    // accept pauses there
  uint32_t connections_per_address_max = 1'000;  // newcomer closed; 0 = no limit; trusted proxies are exempt
  uint32_t in_flight_max = 10'000;      // 503 + Retry-After before any crypto
};

inline constexpr size_t kBatchBodySizeMax = 1024 * 1024;

static_assert(Limits{}.target_size_max < Limits{}.head_size_max, "a target must fit its head");
static_assert(Limits{}.body_size_max < kBatchBodySizeMax, "batch bodies are the larger ones");

}  // namespace signet::http
