// TenantLimits: what one tenant may, stored with it. 0 everywhere: nothing of its own, only what the configuration
// says. Pure.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

namespace signet {

struct TenantLimits {
  uint32_t clients_max = 0;       // it may have so many; 0 = any number
  uint32_t ttl_max_s = 0;         // longest lifetime of its access tokens; the configured one bounds it too
  uint32_t key_rotation_s = 0;    // how long its keys sign, in place of everything configured
  bool key_rotation_off = false;  // its keys have successors only when somebody says so
  uint32_t rate_per_s = 0;        // requests of all of its clients, over all workers; 0 = any number
  uint32_t burst = 0;             // and so many at once at one of them; 0 = as many as in a second
  bool operator==(const TenantLimits&) const = default;
};

inline constexpr uint32_t kTenantRateMax = 1'000'000;  // also of the burst
inline constexpr uint32_t kTenantKeyRotationMaxS = 3650u * 24 * 60 * 60;

// longest_ttl_s: what a tenant's tokens may live, where the installation allows `configured_s`.
inline uint32_t longest_ttl_s(const TenantLimits& limits, uint32_t configured_s) {
  return limits.ttl_max_s == 0 ? configured_s : std::min(limits.ttl_max_s, configured_s);
}

// tenant_limits_fault says which member is out of its bounds and what was expected; empty when none is. Any thread.
std::string tenant_limits_fault(const TenantLimits& limits);

// What a change names; absent = unchanged.
struct TenantUpdate {
  std::optional<uint32_t> clients_max, ttl_max_s, key_rotation_s, rate_per_s, burst;
  std::optional<bool> key_rotation_off;
};
TenantLimits changed_limits(TenantLimits limits, const TenantUpdate& update);

}  // namespace signet
