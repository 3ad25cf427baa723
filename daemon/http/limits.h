// All limits of the HTTP layer with the reason of each: what one peer can hold or make the daemon do has a bound from
// the first octet on (CWE-770). Configurable where said.
#pragma once

#include <cstddef>
#include <cstdint>

namespace signet::http {

struct Limits {
  uint32_t head_deadline_ms = 10'000;           // whole head, as a deadline: an idle time-out would reset on every byte
  uint32_t body_deadline_ms = 10'000;           // whole body, likewise
  uint32_t write_stall_ms = 10'000;             // a peer that does not read
  uint32_t idle_ms = 60'000;                    // keep-alive between requests
  size_t head_size_max = size_t{16} * 1024;     // 431 beyond
  size_t field_count_max = 64;                  // 431 beyond
  size_t target_size_max = size_t{4} * 1024;    // 414 beyond
  size_t body_size_max = size_t{64} * 1024;     // 413 beyond; handlers may raise it for authenticated batch heads
  size_t pipeline_depth_max = 16;               // unanswered requests a connection may have; reading pauses there
  size_t output_size_max = size_t{256} * 1024;  // unsent octets of a connection before reading pauses
  uint32_t connections_max = 20'000;            // accept pauses there
  uint32_t connections_per_address_max = 1'000;  // newcomer closed; 0 = no limit; trusted proxies are exempt
  uint32_t in_flight_max = 10'000;               // 503 + Retry-After before any crypto
  uint32_t linger_ms = 2'000;                    // half-closed after the last answer: else a reset could overtake it
};

// What a lingering peer may still send before it is cut: as much as was perhaps on its way when we answered.
inline constexpr size_t kLingerSizeMax = size_t{1024} * 1024;
// A peer must take this much within write_stall_ms, so that one octet now and then does not count as reading.
inline constexpr size_t kWriteProgressMin = size_t{16} * 1024;
// New connections get this long to send their request once the loop drains.
inline constexpr uint32_t kDrainGraceMs = 1'000;
// Deadlines are looked at this often; they are late by at most this.
inline constexpr uint32_t kTickMs = 100;
inline constexpr size_t kBatchBodySizeMax = size_t{1024} * 1024;

static_assert(Limits{}.target_size_max < Limits{}.head_size_max, "a target must fit its head");
static_assert(Limits{}.linger_ms < Limits{}.idle_ms, "a finished connection goes before an idle one");
static_assert(kTickMs * 10 <= Limits{}.head_deadline_ms, "the tick must be fine against the shortest deadline");
static_assert(Limits{}.body_size_max < kBatchBodySizeMax, "batch bodies are the larger ones");

}  // namespace signet::http
