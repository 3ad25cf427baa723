// A service account asks for access (RFC 8628 section 3.1), and an administrator grants it.
#include "daemon/dialect/json_text.h"
#include "daemon/dialect/record_errands.h"
#include "daemon/dialect/vcloud/account.h"
#include "daemon/dialect/vcloud/device.h"
#include "daemon/dialect/vcloud/handlers.h"
#include "daemon/dialect/vcloud/names.h"
#include "daemon/dialect/vcloud/session.h"

namespace signet {
namespace {

constexpr DialectRecordKind kDeviceKind = DialectRecordKind::kVcloudDevice;

std::string authorization_json(const TenantKeys& tenant, std::string_view device_code, const VcloudDevice& device) {
  return json_text(device_code.size() + tenant.issuer.size(), 512, [&](JsonWriter& json) {
    json.begin_object();
    json.member("device_code", device_code);
    json.member("user_code", device.user_code);
    // No page is served: it says where the code is granted.
    json.member("verification_uri", tenant.issuer + "/cloudapi/1.0.0/deviceLookup/grant");
    json.member_integer("expires_in", kDeviceCodeLifeS);
    json.member_integer("interval", kDevicePollS);
    json.end_object();
  });
}

// Another request of the same account takes the place of one that nobody has granted yet.
void request_access(DialectCall& call, FoundAccount found) {
  VcloudAccount& account = found.account;
  const uint32_t tenant = call.tenant_number();
  const std::string code = new_device_code();
  const std::string id = device_record_id(code);
  VcloudDevice device{
      .account = account.id, .user_code = new_user_code(), .expires_at = call.scope.clock() / 1000 + kDeviceCodeLifeS};
  std::vector<DialectRecordChange> changes = put_device(tenant, id, device, DialectRecordState::absent());
  if (!account.device.empty()) changes.push_back({.tenant = tenant, .kind = kDeviceKind, .id = account.device});
  account.status = VcloudAccountStatus::kRequested;
  account.device = id;
  changes.push_back(put_account(tenant, account, DialectRecordState::at(found.revision)));
  change_records(call, vcloud_actor(account.id), std::move(changes),
                 {.what = "vcloud.account.request", .subject = account.id},
                 [code, device](DialectCall& later, bool made) {
                   if (!made || later.tenant == nullptr) return later.refuse(DialectCondition::kConflict);
                   later.answer(200, authorization_json(*later.tenant, code, device));
                 });
}

struct FoundDevice {
  VcloudDevice device;
  std::string record_id;
  uint64_t revision = 0;
};

void grant(DialectCall& call, const std::string& by, FoundDevice found) {
  const std::string account_id = found.device.account;
  find_account(call, account_id,
               [by, found = std::move(found)](DialectCall& later, std::optional<FoundAccount> account) mutable {
                 if (!account || account->account.status != VcloudAccountStatus::kRequested ||
                     account->account.device != found.record_id) {
                   return later.refuse(DialectCondition::kMalformedRequest);
                 }
                 const uint32_t tenant = later.tenant_number();
                 found.device.status = VcloudDeviceStatus::kGranted;
                 account->account.status = VcloudAccountStatus::kGranted;
                 auto changes =
                     put_device(tenant, found.record_id, found.device, DialectRecordState::at(found.revision));
                 changes.push_back(put_account(tenant, account->account, DialectRecordState::at(account->revision)));
                 change_records(later, vcloud_actor(by), std::move(changes),
                                {.what = "vcloud.account.grant", .subject = account->account.id}, answer_change);
               });
}

}  // namespace

void vcloud_device_authorization(DialectCall& call) {
  const std::string_view asked = call.parameters.form("client_id");
  if (asked.empty() || call.parameters.repeated()) return call.refuse(DialectCondition::kMalformedRequest);
  if (!vcloud_admitted(call)) return;
  const auto id = read_uuid(asked);
  if (!id) return call.refuse(DialectCondition::kUnauthorizedClient);
  find_account(call, *id, [](DialectCall& later, std::optional<FoundAccount> found) {
    // Anybody may ask: what has been granted can only be taken back by an administrator.
    if (!found || found->account.status > VcloudAccountStatus::kRequested) {
      return later.refuse(DialectCondition::kUnauthorizedClient);
    }
    request_access(later, *std::move(found));
  });
}

void vcloud_device_grant(DialectCall& call) {
  const auto user = vcloud_administrator(call);
  if (!user) return;
  const std::string* code = call.parameters.has_json() ? call.parameters.json_value().find_string("userCode") : nullptr;
  const std::string pointer = code == nullptr ? std::string() : user_code_record_id(*code);
  if (pointer.empty()) return call.refuse(DialectCondition::kMalformedRequest);
  const std::string by(user->client->client_id());
  get_record(call, kDeviceKind, pointer, [by](DialectCall& later, std::optional<DialectRecord> found) {
    if (!found) return later.refuse(DialectCondition::kMalformedRequest);
    const std::string id = found->value;
    get_record(later, kDeviceKind, id, [by, id](DialectCall& last, std::optional<DialectRecord> record) {
      auto device = record ? read_device(record->value) : std::nullopt;
      if (!device || device->expires_at <= last.scope.clock() / 1000) {
        return last.refuse(DialectCondition::kMalformedRequest);
      }
      grant(last, by, {*std::move(device), id, record->revision});
    });
  });
}

}  // namespace signet
