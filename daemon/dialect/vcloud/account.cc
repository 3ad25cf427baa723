#include "daemon/dialect/vcloud/account.h"

#include <algorithm>
#include <array>

#include "daemon/dialect/json_text.h"
#include "daemon/dialect/record_errands.h"
#include "daemon/dialect/template_values.h"
#include "daemon/dialect/vcloud/names.h"
#include "protocol/json/reader.h"
#include "protocol/oauth/percent_decode.h"

namespace signet {
namespace {

constexpr DialectRecordKind kKind = DialectRecordKind::kVcloudServiceAccount;
constexpr std::array<std::string_view, 4> kStatusNames{"CREATED", "REQUESTED", "GRANTED", "ACTIVE"};

size_t texts_of(const VcloudAccount& one) {
  return one.name.size() + one.software_id.size() + one.software_version.size() + one.uri.size() + one.role.size() +
         one.owner.size();
}

// "urn:vcloud:role:System%20Administrator" is called "System Administrator".
std::string role_name(std::string_view urn) {
  std::string name(urn.substr(urn.rfind(':') + 1));
  const auto decoded = percent_decode(std::span<char>(name));
  return decoded ? std::string(*decoded) : std::string(urn);
}

}  // namespace

std::string_view account_status_name(VcloudAccountStatus status) { return kStatusNames[static_cast<size_t>(status)]; }

std::string account_record_id(std::string_view id) { return std::string(kAccountsPrefix) + std::string(id); }

std::string account_name_id(std::string_view name) { return "n/" + digest_name({name}); }

std::string account_json(const VcloudAccount& one) {
  return json_text(texts_of(one), 512, [&](JsonWriter& json) {
    json.begin_object();
    json.member("id", one.id);
    json.member("name", one.name);
    json.member("software_id", one.software_id);
    json.member("software_version", one.software_version);
    json.member("uri", one.uri);
    json.member("role", one.role);
    json.member("owner", one.owner);
    json.member("status", account_status_name(one.status));
    if (!one.device.empty()) json.member("device", one.device);
    if (one.family) json.member("family", family_name_of(*one.family).text());
    json.end_object();
  });
}

std::optional<VcloudAccount> read_account(std::string_view text) {
  const auto json = read_json(text);
  if (!json) return std::nullopt;
  VcloudAccount one;
  const auto take = [&](std::string_view name, std::string& to) {
    const std::string* value = json->find_string(name);
    if (value != nullptr) to = *value;
    return value != nullptr;
  };
  std::string status;
  std::string family;
  const bool whole = take("id", one.id) && take("name", one.name) && take("software_id", one.software_id) &&
                     take("software_version", one.software_version) && take("uri", one.uri) && take("role", one.role) &&
                     take("owner", one.owner) && take("status", status);
  const auto known = std::ranges::find(kStatusNames, status);
  if (!whole || known == kStatusNames.end()) return std::nullopt;
  one.status = static_cast<VcloudAccountStatus>(known - kStatusNames.begin());
  take("device", one.device);
  if (take("family", family)) one.family = family_named(family);
  return one;
}

void find_account(DialectCall& call, std::string_view id,
                  std::function<void(DialectCall&, std::optional<FoundAccount>)> then) {
  get_record(call, kKind, account_record_id(id),
             [then = std::move(then)](DialectCall& later, std::optional<DialectRecord> record) {
               auto read = record ? read_account(record->value) : std::nullopt;
               if (!read) return then(later, std::nullopt);
               then(later, FoundAccount{*std::move(read), record->revision});
             });
}

DialectRecordChange put_account(uint32_t tenant, const VcloudAccount& account, DialectRecordState expected) {
  return {.tenant = tenant,
          .kind = kKind,
          .id = account_record_id(account.id),
          .value = account_json(account),
          .expected = expected};
}

DialectRecordChange put_account_name(uint32_t tenant, const VcloudAccount& account) {
  return {.tenant = tenant,
          .kind = kKind,
          .id = account_name_id(account.name),
          .value = account.id,
          .expected = DialectRecordState::absent()};
}

std::string account_object(const Dialect& dialect, const TenantKeys& tenant, const VcloudAccount& one) {
  const std::string_view org = tenant_label(dialect, tenant);
  return json_text(2 * texts_of(one) + org.size(), 768, [&](JsonWriter& json) {
    json.begin_object();
    json.member("id", std::string(kServiceAccountUrn) + one.id);
    json.member("name", one.name);
    json.member("softwareId", one.software_id);
    json.member("softwareVersion", one.software_version);
    if (!one.role.empty()) write_reference(json, "role", role_name(one.role), one.role);
    json.member("uri", one.uri);
    write_reference(json, "org", org, org_urn(tenant));
    json.member("status", account_status_name(one.status));
    json.end_object();
  });
}

}  // namespace signet
