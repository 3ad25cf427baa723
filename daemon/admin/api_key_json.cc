#include "daemon/admin/api_key_json.h"

#include "daemon/admin/api_key_fields.h"
#include "protocol/base/time_text.h"

namespace signet {
namespace {

std::string_view status_of(const Keystore& keystore, const ApiToken& token, UnixSeconds now) {
  const bool revoked = keystore.revocations().revoked({.of = CredentialKind::kApiToken,
                                                       .tenant = token.tenant,
                                                       .client_id = token.client_id,
                                                       .subject = token.subject,
                                                       .issued_ms = token.created_ms});
  if (revoked) return "revoked";
  if (token.expires_at != 0 && token.expires_at <= now) return "expired";
  return keystore.revocations().api_token_suspended(token.created_ms) ? "suspended" : "live";
}

void write_time(JsonWriter& json, std::string_view name, UnixSeconds time) {
  json.key_text(name);
  time == 0 ? json.null() : json.string(rfc3339(time));
}

}  // namespace

void write_api_key(JsonWriter& json, const Keystore& keystore, const ApiToken& token, std::string_view tenant,
                   UnixSeconds now, std::string_view key) {
  json.begin_object();
  json.member("tenant", tenant);
  json.member("id", family_name_of(token.id).text());
  json.member("kind", api_key_kind_name(token.kind));
  json.member("name", token.name);
  json.member("client_id", token.client_id);
  json.member("subject", token.subject);
  json.member("scope", token.scope);
  json.key("audiences");
  json.begin_array();
  for (const std::string& audience : token.audiences) json.string(audience);
  json.end_array();
  json.member("status", status_of(keystore, token, now));
  write_time(json, "created_at", token.created_ms / 1000);
  write_time(json, "expires_at", token.expires_at);
  write_time(json, "last_used", UnixSeconds{token.last_used_minute} * 60);
  if (!key.empty()) json.member("key", key);
  json.end_object();
}

}  // namespace signet
