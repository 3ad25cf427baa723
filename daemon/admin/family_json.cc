#include "daemon/admin/family_json.h"

#include "protocol/base/time_text.h"

namespace signet {

std::string_view family_status(const Keystore& keystore, const RefreshFamily& family, UnixSeconds now) {
  const FamilyName name = family_name_of(family.id);
  const bool revoked = keystore.revocations().revoked({.of = CredentialKind::kFamily,
                                                       .tenant = family.tenant,
                                                       .family = name.text(),
                                                       .client_id = family.client_id,
                                                       .subject = family.subject,
                                                       .issued_ms = family.created_ms});
  if (revoked || family.status != FamilyStatus::kLive) return "revoked";
  return family.idle_expires_at <= now || family.absolute_expires_at <= now ? "expired" : "live";
}

void write_family(JsonWriter& json, const Keystore& keystore, const RefreshFamily& family, std::string_view tenant,
                  UnixSeconds now) {
  json.begin_object();
  json.member("tenant", tenant);
  json.member("id", family_name_of(family.id).text());
  json.member("client_id", family.client_id);
  json.member("subject", family.subject);
  json.member("scope", family.scope);
  json.key("audiences");
  json.begin_array();
  for (const std::string& audience : family.audiences) json.string(audience);
  json.end_array();
  json.key("cnf");
  family.cnf.empty() ? json.null() : json.raw(family.cnf);
  json.member("status", family_status(keystore, family, now));
  json.member_integer("sequence", family.rotation.sequence);
  json.member("created_at", rfc3339(family.created_ms / 1000));
  json.key("rotated_at");
  family.rotated_at == 0 ? json.null() : json.string(rfc3339(family.rotated_at));
  json.member("idle_expires_at", rfc3339(family.idle_expires_at));
  json.member("absolute_expires_at", rfc3339(family.absolute_expires_at));
  json.end_object();
}

}  // namespace signet
