// Registration: of an API token for its user, or, where the request names a software_id, of a service account.
#include "daemon/dialect/json_text.h"
#include "daemon/dialect/record_errands.h"
#include "daemon/dialect/vcloud/account.h"
#include "daemon/dialect/vcloud/handlers.h"
#include "daemon/dialect/vcloud/names.h"
#include "daemon/dialect/vcloud/registration.h"
#include "daemon/dialect/vcloud/session.h"
#include "protocol/oauth/scope.h"

namespace signet {
namespace {

// What the answer of a registration says (RFC 7591 3.2.1); clients read client_id and echo the rest.
struct Registered {
  std::string id, name;
  std::string software_id, software_version, uri, scope;  // empty = not there
};

std::string registered_json(const Registered& one) {
  const size_t texts =
      one.name.size() + one.software_id.size() + one.software_version.size() + one.uri.size() + one.scope.size();
  return json_text(texts, 512, [&](JsonWriter& json) {
    json.begin_object();
    json.member("client_name", one.name);
    json.member("client_id", one.id);
    json.key("grant_types");
    json.begin_array();
    json.string(one.software_id.empty() ? "urn:ietf:params:oauth:grant-type:jwt-bearer"
                                        : "urn:ietf:params:oauth:grant-type:device_code");
    json.string("refresh_token");
    json.end_array();
    json.member("token_endpoint_auth_method", "none");
    if (!one.uri.empty()) json.member("client_uri", one.uri);
    if (!one.software_id.empty()) json.member("software_id", one.software_id);
    if (!one.software_version.empty()) json.member("software_version", one.software_version);
    if (!one.scope.empty()) json.member("scope", one.scope);
    json.end_object();
  });
}

void register_records(DialectCall& call, const VcloudUser& user, std::vector<DialectRecordChange> changes,
                      std::string_view what, Registered registered) {
  DialectAudit audit{.what = std::string(what), .subject = registered.id};
  change_records(call, vcloud_actor(user.client->client_id()), std::move(changes), std::move(audit),
                 [registered = std::move(registered)](DialectCall& later, bool made) {
                   if (!made) return later.refuse(DialectCondition::kConflict);
                   later.answer(200, registered_json(registered));
                 });
}

void register_token(DialectCall& call, const VcloudUser& user, std::string name) {
  const UnixMs now = call.scope.clock();
  VcloudRegistration one{.id = new_uuid(),
                         .name = std::move(name),
                         .owner = std::string(user.client->client_id()),
                         .created_ms = now,
                         .token = std::nullopt};
  register_records(
      call, user,
      put_registration(call.tenant_number(), one, DialectRecordState::absent(), now / 1000 + kRegistrationLifeS),
      "vcloud.token.register", {.id = one.id, .name = one.name});
}

// A text at the top of the body; false when it is something else.
bool read_text(const JsonValue& body, std::string_view name, std::string& out) {
  const JsonValue* value = body.find(name);
  if (value == nullptr || value->is_null()) return true;
  const std::string* text = value->as_string();
  if (text == nullptr || !plain_vcloud_text(*text, kVcloudTextMax)) return false;
  out = *text;
  return true;
}

void register_account(DialectCall& call, const VcloudUser& user, std::string name, const JsonValue& body) {
  VcloudAccount one{.id = new_uuid(), .name = std::move(name), .owner = std::string(user.client->client_id())};
  const bool good = read_text(body, "software_id", one.software_id) &&
                    read_text(body, "software_version", one.software_version) &&
                    read_text(body, "client_uri", one.uri) && read_text(body, "scope", one.role);
  // A role with a space is written with %20, so that it is one scope token.
  if (!good || !read_uuid(one.software_id) || (!one.role.empty() && !valid_scope(one.role))) {
    return call.refuse(DialectCondition::kMalformedRequest);
  }
  if (!user.administrator) return call.refuse(DialectCondition::kForbidden);
  const uint32_t tenant = call.tenant_number();
  std::vector<DialectRecordChange> changes;
  changes.push_back(put_account(tenant, one, DialectRecordState::absent()));
  changes.push_back(put_account_name(tenant, one));
  register_records(call, user, std::move(changes), "vcloud.account.register",
                   {.id = one.id,
                    .name = one.name,
                    .software_id = one.software_id,
                    .software_version = one.software_version,
                    .uri = one.uri,
                    .scope = one.role});
}

}  // namespace

void vcloud_register(DialectCall& call) {
  const auto user = vcloud_user(call);
  if (!user) return;
  if (!call.parameters.has_json()) return call.refuse(DialectCondition::kMalformedRequest);
  const JsonValue& body = call.parameters.json_value();
  const std::string* name = body.find_string("client_name");
  if (name == nullptr || !valid_vcloud_name(*name)) return call.refuse(DialectCondition::kMalformedRequest);
  const JsonValue* software = body.find("software_id");
  if (software == nullptr || software->is_null()) return register_token(call, *user, *name);
  register_account(call, *user, *name, body);
}

}  // namespace signet
