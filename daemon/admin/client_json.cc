#include "daemon/admin/client_json.h"

#include "daemon/admin/answer.h"
#include "protocol/base/time_text.h"

namespace signet {
namespace {

void write_strings(JsonWriter& json, const std::vector<std::string>& values) {
  json.begin_array();
  for (const std::string& value : values) json.string(value);
  json.end_array();
}

void write_grants(JsonWriter& json, uint32_t grants) {
  json.begin_array();
  if ((grants & kGrantClientCredentials) != 0) json.string("client_credentials");
  if ((grants & kGrantRefreshToken) != 0) json.string("refresh_token");
  json.end_array();
}

// Last use belongs to the secret with the same hash: the record may be of another revision than `client`.
uint32_t last_used_minute(const ClientRecord* record, const ClientSecret& secret) {
  for (size_t i = 0; record != nullptr && i < record->secret_count(); ++i) {
    if (record->secret(i).hash == secret.hash) return record->last_used_minute(i);
  }
  return 0;
}

void write_secrets(JsonWriter& json, const Client& client, const ClientRecord* record) {
  json.begin_array();
  for (const ClientSecret& secret : client.secrets) {
    json.begin_object();
    json.member("created_at", rfc3339(secret.created_at));
    json.key("last_used");
    uint32_t minute = last_used_minute(record, secret);
    if (minute == 0) {
      json.null();
    } else {
      json.string(rfc3339(UnixSeconds{minute} * 60));
    }
    json.end_object();
  }
  json.end_array();
}

}  // namespace

void write_client(JsonWriter& json, const Client& client, std::string_view tenant, const ClientRecord* record,
                  std::string_view client_secret) {
  auto flag = [&](uint32_t bit) { return (client.flags & bit) != 0; };
  json.begin_object();
  json.member("tenant", tenant);
  json.member("client_id", client.client_id);
  json.key("grants");
  write_grants(json, client.grants);
  json.member("scope", client.scope);
  json.key("audiences");
  write_strings(json, client.audiences);
  json.key("introspect");
  write_strings(json, flag(kClientIntrospectAll) ? std::vector<std::string>{"*"} : client.introspect);
  json.member("alg", jws_algorithm_name(client.algorithm));
  json.member_integer("ttl", client.ttl_s);
  json.member_boolean("enabled", !flag(kClientDisabled));
  json.member_boolean("feed", flag(kClientFeed));
  json.member_boolean("refresh_with_credentials", flag(kClientRefreshWithCredentials));
  json.key("secrets");
  write_secrets(json, client, record);
  json.member_boolean("password", client.password.has_value());
  json.member("created_at", rfc3339(client.created_at));
  json.key("revision");
  json.unsigned_integer(client.revision);
  if (!client_secret.empty()) json.member("client_secret", client_secret);
  json.end_object();
}

std::string client_json(Keystore& keystore, const Client& client, std::string_view client_secret) {
  const ClientRecord* record = keystore.clients().find(client.tenant, client.client_id);
  std::string tenant = tenant_name(keystore, client.tenant);
  return write_json([&](JsonWriter& json) { write_client(json, client, tenant, record, client_secret); });
}

std::string tenant_name(const Keystore& keystore, uint32_t tenant) {
  const TenantKeys* keys = keystore.keys().tenant(tenant);
  return keys == nullptr ? std::string() : keys->name;
}

}  // namespace signet
