// Clients: list, show, enable, disable, remove.
#include "daemon/admin/clients.h"

#include <fmt/format.h>

#include <ctime>

#include "daemon/admin/client_json.h"
#include "daemon/admin/query_number.h"
#include "daemon/admin/routes.h"
#include "keystore/clients/client_secret.h"
#include "protocol/base/secret_bytes.h"

namespace signet {
namespace {

constexpr size_t kListMax = 1000;

void set_enabled(AdminService& admin, const AdminRequest& request, bool enabled) {
  const ClientRecord* client = client_of(admin, request);
  if (client == nullptr) return;
  ClientUpdate update;
  (enabled ? update.flags_clear : update.flags_set) = kClientDisabled;
  update.what = enabled ? "client.enable" : "client.disable";
  change_client(admin, request, *client, std::move(update));
}

}  // namespace

UnixSeconds unix_now() { return static_cast<UnixSeconds>(::time(nullptr)); }

std::string ttl_fault(AdminService& admin, const TenantKeys& tenant, const ClientFields& fields) {
  const uint32_t longest = longest_ttl_s(tenant.limits, admin.settings().token_ttl_max_s);
  if (fields.ttl_s.value_or(0) <= longest) return {};
  return fmt::format("ttl: tenant {0} allows at most {1} s; signetctl tenant update {0} --ttl-max changes that",
                     tenant.name, longest);
}

const ClientRecord* client_of(AdminService& admin, const AdminRequest& request) {
  const TenantKeys* tenant = admin.tenant_of(request);
  if (tenant == nullptr) return nullptr;
  std::string_view id = request.arguments[0];
  const ClientRecord* client = valid_client_id(id) ? admin.keystore().clients().find(tenant->tenant, id) : nullptr;
  if (client == nullptr) {
    admin.refuse(request.id, AdminErrorKind::kNotFound,
                 fmt::format("there is no client \"{}\" in tenant \"{}\"", id, tenant->name));
  }
  return client;
}

void change_client(AdminService& admin, const AdminRequest& request, const ClientRecord& client, ClientUpdate update,
                   std::string client_secret) {
  auto done = [&admin, id = request.id, client_secret = std::move(client_secret)](Client& changed) mutable {
    AdminAnswer answer{.status = 200, .body = client_json(admin.keystore(), changed, client_secret)};
    admin.answer(id, answer);
    wipe_text(client_secret);
    wipe_text(answer.body);
  };
  admin.keystore().store().update_client(request.actor, client.tenant(), std::string(client.client_id()),
                                         std::move(update), admin.then<Client>(request.id, std::move(done)));
}

void list_clients(AdminService& admin, const AdminRequest& request) {
  const TenantKeys* tenant = admin.tenant_of(request);
  if (tenant == nullptr) return;
  const auto limit = query_number(request.query.get("limit"), kListMax, 1, kListMax);
  if (!limit) {
    return admin.refuse(request.id, AdminErrorKind::kBadRequest, fmt::format("limit: expected 1 to {}", kListMax));
  }
  const ClientDirectory& clients = admin.keystore().clients();
  auto page =
      admin.listing().page(clients, tenant->tenant, request.query.get("after"), *limit, ClientListing::Clock::now());
  auto body = write_json([&](JsonWriter& json) {
    json.begin_object();
    json.key("clients");
    json.begin_array();
    for (const std::string& id : page.ids) {
      const ClientRecord* client = clients.find(tenant->tenant, id);
      if (client != nullptr) write_client(json, client->unpack(), tenant->name, client);  // null: removed meanwhile
    }
    json.end_array();
    json.key("next");
    page.more ? json.string(page.ids.back()) : json.null();
    json.end_object();
  });
  admin.answer(request.id, {.status = 200, .body = std::move(body)});
}

void show_client(AdminService& admin, const AdminRequest& request) {
  const ClientRecord* client = client_of(admin, request);
  if (client == nullptr) return;
  admin.answer(request.id, {.status = 200, .body = client_json(admin.keystore(), client->unpack())});
}

void enable_client(AdminService& admin, const AdminRequest& request) { set_enabled(admin, request, true); }
void disable_client(AdminService& admin, const AdminRequest& request) { set_enabled(admin, request, false); }

void remove_client(AdminService& admin, const AdminRequest& request) {
  const ClientRecord* client = client_of(admin, request);
  if (client == nullptr) return;
  auto done = [&admin, id = request.id] { admin.answer(id, {.status = 204}); };
  admin.keystore().store().remove_client(request.actor, client->tenant(), std::string(client->client_id()),
                                         admin.then<void>(request.id, done));
}

}  // namespace signet
