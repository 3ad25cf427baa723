// Tenants: add, list, show, update, remove.
#include <fmt/format.h>

#include "daemon/admin/routes.h"
#include "daemon/admin/tenant_fields.h"

namespace signet {
namespace {

// The tenant that the path names. Null when there is none, and then answered.
const TenantKeys* tenant_of_path(AdminService& admin, const AdminRequest& request) {
  const std::string_view name = request.arguments[0];
  const TenantKeys* tenant = valid_tenant_name(name) ? admin.tenant_named(name) : nullptr;
  if (tenant == nullptr) {
    admin.refuse(request.id, AdminErrorKind::kNotFound, fmt::format("there is no tenant \"{}\"", name));
  }
  return tenant;
}

}  // namespace

void add_tenant(AdminService& admin, const AdminRequest& request) {
  const std::string* name = request.body.find_string("name");
  if (name == nullptr || !valid_tenant_name(*name)) {
    return admin.refuse(request.id, AdminErrorKind::kInvalid, "name: expected 1 to 64 characters of a-z 0-9 -");
  }
  const auto fields = read_tenant_fields(request.body, "name");
  if (!fields) return admin.refuse(request.id, AdminErrorKind::kInvalid, fields.error());
  auto done = [&admin, id = request.id](const TenantRow& row) {
    admin.answer(id, {.status = 201, .body = tenant_json(row)});
  };
  admin.keystore().store().add_tenant(request.actor, *name, changed_limits({}, *fields),
                                      admin.then<TenantRow>(request.id, done));
}

void list_tenants(AdminService& admin, const AdminRequest& request) {
  auto body = write_json([&](JsonWriter& json) {
    json.begin_object();
    json.key("tenants");
    json.begin_array();
    for (const auto& tenant : admin.keystore().keys().tenants) write_tenant(json, *tenant);
    json.end_array();
    json.end_object();
  });
  admin.answer(request.id, {.status = 200, .body = std::move(body)});
}

void show_tenant(AdminService& admin, const AdminRequest& request) {
  const TenantKeys* tenant = tenant_of_path(admin, request);
  if (tenant == nullptr) return;
  admin.answer(request.id, {.status = 200, .body = write_json([&](JsonWriter& json) { write_tenant(json, *tenant); })});
}

void update_tenant(AdminService& admin, const AdminRequest& request) {
  const TenantKeys* tenant = tenant_of_path(admin, request);
  if (tenant == nullptr) return;
  const auto fields = read_tenant_fields(request.body, {});
  if (!fields) return admin.refuse(request.id, AdminErrorKind::kInvalid, fields.error());
  auto done = [&admin, id = request.id](const TenantRow& row) {
    admin.answer(id, {.status = 200, .body = tenant_json(row)});
  };
  admin.keystore().update_tenant(request.actor, tenant->name, *fields, admin.then<TenantRow>(request.id, done));
}

void remove_tenant(AdminService& admin, const AdminRequest& request) {
  std::string_view force = request.query.get("force");
  if (force.data() != nullptr && force != "0" && force != "1") {
    return admin.refuse(request.id, AdminErrorKind::kBadRequest, "force: expected 0 or 1");
  }
  if (request.arguments[0] == "default") {
    return admin.refuse(request.id, AdminErrorKind::kInvalid, "the tenant \"default\" cannot be removed");
  }
  const TenantKeys* tenant = tenant_of_path(admin, request);
  if (tenant == nullptr) return;
  auto done = [&admin, id = request.id] { admin.answer(id, {.status = 204}); };
  admin.keystore().store().remove_tenant(request.actor, tenant->name, force == "1", admin.then<void>(request.id, done));
}

}  // namespace signet
