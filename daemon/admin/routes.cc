#include "daemon/admin/routes.h"

#include <algorithm>
#include <array>

namespace signet {
namespace {

using enum http::Method;

constexpr std::array kRoutes{
    AdminRoute{kPost, "/v1/clients", "", add_client},
    AdminRoute{kGet, "/v1/clients", "tenant after limit", list_clients},
    AdminRoute{kGet, "/v1/clients/{}", "tenant", show_client},
    AdminRoute{kPatch, "/v1/clients/{}", "tenant", update_client},
    AdminRoute{kDelete, "/v1/clients/{}", "tenant", remove_client},
    AdminRoute{kPost, "/v1/clients/{}/enable", "tenant", enable_client},
    AdminRoute{kPost, "/v1/clients/{}/disable", "tenant", disable_client},
    AdminRoute{kPost, "/v1/clients/{}/rotate-secret", "tenant", rotate_client_secret},
    AdminRoute{kPost, "/v1/clients/{}/drop-secret", "tenant", drop_client_secret},
    AdminRoute{kPost, "/v1/clients/{}/password", "tenant", set_client_password},
    AdminRoute{kDelete, "/v1/clients/{}/password", "tenant", drop_client_password},
    AdminRoute{kPost, "/v1/imports/{}/chunks/{}", "", import_chunk},
    AdminRoute{kGet, "/v1/imports/{}", "", show_import},
    AdminRoute{kPost, "/v1/keys", "", add_key},
    AdminRoute{kGet, "/v1/keys", "tenant", list_keys},
    AdminRoute{kPost, "/v1/keys/import", "", import_key},
    AdminRoute{kPost, "/v1/keys/rotate", "", rotate_key},
    AdminRoute{kGet, "/v1/keys/plan", "tenant days", plan_keys},
    AdminRoute{kPost, "/v1/keys/{}/retire", "tenant", retire_key},
    AdminRoute{kPost, "/v1/keys/{}/export-secret", "tenant", export_key_secret},
    AdminRoute{kGet, "/v1/keys/{}/public", "tenant", export_public_key},
    AdminRoute{kGet, "/v1/keys/public", "tenant", export_public_keys},
    AdminRoute{kPost, "/v1/tokens", "", issue_token},
    AdminRoute{kPost, "/v1/revocations", "", revoke},
    AdminRoute{kGet, "/v1/revocations", "tenant kind after limit", list_revocations},
    AdminRoute{kGet, "/v1/families", "tenant client subject after limit", list_families},
    AdminRoute{kGet, "/v1/families/{}", "tenant", show_family},
    AdminRoute{kPost, "/v1/api-keys", "", add_api_key},
    AdminRoute{kGet, "/v1/api-keys", "tenant client subject kind after limit", list_api_keys},
    AdminRoute{kDelete, "/v1/api-keys/{}", "tenant", remove_api_key},
    AdminRoute{kGet, "/v1/dialects", "tenant", list_dialects},
    AdminRoute{kPost, "/v1/dialects/check", "", check_dialect},
    AdminRoute{kPost, "/v1/tenants", "", add_tenant},
    AdminRoute{kGet, "/v1/tenants", "", list_tenants},
    AdminRoute{kGet, "/v1/tenants/{}", "", show_tenant},
    AdminRoute{kPatch, "/v1/tenants/{}", "", update_tenant},
    AdminRoute{kDelete, "/v1/tenants/{}", "force", remove_tenant},
    AdminRoute{kGet, "/v1/vault", "", show_vault},
    AdminRoute{kPost, "/v1/vault/slots", "", add_vault_slot},
    AdminRoute{kDelete, "/v1/vault/slots/{}", "", remove_vault_slot},
    AdminRoute{kPost, "/v1/vault/check", "", check_vault_slot},
    AdminRoute{kPost, "/v1/vault/rekey", "", rekey_vault},
    AdminRoute{kPost, "/v1/vault/seal", "", seal_vault},
    AdminRoute{kGet, "/v1/audit", "tenant what subject after last limit check", read_audit},
    AdminRoute{kPost, "/v1/backups", "", start_backup},
    AdminRoute{kGet, "/v1/backups", "", show_backup},
    AdminRoute{kPost, "/v1/backups/stop", "", stop_backup},
    AdminRoute{kPost, "/v1/backups/accept", "", accept_restored_tokens},
    AdminRoute{kPost, "/v1/audit/exports", "", note_audit_export},
    AdminRoute{kPost, "/v1/audit/prune", "", prune_audit},
    AdminRoute{kPost, "/v1/clock/accept", "", accept_clock},
    AdminRoute{kGet, "/v1/status", "", show_status},
};

// Takes the first segment, with the slash before it, from the front of `path`.
std::string_view take_segment(std::string_view& path) {
  size_t end = std::min(path.find('/', 1), path.size());
  std::string_view segment = path.substr(1, end - 1);
  path.remove_prefix(end);
  return segment;
}

bool matches(std::string_view pattern, std::string_view path, std::vector<std::string_view>& arguments) {
  arguments.clear();
  while (!pattern.empty() && path.starts_with('/')) {
    std::string_view wanted = take_segment(pattern);
    std::string_view segment = take_segment(path);
    if (wanted == "{}" && !segment.empty()) {
      arguments.push_back(segment);
    } else if (wanted != segment) {
      return false;
    }
  }
  return pattern.empty() && path.empty();
}

}  // namespace

std::span<const AdminRoute> admin_routes() { return kRoutes; }

AdminRouteMatch find_admin_route(http::Method method, std::string_view path) {
  AdminRouteMatch match;
  std::vector<std::string_view> arguments;
  for (const AdminRoute& route : kRoutes) {
    if (!matches(route.path, path, arguments)) continue;
    if (route.method == method) {
      match.route = &route;
      match.arguments = arguments;
      return match;
    }
    if (!match.allow.empty()) match.allow += ", ";
    match.allow += http::method_name(route.method);
  }
  return match;
}

bool parameters_known(const AdminRoute& route, const FormParameters& query) {
  for (const FormParameter& parameter : query.all()) {
    bool known = false;
    for (std::string_view rest = route.parameters; !rest.empty();) {
      size_t end = std::min(rest.find(' '), rest.size());
      known = known || rest.substr(0, end) == parameter.name;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (!known) return false;
  }
  return true;
}

}  // namespace signet
