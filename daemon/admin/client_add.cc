// Clients: add and update, the two that take a client's members.
#include <fmt/format.h>

#include "daemon/admin/client_fields.h"
#include "daemon/admin/client_json.h"
#include "daemon/admin/client_passwords.h"
#include "daemon/admin/clients.h"
#include "daemon/admin/key_supply.h"
#include "daemon/admin/routes.h"
#include "keystore/clients/client_secret.h"
#include "protocol/base/secret_bytes.h"

namespace signet {
namespace {

// The secret to store; `shown` becomes the one to show, when it was made here.
ClientSecret make_secret(AdminService& admin, const Client& client, ClientFields& fields, std::string& shown) {
  const Pepper& pepper = admin.keystore().pepper();
  if (!fields.client_secret) shown = generate_client_secret();
  std::string& secret = fields.client_secret ? *fields.client_secret : shown;
  ClientSecret hashed = pepper.hash(client.tenant, client.client_id, secret, unix_now());
  if (fields.client_secret) wipe_text(*fields.client_secret);
  return hashed;
}

void store_client(AdminService& admin, const http::ExchangeId& id, const AuditActor& actor, Client client,
                  std::string shown) {
  auto done = [&admin, id, shown = std::move(shown)](Client& added) mutable {
    AdminAnswer answer{.status = 201, .body = client_json(admin.keystore(), added, shown)};
    admin.answer(id, answer);
    wipe_text(answer.body);
    wipe_text(shown);
  };
  admin.keystore().store().add_client(actor, std::move(client), admin.then<Client>(id, std::move(done)));
}

// What changed, as the store takes it. Everything given is written, changed or not: the audit record shows both.
ClientUpdate update_of(const ClientFields& fields, const Client& before, const Client& after) {
  ClientUpdate update;
  update.grants = fields.grants;
  update.scope = fields.scope;
  update.audiences = fields.audiences;
  if (fields.introspect) update.introspect = after.introspect;
  update.algorithm = fields.algorithm;
  update.ttl_s = fields.ttl_s;
  if (uint32_t set = after.flags & ~before.flags; set != 0) update.flags_set = set;
  if (uint32_t cleared = before.flags & ~after.flags; cleared != 0) update.flags_clear = cleared;
  update.if_revision = before.revision;
  update.what = "client.update";
  return update;
}

}  // namespace

void add_client(AdminService& admin, const AdminRequest& request) {
  auto fields = read_client_fields(request.body, ClientForm::kAdd, admin.settings().token_ttl_max_s);
  if (!fields) return admin.refuse(request.id, AdminErrorKind::kInvalid, fields.error());
  const TenantKeys* tenant = admin.tenant_named(fields->tenant.value_or(""));
  if (tenant == nullptr) {
    return admin.refuse(request.id, AdminErrorKind::kNotFound,
                        fmt::format("there is no tenant \"{}\"", *fields->tenant));
  }
  if (std::string error = ttl_fault(admin, *tenant, *fields); !error.empty()) {
    return admin.refuse(request.id, AdminErrorKind::kInvalid, error);
  }
  Client client{.tenant = tenant->tenant, .created_at = unix_now()};
  apply_client_fields(*fields, client);
  if (std::string error = check_client(client); !error.empty()) {
    return admin.refuse(request.id, AdminErrorKind::kInvalid, error);
  }
  if (admin.keystore().clients().find(client.tenant, client.client_id) != nullptr) {  // before a key is made for it
    return admin.refuse(request.id, AdminErrorKind::kConflict,
                        fmt::format("the client \"{}\" exists already", client.client_id));
  }
  std::string shown;
  // Who logs in by a password needs no second credential that nobody asked for.
  if (fields->client_secret || !fields->password) client.secrets.push_back(make_secret(admin, client, *fields, shown));
  const PasswordOwner owner{client.tenant, client.client_id};
  auto store = [&admin, id = request.id, actor = request.actor, client = std::move(client),
                shown = std::move(shown)](const std::optional<PasswordVerifier>& password) {
    Client whole = client;
    whole.password = password;
    with_keys(admin, id, actor, {key_need(whole)},
              [&admin, id, actor, whole, shown] { store_client(admin, id, actor, whole, shown); });
  };
  with_password(admin, request.id, owner, std::move(fields->password), std::move(store));
}

void update_client(AdminService& admin, const AdminRequest& request) {
  const ClientRecord* record = client_of(admin, request);
  if (record == nullptr) return;
  auto fields = read_client_fields(request.body, ClientForm::kUpdate, admin.settings().token_ttl_max_s);
  if (!fields) return admin.refuse(request.id, AdminErrorKind::kInvalid, fields.error());
  const TenantKeys* tenant = admin.keystore().keys().tenant(record->tenant());
  if (std::string error = tenant == nullptr ? std::string() : ttl_fault(admin, *tenant, *fields); !error.empty()) {
    return admin.refuse(request.id, AdminErrorKind::kInvalid, error);
  }
  Client before = record->unpack();
  Client after = before;
  apply_client_fields(*fields, after);
  if (std::string error = check_client(after); !error.empty()) {
    return admin.refuse(request.id, AdminErrorKind::kInvalid, error);
  }
  ClientUpdate update = update_of(*fields, before, after);
  with_keys(admin, request.id, request.actor, {key_need(after)},
            [&admin, id = request.id, actor = request.actor, after, update] {
              auto done = [&admin, id](Client& changed) {
                admin.answer(id, {.status = 200, .body = client_json(admin.keystore(), changed)});
              };
              admin.keystore().store().update_client(actor, after.tenant, after.client_id, update,
                                                     admin.then<Client>(id, done));
            });
}

}  // namespace signet
