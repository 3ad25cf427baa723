// RateLimit: a token bucket as arithmetic (the generic cell rate algorithm, ITU-T I.371). Pure: time is a parameter.
//
// The state of a bucket is one number, the time at which it will be full again. A bucket that nobody has used is full,
// its number lies in the past, and whatever lies in the past says the same: such a state may be forgotten at any time.
#pragma once

#include <cstddef>
#include <cstdint>

namespace signet {

inline constexpr uint32_t kRatePerSMax = 1'000'000;
inline constexpr uint32_t kBurstMax = 1'000'000;
inline constexpr size_t kRateSharesMax = 4096;

struct RateLimit {
  uint64_t interval_ns = 0;  // a token comes each; 0 = no limit
  uint64_t full_ns = 0;      // for an empty bucket to fill: interval_ns times the burst, so at least interval_ns

  bool off() const { return interval_ns == 0; }
};

// make_rate_limit: `rate_per_s` split into `shares` equal ones (1 to kRateSharesMax), `burst` whole (1 to kBurstMax). A
// rate of 0 is no limit. The interval is rounded up to a nanosecond here, so that no share exceeds its part; all that
// follows is exact.
RateLimit make_rate_limit(uint32_t rate_per_s, uint32_t burst, size_t shares);

// How long until there is a token: 0 = there is one. At most interval_ns, whatever the state says: one from before the
// limit changed, or from a clock that has gone back, counts as an empty bucket at most. `limit` is not off.
uint64_t bucket_wait_ns(const RateLimit& limit, uint64_t full_at_ns, uint64_t now_ns);

// The state after a token was taken; a bucket without one stays empty. `limit` is not off.
uint64_t bucket_spend(const RateLimit& limit, uint64_t full_at_ns, uint64_t now_ns);

// Whole seconds for Retry-After (RFC 9110 10.2.3), rounded up and at least 1.
uint32_t retry_after_s(uint64_t wait_ns);

}  // namespace signet
