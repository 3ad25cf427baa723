#include "daemon/endpoint/rate_limit.h"

#include <algorithm>
#include <limits>

#include "protocol/base/check.h"

namespace signet {
namespace {

constexpr uint64_t kSecond = 1'000'000'000;
constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();
static_assert(kSecond * kRateSharesMax <= kMax / 2 / kBurstMax, "twice the longest full_ns is a number still");

// What is missing in the bucket, in time to fill.
uint64_t missing_ns(const RateLimit& limit, uint64_t full_at_ns, uint64_t now_ns) {
  return full_at_ns <= now_ns ? 0 : std::min(full_at_ns - now_ns, limit.full_ns);
}

}  // namespace

RateLimit make_rate_limit(uint32_t rate_per_s, uint32_t burst, size_t shares) {
  if (rate_per_s == 0) return {};
  SIGNET_CHECK(rate_per_s <= kRatePerSMax && burst > 0 && burst <= kBurstMax && shares > 0 && shares <= kRateSharesMax);
  const uint64_t interval_ns = (kSecond * shares + rate_per_s - 1) / rate_per_s;
  return {.interval_ns = interval_ns, .full_ns = interval_ns * burst};
}

uint64_t bucket_wait_ns(const RateLimit& limit, uint64_t full_at_ns, uint64_t now_ns) {
  const uint64_t after = missing_ns(limit, full_at_ns, now_ns) + limit.interval_ns;
  return after <= limit.full_ns ? 0 : after - limit.full_ns;
}

uint64_t bucket_spend(const RateLimit& limit, uint64_t full_at_ns, uint64_t now_ns) {
  const uint64_t after = std::min(missing_ns(limit, full_at_ns, now_ns) + limit.interval_ns, limit.full_ns);
  return now_ns > kMax - after ? kMax : now_ns + after;
}

uint32_t retry_after_s(uint64_t wait_ns) {
  const uint64_t seconds = wait_ns / kSecond + (wait_ns % kSecond != 0 ? 1 : 0);
  return static_cast<uint32_t>(std::clamp<uint64_t>(seconds, 1, std::numeric_limits<uint32_t>::max()));
}

}  // namespace signet
