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

enum class RateLimitKind : uint8_t { kClient, kAddress, kFailedAuthentication, kCount };
std::string_view rate_limit_name(RateLimitKind kind);  // label value

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
  kOther,
  kCount
};
std::string_view endpoint_name(Endpoint endpoint);  // label value

// Latency buckets in microseconds: powers of two from 16 us to 2^20 us; the last is +Inf.
inline constexpr size_t kLatencyBuckets = 18;

struct alignas(64) WorkerMetrics {
  std::array<std::array<Counter, 6>, static_cast<size_t>(Endpoint::kCount)> requests;  // [endpoint][status / 100]
  std::array<Counter, 16> tokens;                                                      // [algorithm]
  std::array<Counter, static_cast<size_t>(AuthFailure::kCount)> auth_failures;
  std::array<Counter, static_cast<size_t>(RateLimitKind::kCount)> rate_limited;
  std::array<std::array<Counter, kLatencyBuckets>, static_cast<size_t>(Endpoint::kCount)> latency;
  std::array<Counter, static_cast<size_t>(Endpoint::kCount)> latency_sum_us;
  Counter signing_groups, signing_carried_over, signing_failures;
  void observe(Endpoint endpoint, int status, uint64_t latency_ns);
};

}  // namespace signet
