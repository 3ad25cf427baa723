#include "daemon/dialect/vcloud/registration.h"

#include "daemon/dialect/json_text.h"
#include "daemon/dialect/record_errands.h"
#include "daemon/dialect/template_values.h"
#include "daemon/dialect/vcloud/names.h"
#include "protocol/json/reader.h"
#include "protocol/oauth/refresh_token.h"

namespace signet {
namespace {

constexpr DialectRecordKind kKind = DialectRecordKind::kVcloudRegistration;

}  // namespace

std::string registrations_prefix(std::string_view owner) {
  return owner.empty() ? std::string("n/") : "n/" + digest_name({owner}) + "/";
}

std::string registration_record_id(std::string_view owner, std::string_view name) {
  return registrations_prefix(owner) + digest_name({name});
}

std::string registration_pointer_id(std::string_view id) { return "t/" + std::string(id); }

std::string registration_json(const VcloudRegistration& one) {
  return json_text(one.name.size() + one.owner.size(), 256, [&](JsonWriter& json) {
    json.begin_object();
    json.member("id", one.id);
    json.member("name", one.name);
    json.member("owner", one.owner);
    json.member_integer("created_ms", one.created_ms);
    if (one.token) json.member("token", family_name_of(*one.token).text());
    json.end_object();
  });
}

std::optional<VcloudRegistration> read_registration(std::string_view text) {
  const auto json = read_json(text);
  if (!json) return std::nullopt;
  const std::string* id = json->find_string("id");
  const std::string* name = json->find_string("name");
  const std::string* owner = json->find_string("owner");
  const JsonValue* created = json->find("created_ms");
  if (id == nullptr || name == nullptr || owner == nullptr || created == nullptr) return std::nullopt;
  VcloudRegistration one{.id = *id, .name = *name, .owner = *owner, .created_ms = created->as_integer().value_or(0)};
  if (const std::string* token = json->find_string("token")) one.token = family_named(*token);
  return one;
}

void find_registration(DialectCall& call, std::string_view id,
                       std::function<void(DialectCall&, std::optional<FoundRegistration>)> then) {
  get_record(call, kKind, registration_pointer_id(id),
             [id = std::string(id), then = std::move(then)](DialectCall& later, std::optional<DialectRecord> pointer) {
               if (!pointer) return then(later, std::nullopt);
               get_record(later, kKind, pointer->value,
                          [id, then](DialectCall& last, std::optional<DialectRecord> record) {
                            auto read = record ? read_registration(record->value) : std::nullopt;
                            // The name may be another registration's by now.
                            if (!read || read->id != id) return then(last, std::nullopt);
                            then(last, FoundRegistration{*std::move(read), record->revision});
                          });
             });
}

std::vector<DialectRecordChange> put_registration(uint32_t tenant, const VcloudRegistration& one,
                                                  DialectRecordState expected, UnixSeconds expires_at) {
  return with_pointer({.tenant = tenant,
                       .kind = kKind,
                       .id = registration_record_id(one.owner, one.name),
                       .value = registration_json(one),
                       .expires_at = expires_at,
                       .expected = expected},
                      registration_pointer_id(one.id));
}

std::vector<DialectRecordChange> erase_registration(uint32_t tenant, const VcloudRegistration& one,
                                                    DialectRecordState expected) {
  return erasures_of(put_registration(tenant, one, expected, 0));
}

std::string token_object(const Dialect& dialect, const TenantKeys& tenant, const VcloudRegistration& one) {
  const std::string_view org = tenant_label(dialect, tenant);
  return json_text(one.name.size() + one.owner.size() + org.size(), 512, [&](JsonWriter& json) {
    json.begin_object();
    json.member("id", std::string(kTokenUrn) + one.id);
    json.member("name", one.name);
    write_reference(json, "owner", one.owner, user_urn(tenant, one.owner));
    write_reference(json, "org", org, org_urn(tenant));
    json.member("type", "REFRESH");
    json.key("expirationTimeUtc");  // they do not expire
    json.null();
    json.member_boolean("requireRotation", false);
    json.end_object();
  });
}

}  // namespace signet
