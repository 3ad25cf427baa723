// Clients: rotation of secrets. A client has at most two live ones, the older first.
#include <fmt/format.h>

#include "daemon/admin/clients.h"
#include "daemon/admin/routes.h"
#include "keystore/clients/client_secret.h"
#include "protocol/base/secret_bytes.h"

namespace signet {
namespace {

// Refuses members other than `name`; the value of that one, or null.
const JsonValue* only_member(AdminService& admin, const AdminRequest& request, std::string_view name, bool& good) {
  good = true;
  for (const JsonMember& member : *request.body.as_object()) {
    if (member.name == name) continue;
    good = false;
    admin.refuse(request.id, AdminErrorKind::kInvalid, fmt::format("unknown member \"{}\"", member.name));
    return nullptr;
  }
  return request.body.find(name);
}

ClientUpdate secrets_update(const Client& client, std::vector<ClientSecret> secrets, std::string what) {
  ClientUpdate update;
  update.secrets = std::move(secrets);
  update.if_revision = client.revision;  // two rotations at once must not lose a secret
  update.what = std::move(what);
  return update;
}

}  // namespace

void rotate_client_secret(AdminService& admin, const AdminRequest& request) {
  bool good = false;
  const JsonValue* given = only_member(admin, request, "client_secret", good);
  if (!good) return;
  if (given != nullptr && (given->as_string() == nullptr || !valid_client_secret(*given->as_string()))) {
    return admin.refuse(request.id, AdminErrorKind::kInvalid,
                        "client_secret: expected 16 to 256 printable ASCII characters");
  }
  const ClientRecord* record = client_of(admin, request);
  if (record == nullptr) return;
  std::string made = given == nullptr ? generate_client_secret() : std::string();
  const std::string& secret = given == nullptr ? made : *given->as_string();
  Client client = record->unpack();
  std::vector<ClientSecret> secrets = client.secrets;
  if (secrets.size() == kClientSecretsMax) secrets.erase(secrets.begin());
  secrets.push_back(admin.keystore().pepper().hash(client.tenant, client.client_id, secret, unix_now()));
  change_client(admin, request, *record, secrets_update(client, std::move(secrets), "client.rotate-secret"), made);
  wipe_text(made);
}

void drop_client_secret(AdminService& admin, const AdminRequest& request) {
  bool good = false;
  const JsonValue* all = only_member(admin, request, "all", good);
  if (!good) return;
  if (all != nullptr && !all->as_boolean()) {
    return admin.refuse(request.id, AdminErrorKind::kInvalid, "all: expected true or false");
  }
  const ClientRecord* record = client_of(admin, request);
  if (record == nullptr) return;
  Client client = record->unpack();
  bool drop_all = all != nullptr && *all->as_boolean();
  if (!drop_all && client.secrets.size() < 2) {
    return admin.refuse(request.id, AdminErrorKind::kConflict,
                        "the client has no second secret; dropping its last one takes {\"all\":true}");
  }
  std::vector<ClientSecret> kept;
  if (!drop_all) kept.push_back(client.secrets.back());
  change_client(admin, request, *record, secrets_update(client, std::move(kept), "client.drop-secret"));
}

}  // namespace signet
