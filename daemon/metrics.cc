#include "daemon/metrics.h"

#include <algorithm>
#include <bit>

namespace signet {
namespace {

// The first bucket holds up to 2^4 us.
constexpr int kFirstBucketLog2 = 4;
static_assert(kLatencyBuckets == 18, "buckets of 2^4 to 2^20 us and +Inf");

size_t latency_bucket(uint64_t latency_us) {
  if (latency_us <= (1u << kFirstBucketLog2)) return 0;
  auto log2 = static_cast<size_t>(std::bit_width(latency_us - 1));  // the least n with 2^n >= latency_us
  return std::min(log2 - kFirstBucketLog2, kLatencyBuckets - 1);
}

}  // namespace

std::string_view auth_failure_name(AuthFailure reason) {
  switch (reason) {
    case AuthFailure::kUnknownClient:
      return "unknown_client";
    case AuthFailure::kWrongSecret:
      return "wrong_secret";
    case AuthFailure::kDisabled:
      return "disabled";
    case AuthFailure::kMalformed:
      return "malformed";
    case AuthFailure::kNoCredentials:
      return "no_credentials";
    case AuthFailure::kTwoMethods:
      return "two_methods";
    case AuthFailure::kCount:
      break;
  }
  return "other";
}

std::string_view rate_limit_name(RateLimitKind kind) {
  switch (kind) {
    case RateLimitKind::kClient:
      return "client";
    case RateLimitKind::kAddress:
      return "address";
    case RateLimitKind::kTenant:
      return "tenant";
    case RateLimitKind::kFailedAuthentication:
      return "failed_authentication";
    case RateLimitKind::kCount:
      break;
  }
  return "other";
}

std::string_view refresh_result_name(RefreshResult result) {
  switch (result) {
    case RefreshResult::kRotated:
      return "rotated";
    case RefreshResult::kRepeated:
      return "repeated";
    case RefreshResult::kForged:
      return "forged";
    case RefreshResult::kUnknown:
      return "unknown";
    case RefreshResult::kOtherClient:
      return "other_client";
    case RefreshResult::kClientGone:
      return "client_gone";
    case RefreshResult::kExpired:
      return "expired";
    case RefreshResult::kRevoked:
      return "revoked";
    case RefreshResult::kWrongSecret:
      return "wrong_secret";
    case RefreshResult::kOvertaken:
      return "overtaken";
    case RefreshResult::kReused:
      return "reused";
    case RefreshResult::kRolledBack:
      return "rolled_back";
    case RefreshResult::kNotGranted:
      return "not_granted";
    case RefreshResult::kUnavailable:
      return "unavailable";
    case RefreshResult::kCount:
      break;
  }
  return "other";
}

std::string_view endpoint_name(Endpoint endpoint) {
  switch (endpoint) {
    case Endpoint::kToken:
      return "token";
    case Endpoint::kTokenBatch:
      return "token_batch";
    case Endpoint::kRevoke:
      return "revoke";
    case Endpoint::kIntrospect:
      return "introspect";
    case Endpoint::kIntrospectBatch:
      return "introspect_batch";
    case Endpoint::kVerify:
      return "verify";
    case Endpoint::kRevocations:
      return "revocations";
    case Endpoint::kJwks:
      return "jwks";
    case Endpoint::kMetadata:
      return "metadata";
    case Endpoint::kHealth:
      return "healthz";
    case Endpoint::kReady:
      return "readyz";
    case Endpoint::kDialect:
      return "dialect";
    case Endpoint::kOther:
    case Endpoint::kCount:
      break;
  }
  return "other";
}

std::string_view check_result_name(CheckResult result) {
  switch (result) {
    case CheckResult::kActive:
      return "active";
    case CheckResult::kMalformed:
      return "malformed";
    case CheckResult::kUnknownKey:
      return "unknown_key";
    case CheckResult::kBadSignature:
      return "bad_signature";
    case CheckResult::kExpired:
      return "expired";
    case CheckResult::kClientGone:
      return "client_gone";
    case CheckResult::kForeign:
      return "foreign_audience";
    case CheckResult::kRevoked:
      return "revoked";
    case CheckResult::kUnavailable:
    case CheckResult::kMustCheck:
    case CheckResult::kCount:
      break;
  }
  return "unavailable";
}

void WorkerMetrics::observe(Endpoint endpoint, int status, uint64_t latency_ns) {
  auto index = static_cast<size_t>(endpoint);
  auto status_class = static_cast<size_t>(std::clamp(status / 100, 0, 5));
  uint64_t latency_us = latency_ns / 1000;
  requests[index][status_class].add();
  latency[index][latency_bucket(latency_us)].add();
  latency_sum_us[index].add(latency_us);
}

}  // namespace signet
