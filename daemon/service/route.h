// Routes of the public listener: path -> endpoint and tenant.
#pragma once

#include <cstdint>
#include <string_view>

namespace signet {

enum class Route : uint8_t {
  kNone,
  kToken,
  kTokenBatch,
  kRevoke,
  kIntrospect,
  kIntrospectBatch,
  kVerify,
  kRevocations,
  kRevocationSnapshot,
  kJwks,
  kMetadata,
  kHealth,
  kReady
};

struct RouteMatch {
  Route route = Route::kNone;
  std::string_view tenant;  // empty = the default tenant at the root
};

// match_route: exact paths, case-sensitive, not percent-decoded; tenants as /t/{tenant}/..., and for metadata also with
// the tenant inserted after the well-known part (RFC 8414 section 3.1). Below /verify/ every path is /verify. Any
// thread, does not allocate.
RouteMatch match_route(std::string_view path);

// The tenant of /t/{tenant}/..., and the path behind it; no tenant and the whole path for any other.
struct TenantPath {
  std::string_view tenant;
  std::string_view rest;
};
TenantPath split_tenant_path(std::string_view path);

}  // namespace signet
