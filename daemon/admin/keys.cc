// Keys: add, list, export of an HMAC secret.
#include <fmt/format.h>

#include "daemon/admin/routes.h"
#include "protocol/base/base64url.h"
#include "protocol/base/secret_bytes.h"
#include "protocol/base/time_text.h"
#include "protocol/oauth/token_request.h"

namespace signet {
namespace {

struct KeyRequest {
  std::string tenant;
  KeyPurpose purpose;
};

std::string read_member(const JsonMember& member, KeyRequest& key) {
  const std::string* text = member.value.as_string();
  if (member.name == "tenant") {
    if (text == nullptr) return "tenant: expected the name of a tenant";
    key.tenant = *text;
  } else if (member.name == "alg") {
    auto algorithm = text == nullptr ? std::nullopt : parse_jws_algorithm(*text);
    if (!algorithm) return "alg: expected EdDSA, Ed25519, ES256, PS256, RS256, HS256, HS384 or HS512";
    key.purpose.algorithm = *algorithm;
  } else if (member.name == "audience") {
    if (text == nullptr || !valid_resource_uri(*text)) return "audience: expected an absolute URI without fragment";
    key.purpose.audience = *text;
  } else if (member.name == "dialect") {
    if (text == nullptr || !valid_dialect_name(*text)) return "dialect: expected 1 to 32 of a-z0-9-, a letter first";
    key.purpose.dialect = *text;
  } else if (member.name == "bits") {
    auto bits = member.value.as_integer();
    if (!bits || (*bits != 2048 && *bits != 3072 && *bits != 4096)) return "bits: expected 2048, 3072 or 4096";
    key.purpose.bits = static_cast<int>(*bits);
  } else {
    return fmt::format("unknown member \"{}\"", member.name);
  }
  return {};
}

std::expected<KeyRequest, std::string> read_key_request(const JsonValue& body) {
  KeyRequest key;
  for (const JsonMember& member : *body.as_object()) {
    if (std::string error = read_member(member, key); !error.empty()) return std::unexpected(std::move(error));
  }
  if (body.find("alg") == nullptr) return std::unexpected("alg is required");
  const KeyPurpose& purpose = key.purpose;
  if (!purpose.dialect.empty() && !purpose.audience.empty()) {
    return std::unexpected("audience: a dialect's key belongs to no audience");
  }
  if (is_symmetric(purpose.algorithm) && purpose.audience.empty() && purpose.dialect.empty()) {
    return std::unexpected("audience: an HMAC key belongs to one audience, which must be named");
  }
  if (!is_symmetric(purpose.algorithm) && !purpose.audience.empty()) {
    return std::unexpected("audience: only HMAC keys belong to an audience");
  }
  if (!is_rsa(purpose.algorithm) && purpose.bits != 0) {
    return std::unexpected("bits: only RSA keys have a size to choose");
  }
  return key;
}

struct KeyView {
  std::string_view tenant, kid, audience, dialect;
  JwsAlgorithm algorithm;
  KeyStatus status;
  int bits;
  UnixSeconds created_at, activated_at;
};

void write_key(JsonWriter& json, const KeyView& key) {
  json.begin_object();
  json.member("tenant", key.tenant);
  json.member("kid", key.kid);
  json.member("alg", jws_algorithm_name(key.algorithm));
  json.member("status", key_status_name(key.status));
  json.member("audience", key.audience);
  json.member("dialect", key.dialect);
  json.member_integer("bits", key.bits);
  json.member("created_at", rfc3339(key.created_at));
  json.key("activated_at");
  key.activated_at == 0 ? json.null() : json.string(rfc3339(key.activated_at));
  json.end_object();
}

}  // namespace

void add_key(AdminService& admin, const AdminRequest& request) {
  auto key = read_key_request(request.body);
  if (!key) return admin.refuse(request.id, AdminErrorKind::kInvalid, key.error());
  const TenantKeys* tenant = admin.tenant_named(key->tenant);
  if (tenant == nullptr) {
    return admin.refuse(request.id, AdminErrorKind::kNotFound, fmt::format("there is no tenant \"{}\"", key->tenant));
  }
  auto done = [&admin, id = request.id, name = tenant->name](KeyRow& row) {
    KeyView view{name,       row.kid,  row.audience,   row.dialect,     row.algorithm,
                 row.status, row.bits, row.created_at, row.activated_at};
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
      write_key(json, {tenant->name, key->kid, key->audience, key->dialect, key->algorithm, key->status, key->bits,
                       key->created_at, key->activated_at});
    }
    json.end_array();
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
    std::string encoded(base64url_encoded_size(secret.size()), 0);
    base64url_encode(secret.expose(), encoded.data());
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
