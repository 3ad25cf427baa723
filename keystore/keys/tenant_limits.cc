#include "keystore/keys/tenant_limits.h"

#include <fmt/format.h>

#include "keystore/keys/key_schedule.h"
#include "protocol/jwt/access_token.h"

namespace signet {

std::string tenant_limits_fault(const TenantLimits& limits) {
  if (limits.ttl_max_s > kAccessTokenLifetimeMaxS) {
    return fmt::format("ttl_max_s: expected 0 to {}", kAccessTokenLifetimeMaxS);
  }
  const bool has_period = limits.key_rotation_s != 0;
  if (has_period && (limits.key_rotation_s < kKeyPeriodMinS || limits.key_rotation_s > kTenantKeyRotationMaxS)) {
    return fmt::format("key_rotation_s: expected 0, or {} to {}", kKeyPeriodMinS, kTenantKeyRotationMaxS);
  }
  if (limits.rate_per_s > kTenantRateMax) return fmt::format("rate_per_s: expected 0 to {}", kTenantRateMax);
  if (limits.burst > kTenantRateMax) return fmt::format("burst: expected 0 to {}", kTenantRateMax);
  if (limits.burst != 0 && limits.rate_per_s == 0) return "burst: says nothing without rate_per_s";
  return {};
}

TenantLimits changed_limits(TenantLimits limits, const TenantUpdate& update) {
  limits.clients_max = update.clients_max.value_or(limits.clients_max);
  limits.ttl_max_s = update.ttl_max_s.value_or(limits.ttl_max_s);
  limits.key_rotation_s = update.key_rotation_s.value_or(limits.key_rotation_s);
  limits.key_rotation_off = update.key_rotation_off.value_or(limits.key_rotation_off);
  limits.rate_per_s = update.rate_per_s.value_or(limits.rate_per_s);
  limits.burst = update.burst.value_or(limits.burst);
  return limits;
}

}  // namespace signet
