// Metrics: per-worker counters without shared atomics (each written by its worker only: relaxed load + store), summed
// when /metrics is read. Names by Prometheus convention.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "protocol/jose/algorithm.h"

namespace signet {

// A counter with one writer.
class Counter {
 public:
  void add(uint64_t n = 1) { value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed); }
  uint64_t read() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

// What is at the moment, with one writer.
class Gauge {
 public:
  void set(uint64_t n) { value_.store(n, std::memory_order_relaxed); }
  uint64_t read() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

enum class AuthFailure : uint8_t {
  kUnknownClient,
  kWrongSecret,
  kDisabled,
  kMalformed,
  kNoCredentials,
  kTwoMethods,
  kCount,
};
std::string_view auth_failure_name(AuthFailure reason);  // label value

enum class RateLimitKind : uint8_t { kClient, kAddress, kFailedAuthentication, kTenant, kCount };
std::string_view rate_limit_name(RateLimitKind kind);  // label value

// What came of a presented refresh token. All but the first two are refusals.
enum class RefreshResult : uint8_t {
  kRotated,
  kRepeated,  // a retry inside the grace window
  kForged,    // not made here: never looked up
  kUnknown,   // no such family (any more)
  kOtherClient,
  kClientGone,
  kExpired,
  kRevoked,
  kWrongSecret,
  kOvertaken,   // two generations back inside the window
  kReused,      // its family was revoked
  kRolledBack,  // newer than the store: an alarm
  kNotGranted,  // scope or resource
  kUnavailable,
  kCount,
};
std::string_view refresh_result_name(RefreshResult result);  // label value

enum class Endpoint : uint8_t {
  kToken,
  kTokenBatch,
  kRevoke,
  kIntrospect,
  kIntrospectBatch,
  kVerify,
  kRevocations,
  kJwks,
  kMetadata,
  kHealth,
  kReady,
  kDialect,
  kOther,
  kCount
};
std::string_view endpoint_name(Endpoint endpoint);  // label value

// What a check of a token came to. All but the first are "inactive" to who asks, and told apart here alone.
enum class CheckResult : uint8_t {
  kActive,
  kMalformed,     // no compact JWS, or no claims of an access token of this issuer
  kUnknownKey,    // no key of ours has this header, or it is gone
  kBadSignature,  // the key does not confirm it
  kExpired,       // or not yet valid
  kClientGone,    // its client is disabled or removed
  kForeign,       // meant for none of the audiences in question
  kRevoked,
  kUnavailable,  // not decided: no room, a clock that is behind, a signer that failed
  kMustCheck,    // not decided yet: the signature is to be checked (never counted)
  kCount,
};
std::string_view check_result_name(CheckResult result);  // label value

// Latency buckets in microseconds: powers of two from 16 us to 2^20 us; the last is +Inf.
inline constexpr size_t kLatencyBuckets = 18;

struct alignas(64) WorkerMetrics {
  std::array<std::array<Counter, 6>, static_cast<size_t>(Endpoint::kCount)> requests;  // [endpoint][status / 100]
  std::array<Counter, 16> tokens;                                                      // [algorithm]
  std::array<Counter, static_cast<size_t>(AuthFailure::kCount)> auth_failures;
  std::array<Counter, static_cast<size_t>(RateLimitKind::kCount)> rate_limited;
  std::array<Counter, static_cast<size_t>(RefreshResult::kCount)> refreshes;
  std::array<std::array<Counter, kLatencyBuckets>, static_cast<size_t>(Endpoint::kCount)> latency;
  std::array<Counter, static_cast<size_t>(Endpoint::kCount)> latency_sum_us;
  std::array<Counter, static_cast<size_t>(CheckResult::kCount)> checks;  // of tokens, by result
  Counter verify_cache_hits, verify_cache_misses;
  Counter signing_groups, signing_carried_over, signing_failures;
  Counter tokens_not_recorded;  // signed, and not answered for want of a record
  Gauge feed_waiting;           // long polls
  Counter feed_pages, feed_snapshot_pages, feed_gone, feed_wake_ups, feed_checkpoints;
  void observe(Endpoint endpoint, int status, uint64_t latency_ns);
};

}  // namespace signet
