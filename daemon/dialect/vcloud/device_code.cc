// grant_type=device_code (RFC 8628 section 3.4): once it is granted, the account's first token, and with it the family.
#include <memory>

#include "daemon/dialect/dialect_service.h"
#include "daemon/dialect/record_errands.h"
#include "daemon/dialect/vcloud/account.h"
#include "daemon/dialect/vcloud/device.h"
#include "daemon/dialect/vcloud/grants.h"
#include "daemon/dialect/vcloud/names.h"
#include "daemon/dialect/vcloud/poll_times.h"
#include "daemon/dialect/vcloud/session.h"
#include "daemon/endpoint/issuance_policy.h"
#include "daemon/endpoint/refresh_successor.h"
#include "protocol/base/secret_bytes.h"

namespace signet {
namespace {

constexpr DialectRecordKind kKind = DialectRecordKind::kVcloudDevice;

// What is on its way from a device code to a token.
struct Activation {
  std::string device_id;
  VcloudDevice device;
  uint64_t device_revision = 0;
  VcloudAccount account;
  uint64_t account_revision = 0;
  RefreshToken first;  // of the family
  ~Activation() { wipe(first.secret); }
};
using ActivationPtr = std::shared_ptr<Activation>;

void give_up(WorkerScope& scope, uint32_t tenant, const Activation& one) {
  scope.keystore.store().revoke_family({.via = "vcloud"}, tenant, one.first.family, one.account.id, [](auto) {});
}

void answer(DialectCall& call, const Activation& one) {
  const ClientRecord* client = call.scope.keystore.clients().find(call.tenant_number(), one.account.id);
  const RefreshKeys* keys = call.scope.keystore.family_keys().refresh_keys(one.first.key_version);
  if (client == nullptr || client->disabled() || keys == nullptr) return call.refuse(DialectCondition::kInvalidGrant);
  RefreshTokenText text;
  write_refresh_token(*keys, one.first, text.characters.data());
  call.service.issuer().issue(call, {.client = *client, .family = &one.first.family, .refresh_token = text.text()});
}

// The code is used up and the account active in one commit; a second poll at the same time finds that it came late.
void activate(DialectCall& call, const ActivationPtr& one) {
  const uint32_t tenant = call.tenant_number();
  VcloudAccount active = one->account;
  active.status = VcloudAccountStatus::kActive;
  active.device.clear();
  active.family = one->first.family;
  auto changes = erase_device(tenant, one->device_id, one->device, DialectRecordState::at(one->device_revision));
  changes.push_back(put_account(tenant, active, DialectRecordState::at(one->account_revision)));
  change_records(
      call, vcloud_actor(one->account.id), std::move(changes),
      {.what = "vcloud.account.activate", .subject = one->account.id},
      [one](DialectCall& later, bool made) {
        if (made) return answer(later, *one);
        give_up(later.scope, later.tenant_number(), *one);
        later.refuse(DialectCondition::kInvalidGrant);
      },
      [one, tenant](WorkerScope& scope) { give_up(scope, tenant, *one); });
}

void create_family(DialectCall& call, const ActivationPtr& one) {
  RefreshFamily family =
      new_family(call.scope.keystore.family_keys(), call.scope.shared.settings.load(), call.scope.clock(), one->first);
  family.tenant = call.tenant_number();
  family.client_id = family.subject = one->account.id;
  family.scope = one->account.role;
  family.audiences = {std::string(kVcloudAudience)};
  const uint32_t tenant = family.tenant;
  call.scope.keystore.store().create_family(
      vcloud_actor(one->account.id), std::move(family),
      errand<RefreshFamily>(
          call,
          [one](DialectCall& later, std::expected<RefreshFamily, StoreError> made) {
            if (made) return activate(later, one);
            refuse_failed(later, made.error(), DialectCondition::kInvalidGrant);
          },
          [one, tenant](WorkerScope& scope, const std::expected<RefreshFamily, StoreError>& made) {
            if (made) give_up(scope, tenant, *one);
          }));
}

// The account's client, which has no secret: all that it can do is refresh.
void add_client(DialectCall& call, const ActivationPtr& one) {
  Client client{.tenant = call.tenant_number(),
                .client_id = one->account.id,
                .grants = kGrantRefreshToken,
                .scope = one->account.role,
                .created_at = call.scope.clock() / 1000};
  call.scope.keystore.store().add_client(
      vcloud_actor(one->account.id), std::move(client),
      errand<Client>(call, [one](DialectCall& later, std::expected<Client, StoreError> added) {
        // One that is there already is this account's, of an earlier time or of a poll at the same time.
        if (added || added.error().kind == StoreErrorKind::kConflict) return create_family(later, one);
        refuse_failed(later, added.error(), DialectCondition::kInvalidGrant);
      }));
}

void granted(DialectCall& call, const ActivationPtr& one) {
  find_account(call, one->device.account, [one](DialectCall& later, std::optional<FoundAccount> found) {
    if (!found || found->account.status != VcloudAccountStatus::kGranted || found->account.device != one->device_id) {
      return later.refuse(DialectCondition::kInvalidGrant);
    }
    one->account = std::move(found->account);
    one->account_revision = found->revision;
    const bool known = later.scope.keystore.clients().find(later.tenant_number(), one->account.id) != nullptr;
    return known ? create_family(later, one) : add_client(later, one);
  });
}

void judge(DialectCall& call, const ActivationPtr& one, const std::string& client_id) {
  if (one->device.account != client_id) return call.refuse(DialectCondition::kInvalidGrant);
  if (one->device.status == VcloudDeviceStatus::kDenied) return call.refuse(DialectCondition::kAccessDenied);
  if (one->device.expires_at <= call.scope.clock() / 1000) return call.refuse(DialectCondition::kExpiredToken);
  if (one->device.status == VcloudDeviceStatus::kGranted) return granted(call, one);
  const bool fast = call.service.state<PollTimes>().too_fast(one->device_id, call.arrived_ns, kDevicePollS);
  call.refuse(fast ? DialectCondition::kSlowDown : DialectCondition::kAuthorizationPending);
}

}  // namespace

void vcloud_device_code(DialectCall& call) {
  const std::string_view code = call.parameters.form("device_code");
  const std::string_view asked = call.parameters.form("client_id");
  if (code.empty() || asked.empty()) return call.refuse(DialectCondition::kMalformedRequest);
  if (!vcloud_admitted(call)) return;
  const auto client_id = read_uuid(asked);
  if (!client_id) return call.refuse(DialectCondition::kInvalidGrant);
  auto one = std::make_shared<Activation>();
  one->device_id = device_record_id(code);
  get_record(call, kKind, one->device_id,
             [one, client_id = *client_id](DialectCall& later, std::optional<DialectRecord> record) {
               auto device = record ? read_device(record->value) : std::nullopt;
               if (!device) return later.refuse(DialectCondition::kInvalidGrant);
               one->device = *std::move(device);
               one->device_revision = record->revision;
               judge(later, one, client_id);
             });
}

}  // namespace signet
