// ServiceShared: what all workers' services read and the daemon's main thread writes. No worker writes here, but for
// the count of long polls.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "daemon/endpoint/rate_limit.h"
#include "keystore/grants/issuance_batch.h"
#include "keystore/snapshot/published.h"

namespace signet {

// Settings of the request path; immutable, replaced as a whole on reload.
struct ServiceSettings {
  uint32_t token_ttl_s = 900;
  uint32_t token_ttl_max_s = 86'400;
  uint32_t jwks_max_age_s = 300;
  uint32_t batch_entries_max = 1'000;          // of one request
  uint32_t batch_entries_per_client = 4'000;   // in flight on one worker
  uint32_t feed_waiting_max = 10'000;          // long polls of revocation feeds, in the whole process
  uint32_t refresh_idle_s = 30 * 86'400;       // a family not used for so long is over
  uint32_t refresh_absolute_s = 365 * 86'400;  // and so is any family that old
  uint32_t refresh_grace_s = 30;               // within which a retry gets the same successor
  size_t body_size_max = size_t{64} * 1024;    // octets, but for batches of authenticated clients
  size_t workers = 1;                          // among which a tenant's rate is divided
  // One worker's share each. Failures count per address alone.
  RateLimit client_limit, address_limit, failed_authentication_limit;
};

// The default size of a worker's cache of verified tokens, in entries.
inline constexpr size_t kVerifyCacheEntries = 16'384;

struct ServiceShared {
  // /readyz: the store is writable, the clock is accepted, nothing drains.
  std::atomic<bool> ready{false};
  // Whether tokens may be issued: false while the clock is behind the last persisted time.
  std::atomic<bool> may_issue{true};
  Published<ServiceSettings> settings;
  // Long polls that wait, on all workers: changed when one begins or ends to wait, never by other requests.
  mutable std::atomic<uint32_t> feed_waiting{0};
  // Who keeps a record of every token before it is answered; null: nobody (`audit_issuance = "off"`). Set before the
  // first worker starts, and outlives the last.
  IssuanceRecorder* issuance = nullptr;

  explicit ServiceShared(const ServiceSettings& first) : settings(std::make_unique<const ServiceSettings>(first)) {}
};

}  // namespace signet
