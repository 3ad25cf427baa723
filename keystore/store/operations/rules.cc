#include "keystore/store/operations/rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "keystore/store/transaction.h"

namespace signet::store {
namespace {

// What the packed resident form of a client holds (keystore/clients/client.h), and what a row may weigh.
constexpr size_t kClientIdSizeMax = 128;
constexpr size_t kScopeSizeMax = 16384;
constexpr size_t kAudiencesMax = 255;
constexpr size_t kAudienceSizeMax = 2048;
constexpr size_t kKidSizeMax = 64;
constexpr size_t kTenantNameSizeMax = 64;
constexpr uint32_t kGrantsKnown = kGrantClientCredentials | kGrantRefreshToken;
constexpr uint32_t kFlagsKnown = kClientDisabled | kClientFeed | kClientRefreshWithCredentials | kClientIntrospectAll;

std::unexpected<StoreError> invalid(std::string text) { return refuse(StoreErrorKind::kInvalid, std::move(text)); }

bool audiences_ok(const std::vector<std::string>& audiences) {
  return audiences.size() <= kAudiencesMax && std::ranges::all_of(audiences, [](const std::string& audience) {
           return !audience.empty() && audience.size() <= kAudienceSizeMax;
         });
}

bool all_of_set(std::string_view text, std::string_view others) {
  return std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           others.find(c) != std::string_view::npos;
  });
}

}  // namespace

Outcome check_client(const Client& client) {
  if (client.client_id.empty() || client.client_id.size() > kClientIdSizeMax || !all_of_set(client.client_id, "-._~")) {
    return invalid("client_id must be 1 to 128 characters of A-Za-z0-9-._~");
  }
  if ((client.grants & ~kGrantsKnown) != 0) return invalid("grants: unknown grant");
  if ((client.flags & ~kFlagsKnown) != 0) return invalid("flags: unknown flag");
  if (client.scope.size() > kScopeSizeMax) return invalid("scope is too long");
  if (!audiences_ok(client.audiences)) return invalid("audiences: too many, empty or too long");
  if (!audiences_ok(client.introspect)) return invalid("introspect: too many, empty or too long");
  if (client.secrets.size() > kClientSecretsMax) return invalid("a client has at most two live secrets");
  if (client.password && !valid_password_cost(client.password->cost))
    return invalid("password: its cost is out of bounds");
  if (std::ranges::find(kAllJwsAlgorithms, client.algorithm) == kAllJwsAlgorithms.end()) {
    return invalid("alg: unknown algorithm");
  }
  return {};
}

Outcome check_key(const KeyRow& key) {
  if (key.kid.empty() || key.kid.size() > kKidSizeMax || !all_of_set(key.kid, "_-")) {
    return invalid("kid must be 1 to 64 characters of A-Za-z0-9_-");
  }
  if (std::ranges::find(kAllJwsAlgorithms, key.algorithm) == kAllJwsAlgorithms.end()) {
    return invalid("alg: unknown algorithm");
  }
  if (key.status != KeyStatus::kPending && key.status != KeyStatus::kActive) {
    return invalid("a new key is pending or active");
  }
  if (key.sealed_private.empty() == key.sealed_location.empty()) {
    return invalid("a key that may sign needs its private half, in one place");
  }
  if (key.location.empty() != key.sealed_location.empty()) return invalid("a key in a token has a location");
  if (is_symmetric(key.algorithm) && !key.location.empty()) return invalid("an HMAC key cannot be kept in a token");
  // HMAC keys belong to one audience and have no public half; the others have one and belong to none. A key of a
  // dialect never belongs to an audience.
  if (!key.dialect.empty()) {
    if (!valid_dialect_name(key.dialect)) return invalid("a dialect's name is 1 to 32 of a-z0-9-, a letter first");
    if (!key.audience.empty()) return invalid("a dialect's key belongs to no audience");
  } else if (is_symmetric(key.algorithm) != !key.audience.empty()) {
    return invalid(is_symmetric(key.algorithm) ? "an HMAC key belongs to one audience"
                                               : "only HMAC keys belong to an audience");
  }
  if (is_symmetric(key.algorithm) != key.public_jwk.empty()) return invalid("public_jwk does not fit the algorithm");
  if (key.audience.size() > kAudienceSizeMax) return invalid("audience is too long");
  return {};
}

Outcome check_tenant_name(std::string_view name) {
  const bool ok = !name.empty() && name.size() <= kTenantNameSizeMax && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
  if (!ok) return invalid("a tenant's name is 1 to 64 characters of a-z0-9-");
  return {};
}

Outcome check_tenant_limits(const TenantLimits& limits) {
  if (std::string fault = tenant_limits_fault(limits); !fault.empty()) return invalid(std::move(fault));
  return {};
}

Outcome check_room_for_client(Transaction& transaction, const TenantRow& tenant) {
  const uint32_t most = tenant.limits.clients_max;
  if (most == 0 || transaction.client_count(tenant.number) < most) return {};
  return refuse(
      StoreErrorKind::kConflict,
      fmt::format("tenant {0} may have {1} clients, and has them: signetctl tenant update {0} --clients-max N",
                  tenant.name, most));
}

std::unexpected<StoreError> no_such_tenant(uint32_t number) {
  return refuse(StoreErrorKind::kNotFound, fmt::format("there is no tenant number {}", number));
}

std::unexpected<StoreError> no_such_client(std::string_view client_id) {
  return refuse(StoreErrorKind::kNotFound, fmt::format("there is no client {}", client_id));
}

}  // namespace signet::store
