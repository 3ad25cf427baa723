#include "daemon/service/route.h"

#include <array>

namespace signet {
namespace {

struct Entry {
  std::string_view path;
  Route route;
  bool per_tenant;
};

// In the order of their expected frequency.
constexpr std::array kRoutes{
    Entry{"/oauth2/token", Route::kToken, true},
    Entry{"/oauth2/token/batch", Route::kTokenBatch, true},
    Entry{"/oauth2/revoke", Route::kRevoke, true},
    Entry{"/oauth2/introspect", Route::kIntrospect, true},
    Entry{"/oauth2/introspect/batch", Route::kIntrospectBatch, true},
    Entry{"/verify", Route::kVerify, true},
    Entry{"/.well-known/jwks.json", Route::kJwks, true},
    Entry{"/oauth2/revocations", Route::kRevocations, true},
    Entry{"/oauth2/revocations/snapshot", Route::kRevocationSnapshot, true},
    Entry{"/healthz", Route::kHealth, false},
    Entry{"/readyz", Route::kReady, false},
    Entry{"/.well-known/oauth-authorization-server", Route::kMetadata, true},
    Entry{"/.well-known/openid-configuration", Route::kMetadata, true},
};

// RFC 8414 section 3.1: the well-known part comes before the path of the issuer.
constexpr std::array<std::string_view, 2> kInserted{
    "/.well-known/oauth-authorization-server/t/",
    "/.well-known/openid-configuration/t/",
};

constexpr std::string_view kTenantPrefix = "/t/";

// Proxies that keep the path of the request they ask about put it behind this.
constexpr std::string_view kVerifyPrefix = "/verify/";

RouteMatch match_inserted(std::string_view path) {
  for (const std::string_view prefix : kInserted) {
    if (!path.starts_with(prefix)) continue;
    const std::string_view tenant = path.substr(prefix.size());
    if (!tenant.empty() && tenant.find('/') == std::string_view::npos) return {Route::kMetadata, tenant};
  }
  return {};
}

}  // namespace

TenantPath split_tenant_path(std::string_view path) {
  if (!path.starts_with(kTenantPrefix)) return {{}, path};
  const size_t end = path.find('/', kTenantPrefix.size());
  if (end == std::string_view::npos || end == kTenantPrefix.size()) return {{}, path};
  return {path.substr(kTenantPrefix.size(), end - kTenantPrefix.size()), path.substr(end)};
}

RouteMatch match_route(std::string_view whole) {
  const auto [tenant, path] = split_tenant_path(whole);
  for (const Entry& entry : kRoutes) {
    if (path != entry.path) continue;
    if (!tenant.empty() && !entry.per_tenant) return {};
    return {entry.route, tenant};
  }
  if (path.starts_with(kVerifyPrefix)) return {Route::kVerify, tenant};
  return tenant.empty() ? match_inserted(path) : RouteMatch{};
}

}  // namespace signet
