// Clients that stand for people: setting and dropping their password.
#include "daemon/admin/client_passwords.h"

#include <fmt/format.h>

#include <utility>

#include "daemon/admin/client_json.h"
#include "daemon/admin/clients.h"
#include "daemon/admin/routes.h"
#include "keystore/clients/password_check.h"
#include "protocol/base/secret_bytes.h"

namespace signet {
namespace {

void store_password(AdminService& admin, const http::ExchangeId& id, const AuditActor& actor,
                    const PasswordOwner& owner, const std::optional<PasswordVerifier>& verifier) {
  ClientUpdate update;
  update.password.emplace(verifier);
  update.what = "client.set-password";
  auto done = [&admin, id](Client& changed) {
    admin.answer(id, {.status = 200, .body = client_json(admin.keystore(), changed)});
  };
  admin.keystore().store().update_client(actor, owner.tenant, owner.client_id, std::move(update),
                                         admin.then<Client>(id, done));
}

}  // namespace

void with_password(AdminService& admin, const http::ExchangeId& id, const PasswordOwner& owner,
                   std::optional<std::string> password,
                   std::function<void(const std::optional<PasswordVerifier>&)> next) {
  if (!password) return next(std::nullopt);
  std::vector<PasswordWish> wishes;
  wishes.push_back({owner.tenant, owner.client_id, SecretBytes::copy_of(as_bytes(*password))});
  wipe_text(*password);
  auto done = [next = std::move(next)](std::vector<PasswordVerifier>& verifiers) { next(verifiers.front()); };
  admin.keystore().hash_passwords(std::move(wishes), admin.then<std::vector<PasswordVerifier>>(id, std::move(done)));
}

void set_client_password(AdminService& admin, const AdminRequest& request) {
  for (const JsonMember& member : *request.body.as_object()) {
    if (member.name == "password") continue;
    return admin.refuse(request.id, AdminErrorKind::kInvalid, fmt::format("unknown member \"{}\"", member.name));
  }
  const std::string* given = request.body.find_string("password");
  if (given == nullptr || !valid_password(*given)) {
    return admin.refuse(request.id, AdminErrorKind::kInvalid, fmt::format("password: expected {}", kPasswordWanted));
  }
  const ClientRecord* record = client_of(admin, request);
  if (record == nullptr) return;
  const PasswordOwner owner{record->tenant(), std::string(record->client_id())};
  with_password(admin, request.id, owner, *given,
                [&admin, id = request.id, actor = request.actor, owner](const auto& verifier) {
                  store_password(admin, id, actor, owner, verifier);
                });
}

void drop_client_password(AdminService& admin, const AdminRequest& request) {
  const ClientRecord* record = client_of(admin, request);
  if (record == nullptr) return;
  if (record->password() == nullptr) {
    return admin.refuse(request.id, AdminErrorKind::kConflict, "the client has no password");
  }
  ClientUpdate update;
  update.password.emplace(std::nullopt);
  update.what = "client.drop-password";
  change_client(admin, request, *record, std::move(update));
}

}  // namespace signet
