// Tenants: add, list, remove.
#include <fmt/format.h>

#include "daemon/admin/routes.h"
#include "protocol/base/time_text.h"

namespace signet {
namespace {

constexpr size_t kNameSizeMax = 64;

// A path segment under /t/.
bool valid_tenant_name(std::string_view name) {
  return !name.empty() && name.size() <= kNameSizeMax &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

void write_tenant(JsonWriter& json, std::string_view name, uint32_t number, UnixSeconds created_at) {
  json.begin_object();
  json.member("name", name);
  json.member_integer("number", number);
  json.member("created_at", rfc3339(created_at));
  json.end_object();
}

}  // namespace

void add_tenant(AdminService& admin, const AdminRequest& request) {
  const std::string* name = request.body.find_string("name");
  if (name == nullptr || request.body.as_object()->size() != 1 || !valid_tenant_name(*name)) {
    return admin.refuse(request.id, AdminErrorKind::kInvalid,
                        "expected one member \"name\": 1 to 64 characters of a-z 0-9 -");
  }
  auto done = [&admin, id = request.id](TenantRow& row) {
    auto body = write_json([&](JsonWriter& json) { write_tenant(json, row.name, row.number, row.created_at); });
    admin.answer(id, {.status = 201, .body = std::move(body)});
  };
  admin.keystore().store().add_tenant(request.actor, *name, admin.then<TenantRow>(request.id, done));
}

void list_tenants(AdminService& admin, const AdminRequest& request) {
  auto body = write_json([&](JsonWriter& json) {
    json.begin_object();
    json.key("tenants");
    json.begin_array();
    for (const auto& tenant : admin.keystore().keys().tenants) {
      write_tenant(json, tenant->name, tenant->tenant, tenant->created_at);
    }
    json.end_array();
    json.end_object();
  });
  admin.answer(request.id, {.status = 200, .body = std::move(body)});
}

void remove_tenant(AdminService& admin, const AdminRequest& request) {
  std::string name(request.arguments[0]);
  std::string_view force = request.query.get("force");
  if (force.data() != nullptr && force != "0" && force != "1") {
    return admin.refuse(request.id, AdminErrorKind::kBadRequest, "force: expected 0 or 1");
  }
  if (name == "default") {
    return admin.refuse(request.id, AdminErrorKind::kInvalid, "the tenant \"default\" cannot be removed");
  }
  if (!valid_tenant_name(name) || admin.tenant_named(name) == nullptr) {
    return admin.refuse(request.id, AdminErrorKind::kNotFound, fmt::format("there is no tenant \"{}\"", name));
  }
  auto done = [&admin, id = request.id] { admin.answer(id, {.status = 204}); };
  admin.keystore().store().remove_tenant(request.actor, std::move(name), force == "1",
                                         admin.then<void>(request.id, done));
}

}  // namespace signet
