#include "daemon/endpoint/rate_check.h"

#include <array>

#include "daemon/rate_limit_log.h"
#include "protocol/base/copy_text.h"

namespace signet {
namespace {

constexpr size_t kClientIdSizeMax = 128;

std::string_view refusal_text(RateLimitKind kind) {
  switch (kind) {
    case RateLimitKind::kClient:
      return "too many requests of this client";
    case RateLimitKind::kAddress:
      return "too many requests from this address";
    case RateLimitKind::kTenant:
      return "too many requests of this tenant";
    case RateLimitKind::kFailedAuthentication:
      return "too many failed authentications from this address";
    case RateLimitKind::kCount:
      break;
  }
  return "too many requests";
}

std::unexpected<ErrorReply> refuse(WorkerScope& scope, const http::Request& request, RateLimitKind kind,
                                   uint64_t wait_ns, std::string_view client_id = {}) {
  scope.metrics.rate_limited[static_cast<size_t>(kind)].add();
  log_rate_limited(kind, client_id, request.peer_address);
  return std::unexpected(ErrorReply{.error = OAuthError::kTemporarilyUnavailable,
                                    .description = refusal_text(kind),
                                    .status = 429,
                                    .retry_after_s = retry_after_s(wait_ns)});
}

uint64_t hash_of(const WorkerScope& scope, uint64_t network) {
  std::array<uint8_t, sizeof network> octets;
  std::memcpy(octets.data(), &network, sizeof network);
  return short_hash(scope.buckets.key, octets);
}

uint64_t hash_of(const WorkerScope& scope, const ClientRecord& client) {
  std::array<char, sizeof(uint32_t) + kClientIdSizeMax> name;
  const uint32_t tenant = client.tenant();
  const std::string_view client_id = client.client_id().substr(0, kClientIdSizeMax);
  std::memcpy(name.data(), &tenant, sizeof tenant);
  copy_text(name.data() + sizeof tenant, client_id);
  return short_hash(scope.buckets.key, as_bytes({name.data(), sizeof tenant + client_id.size()}));
}

uint64_t hash_of_tenant(const WorkerScope& scope, uint32_t tenant) {
  std::array<uint8_t, sizeof tenant> octets;
  std::memcpy(octets.data(), &tenant, sizeof tenant);
  return short_hash(scope.buckets.key, octets);
}

static_assert(kTenantRateMax <= kRatePerSMax && kTenantRateMax <= kBurstMax);

// One worker's share of the tenant's rate.
RateLimit limit_of_tenant(const WorkerScope& scope, uint32_t number) {
  const TenantKeys* tenant = scope.keystore.keys().tenant(number);
  if (tenant == nullptr || tenant->limits.rate_per_s == 0) return {};
  const TenantLimits& limits = tenant->limits;
  return make_rate_limit(limits.rate_per_s, limits.burst != 0 ? limits.burst : limits.rate_per_s,
                         scope.shared.settings.load().workers);
}

uint64_t ask(BucketTable& table, const RateLimit& limit, uint64_t hash, uint64_t now_ns, Toll toll) {
  return toll == Toll::kTake ? table.take(limit, hash, now_ns) : table.wait_ns(limit, hash, now_ns);
}

}  // namespace

std::expected<void, ErrorReply> admit_address(WorkerScope& scope, const http::Request& request, Toll toll) {
  const RateLimit& limit = scope.shared.settings.load().address_limit;
  if (limit.off() || !request.peer_network) return {};
  const uint64_t hash = hash_of(scope, *request.peer_network);
  const uint64_t wait_ns = ask(scope.buckets.address, limit, hash, request.arrived_ns, toll);
  if (wait_ns == 0) return {};
  return refuse(scope, request, RateLimitKind::kAddress, wait_ns);
}

std::expected<void, ErrorReply> admit_attempt(WorkerScope& scope, const http::Request& request) {
  const RateLimit& limit = scope.shared.settings.load().failed_authentication_limit;
  if (limit.off() || !request.peer_network) return {};
  const uint64_t hash = hash_of(scope, *request.peer_network);
  const uint64_t wait_ns = scope.buckets.failed_authentication.wait_ns(limit, hash, request.arrived_ns);
  if (wait_ns == 0) return {};
  return refuse(scope, request, RateLimitKind::kFailedAuthentication, wait_ns);
}

void note_failed_attempt(WorkerScope& scope, const http::Request& request) {
  const RateLimit& limit = scope.shared.settings.load().failed_authentication_limit;
  if (limit.off() || !request.peer_network) return;
  scope.buckets.failed_authentication.spend(limit, hash_of(scope, *request.peer_network), request.arrived_ns);
}

std::expected<void, ErrorReply> admit_client(WorkerScope& scope, const http::Request& request,
                                             const ClientRecord& client, Toll toll) {
  const RateLimit tenant_limit = limit_of_tenant(scope, client.tenant());
  const uint64_t tenant_hash = tenant_limit.off() ? 0 : hash_of_tenant(scope, client.tenant());
  if (!tenant_limit.off()) {
    const uint64_t wait_ns = scope.buckets.tenant.wait_ns(tenant_limit, tenant_hash, request.arrived_ns);
    if (wait_ns != 0) return refuse(scope, request, RateLimitKind::kTenant, wait_ns, client.client_id());
  }
  const RateLimit& limit = scope.shared.settings.load().client_limit;
  if (!limit.off()) {
    const uint64_t wait_ns = ask(scope.buckets.client, limit, hash_of(scope, client), request.arrived_ns, toll);
    if (wait_ns != 0) return refuse(scope, request, RateLimitKind::kClient, wait_ns, client.client_id());
  }
  if (!tenant_limit.off() && toll == Toll::kTake) {
    scope.buckets.tenant.spend(tenant_limit, tenant_hash, request.arrived_ns);
  }
  return {};
}

}  // namespace signet
