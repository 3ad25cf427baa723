// Keys: add, list, export of an HMAC secret.
#include <fmt/format.h>

#include "daemon/admin/key_json.h"
#include "daemon/admin/key_request.h"
#include "daemon/admin/routes.h"
#include "protocol/base/base64url.h"
#include "protocol/base/secret_bytes.h"

namespace signet {
namespace {

std::expected<KeyRequest, std::string> read_key_request(const JsonValue& body) {
  KeyRequest key;
  for (const JsonMember& member : *body.as_object()) {
    std::string error = member.name == "pkcs11" ? read_token_place(member, key.purpose) : read_key_member(member, key);
    if (!error.empty()) return std::unexpected(std::move(error));
  }
  if (body.find("alg") == nullptr) return std::unexpected("alg is required");
  if (std::string error = key_request_fault(key); !error.empty()) return std::unexpected(std::move(error));
  return key;
}

}  // namespace

void add_key(AdminService& admin, const AdminRequest& request) {
  auto key = read_key_request(request.body);
  if (!key) return admin.refuse(request.id, AdminErrorKind::kInvalid, key.error());
  const TenantKeys* tenant = admin.tenant_named(key->tenant);
  if (tenant == nullptr) {
    return admin.refuse(request.id, AdminErrorKind::kNotFound, no_tenant_text(key->tenant));
  }
  auto done = [&admin, id = request.id, name = tenant->name](KeyRow& row) {
    const KeyView view = key_view(name, row, admin.keystore().clock_skew_s());
    admin.answer(id, {.status = 201, .body = write_json([&](JsonWriter& json) { write_key(json, view); })});
  };
  admin.keystore().generate_key(request.actor, tenant->tenant, std::move(key->purpose),
                                admin.then<KeyRow>(request.id, done));
}

void list_keys(AdminService& admin, const AdminRequest& request) {
  const TenantKeys* tenant = admin.tenant_of(request);
  if (tenant == nullptr) return;
  auto body = write_json([&](JsonWriter& json) {
    json.begin_object();
    json.key("keys");
    json.begin_array();
    for (const auto& key : tenant->keys) {
      write_key(json, key_view(tenant->name, *key, admin.keystore().clock_skew_s()));
    }
    json.end_array();
    json.key("rules");
    json.begin_object();
    json.member_integer("lead_min_s", kKeyLeadMinS);
    json.member_integer("reload_s", kVerifierReloadS);
    json.member_integer("skew_s", admin.keystore().clock_skew_s());
    json.end_object();
    json.end_object();
  });
  admin.answer(request.id, {.status = 200, .body = std::move(body)});
}

void export_key_secret(AdminService& admin, const AdminRequest& request) {
  const TenantKeys* tenant = admin.tenant_of(request);
  if (tenant == nullptr) return;
  std::string_view kid = request.arguments[0];
  const SigningKey* key = valid_kid(kid) ? tenant->any_by_kid(kid) : nullptr;
  if (key == nullptr) {
    return admin.refuse(request.id, AdminErrorKind::kNotFound, fmt::format("there is no key \"{}\"", kid));
  }
  if (!is_symmetric(key->algorithm)) {
    return admin.refuse(request.id, AdminErrorKind::kInvalid,
                        "only HMAC keys are exported: the private half of this one never leaves");
  }
  auto done = [&admin, id = request.id, kid = key->kid, algorithm = key->algorithm, audience = key->audience,
               dialect = key->dialect](SecretBytes& secret) {
    std::string encoded = base64url_text(secret.expose());
    std::string body = write_json([&](JsonWriter& json) {
      json.begin_object();
      json.member("kid", kid);
      json.member("alg", jws_algorithm_name(algorithm));
      if (dialect.empty()) {
        json.member("audience", audience);
      } else {
        json.member("dialect", dialect);
      }
      json.member("k", encoded);
      json.end_object();
    });
    AdminAnswer answer{.status = 200, .body = std::move(body)};
    admin.answer(id, answer);
    wipe_text(encoded);
    wipe_text(answer.body);
  };
  admin.keystore().export_secret(request.actor, tenant->tenant, key->kid,
                                 admin.then<SecretBytes>(request.id, std::move(done)));
}

}  // namespace signet
