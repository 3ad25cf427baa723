// The routes of the admin API: one table of {method, path, query parameters, function}; each function is in the file of
// its resource.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/admin/service.h"

namespace signet {

struct AdminRoute {
  http::Method method;
  std::string_view path;        // "{}" stands for one segment
  std::string_view parameters;  // query parameters, separated by spaces
  void (*serve)(AdminService& admin, const AdminRequest& request);
};

std::span<const AdminRoute> admin_routes();

// What find_admin_route found: `route` null and `allow` empty: no such path; null and `allow` set: other method.
struct AdminRouteMatch {
  const AdminRoute* route = nullptr;
  std::vector<std::string_view> arguments;  // views into the path
  std::string allow;
};
AdminRouteMatch find_admin_route(http::Method method, std::string_view path);

// Whether every parameter of `query` is in the route's list.
bool parameters_known(const AdminRoute& route, const FormParameters& query);

// clients.cc, client_add.cc, client_update.cc, client_secrets.cc
void list_clients(AdminService& admin, const AdminRequest& request);
void show_client(AdminService& admin, const AdminRequest& request);
void add_client(AdminService& admin, const AdminRequest& request);
void update_client(AdminService& admin, const AdminRequest& request);
void enable_client(AdminService& admin, const AdminRequest& request);
void disable_client(AdminService& admin, const AdminRequest& request);
void remove_client(AdminService& admin, const AdminRequest& request);
void rotate_client_secret(AdminService& admin, const AdminRequest& request);
void drop_client_secret(AdminService& admin, const AdminRequest& request);
// client_passwords.cc
void set_client_password(AdminService& admin, const AdminRequest& request);
void drop_client_password(AdminService& admin, const AdminRequest& request);
// imports.cc
void import_chunk(AdminService& admin, const AdminRequest& request);
void show_import(AdminService& admin, const AdminRequest& request);
// keys.cc
void add_key(AdminService& admin, const AdminRequest& request);
void list_keys(AdminService& admin, const AdminRequest& request);
void export_key_secret(AdminService& admin, const AdminRequest& request);
// key_export.cc
void export_public_key(AdminService& admin, const AdminRequest& request);
void export_public_keys(AdminService& admin, const AdminRequest& request);
// vault.cc
void show_vault(AdminService& admin, const AdminRequest& request);
void add_vault_slot(AdminService& admin, const AdminRequest& request);
void remove_vault_slot(AdminService& admin, const AdminRequest& request);
void check_vault_slot(AdminService& admin, const AdminRequest& request);
void rekey_vault(AdminService& admin, const AdminRequest& request);
void seal_vault(AdminService& admin, const AdminRequest& request);
// backups.cc
void start_backup(AdminService& admin, const AdminRequest& request);
void show_backup(AdminService& admin, const AdminRequest& request);
void stop_backup(AdminService& admin, const AdminRequest& request);
void accept_restored_tokens(AdminService& admin, const AdminRequest& request);
// audit.cc
void read_audit(AdminService& admin, const AdminRequest& request);
// audit_front.cc
void note_audit_export(AdminService& admin, const AdminRequest& request);
void prune_audit(AdminService& admin, const AdminRequest& request);
// key_import.cc
void import_key(AdminService& admin, const AdminRequest& request);
// key_life.cc
void rotate_key(AdminService& admin, const AdminRequest& request);
void retire_key(AdminService& admin, const AdminRequest& request);
void plan_keys(AdminService& admin, const AdminRequest& request);
// tokens.cc
void issue_token(AdminService& admin, const AdminRequest& request);
// revocations.cc
void revoke(AdminService& admin, const AdminRequest& request);
void list_revocations(AdminService& admin, const AdminRequest& request);
// families.cc
void list_families(AdminService& admin, const AdminRequest& request);
void show_family(AdminService& admin, const AdminRequest& request);
// api_keys.cc
void add_api_key(AdminService& admin, const AdminRequest& request);
void list_api_keys(AdminService& admin, const AdminRequest& request);
void remove_api_key(AdminService& admin, const AdminRequest& request);
// dialects.cc
void list_dialects(AdminService& admin, const AdminRequest& request);
void check_dialect(AdminService& admin, const AdminRequest& request);
// tenants.cc
void add_tenant(AdminService& admin, const AdminRequest& request);
void list_tenants(AdminService& admin, const AdminRequest& request);
void show_tenant(AdminService& admin, const AdminRequest& request);
void update_tenant(AdminService& admin, const AdminRequest& request);
void remove_tenant(AdminService& admin, const AdminRequest& request);
// clock.cc, status.cc
void accept_clock(AdminService& admin, const AdminRequest& request);
void show_status(AdminService& admin, const AdminRequest& request);

}  // namespace signet
