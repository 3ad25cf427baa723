// Public halves of keys, for whoever does not fetch the key set.
#include <fmt/format.h>

#include "daemon/admin/key_request.h"
#include "daemon/admin/routes.h"

namespace signet {
namespace {

constexpr std::string_view kNoPublicHalf =
    "an HMAC key has no public half: whoever checks with it can also make tokens. Its secret goes to its one resource "
    "server: signetctl key export-secret";

}  // namespace

void export_public_key(AdminService& admin, const AdminRequest& request) {
  const TenantKeys* tenant = admin.tenant_of(request);
  if (tenant == nullptr) return;
  const std::string_view kid = request.arguments[0];
  const SigningKey* key = valid_kid(kid) ? tenant->any_by_kid(kid) : nullptr;
  if (key == nullptr) {
    return admin.refuse(request.id, AdminErrorKind::kNotFound, fmt::format("there is no key \"{}\"", kid));
  }
  if (key->public_jwk.empty()) return admin.refuse(request.id, AdminErrorKind::kInvalid, kNoPublicHalf);
  // As it is stored: it was checked against the private half when it was made.
  admin.answer(request.id, {.status = 200, .body = key->public_jwk});
}

// What is published now, octet for octet.
void export_public_keys(AdminService& admin, const AdminRequest& request) {
  const TenantKeys* tenant = admin.tenant_of(request);
  if (tenant == nullptr) return;
  admin.answer(request.id, {.status = 200, .body = tenant->jwks});
}

}  // namespace signet
