// Service accounts: list, show, update, revoke, delete. Administrators only.
#include <functional>
#include <memory>
#include <utility>

#include "daemon/dialect/dialect_service.h"
#include "daemon/dialect/record_errands.h"
#include "daemon/dialect/vcloud/account.h"
#include "daemon/dialect/vcloud/device.h"
#include "daemon/dialect/vcloud/handlers.h"
#include "daemon/dialect/vcloud/listing.h"
#include "daemon/dialect/vcloud/names.h"
#include "daemon/dialect/vcloud/session.h"

namespace signet {
namespace {

constexpr DialectRecordKind kKind = DialectRecordKind::kVcloudServiceAccount;

bool matches(const FiqlFilter& filter, const VcloudAccount& one) {
  const std::string id = std::string(kServiceAccountUrn) + one.id;
  return filter.matches([&](std::string_view name) -> std::optional<std::string_view> {
    if (name == "name") return one.name;
    if (name == "status") return account_status_name(one.status);
    if (name == "softwareId") return one.software_id;
    if (name == "id") return id;
    return std::nullopt;
  });
}

void list(DialectCall& call, const ListQuery& query, const std::vector<DialectRecord>& records) {
  if (call.tenant == nullptr) return call.refuse(DialectCondition::kForbidden);
  std::vector<VcloudAccount> found;
  std::vector<std::string> names;
  for (const DialectRecord& record : records) {
    auto one = read_account(record.value);
    if (!one || !matches(query.filter, *one)) continue;
    names.push_back(one->name);
    found.push_back(*std::move(one));
  }
  call.answer(200,
              list_json(query, names, [&](size_t i) { return account_object(call.dialect, *call.tenant, found[i]); }));
}

// The account that the path names, for an administrator.
void with_account(DialectCall& call, std::function<void(DialectCall&, FoundAccount, std::string user)> then) {
  const auto user = vcloud_administrator(call);
  if (!user) return;
  const auto id = uuid_of_urn(call.capture("urn"), kServiceAccountUrn);
  if (!id) return call.refuse(DialectCondition::kForbidden);
  find_account(call, *id,
               [name = std::string(user->client->client_id()), then = std::move(then)](
                   DialectCall& later, std::optional<FoundAccount> found) {
                 if (!found || later.tenant == nullptr) return later.refuse(DialectCondition::kForbidden);
                 then(later, *std::move(found), name);
               });
}

// Back to the beginning. Who still polls with a device code hears that access is denied.
void set_created(DialectCall& call, FoundAccount found, const std::string& user) {
  VcloudAccount& account = found.account;
  const uint32_t tenant = call.tenant_number();
  const std::string device = std::exchange(account.device, {});
  account.status = VcloudAccountStatus::kCreated;
  account.family.reset();
  std::vector<DialectRecordChange> changes;
  changes.push_back(put_account(tenant, account, DialectRecordState::at(found.revision)));
  const auto change = [user, id = account.id](DialectCall& to, std::vector<DialectRecordChange> all) {
    change_records(to, vcloud_actor(user), std::move(all), {.what = "vcloud.account.revoke", .subject = id},
                   answer_change);
  };
  if (device.empty()) return change(call, std::move(changes));
  get_record(call, DialectRecordKind::kVcloudDevice, device,
             [device, tenant, changes = std::move(changes), change](DialectCall& later,
                                                                    std::optional<DialectRecord> record) mutable {
               if (auto read = record ? read_device(record->value) : std::nullopt) {
                 read->status = VcloudDeviceStatus::kDenied;
                 for (auto& one : put_device(tenant, device, *read, DialectRecordState::at(record->revision))) {
                   changes.push_back(std::move(one));
                 }
               }
               change(later, std::move(changes));
             });
}

void erase(DialectCall& call, const FoundAccount& found, const std::string& user) {
  const uint32_t tenant = call.tenant_number();
  std::vector<DialectRecordChange> changes;
  changes.push_back(put_account(tenant, found.account, DialectRecordState::at(found.revision)));
  changes.push_back(put_account_name(tenant, found.account));
  changes.back().expected = DialectRecordState::any();
  changes = erasures_of(std::move(changes));
  if (!found.account.device.empty()) {
    changes.push_back({.tenant = tenant, .kind = DialectRecordKind::kVcloudDevice, .id = found.account.device});
  }
  change_records(call, vcloud_actor(user), std::move(changes),
                 {.what = "vcloud.account.delete", .subject = found.account.id}, answer_change);
}

// What a PUT may change; the rest must be as it is, or be left out. False: it may not.
bool update(const JsonValue& body, VcloudAccount& account) {
  const auto take = [&](std::string_view name, std::string& to, bool may_change) {
    const JsonValue* value = body.find(name);
    if (value == nullptr || value->is_null()) return true;
    const std::string* text = value->as_string();
    if (text == nullptr || !plain_vcloud_text(*text, kVcloudTextMax) || (!may_change && *text != to)) return false;
    to = *text;
    return true;
  };
  std::string role = account.role;
  if (const JsonValue* given = body.find("role"); given != nullptr && !given->is_null()) {
    const std::string* id = given->find_string("id");
    // Another role is another account: what was granted was this one.
    if (id == nullptr || *id != role) return false;
  }
  return take("name", account.name, false) && take("softwareVersion", account.software_version, true) &&
         take("uri", account.uri, true) && take("softwareId", account.software_id, true) &&
         read_uuid(account.software_id).has_value();
}

}  // namespace

void vcloud_accounts(DialectCall& call) {
  if (!vcloud_administrator(call)) return;
  auto query = read_list_query(call.parameters);
  if (!query) return call.refuse(DialectCondition::kMalformedRequest);
  list_records(call, kKind, std::string(kAccountsPrefix), kListedMax,
               [query = *std::move(query)](DialectCall& later, const std::vector<DialectRecord>& records) {
                 list(later, query, records);
               });
}

void vcloud_account_show(DialectCall& call) {
  with_account(call, [](DialectCall& later, const FoundAccount& found, const std::string&) {
    later.answer(200, account_object(later.dialect, *later.tenant, found.account));
  });
}

void vcloud_account_update(DialectCall& call) {
  if (!call.parameters.has_json()) return call.refuse(DialectCondition::kMalformedRequest);
  const auto body = std::make_shared<const JsonValue>(call.parameters.json_value());
  with_account(call, [body](DialectCall& later, FoundAccount found, const std::string& user) {
    if (!update(*body, found.account)) return later.refuse(DialectCondition::kMalformedRequest);
    std::vector<DialectRecordChange> changes;
    changes.push_back(put_account(later.tenant_number(), found.account, DialectRecordState::at(found.revision)));
    change_records(later, vcloud_actor(user), std::move(changes),
                   {.what = "vcloud.account.update", .subject = found.account.id},
                   [account = found.account](DialectCall& last, bool made) {
                     if (!made || last.tenant == nullptr) return last.refuse(DialectCondition::kConflict);
                     last.answer(200, account_object(last.dialect, *last.tenant, account));
                   });
  });
}

// The family first: what is answered is over, whatever happens to the record.
void vcloud_account_revoke(DialectCall& call) {
  with_account(call, [](DialectCall& later, const FoundAccount& found, const std::string& user) {
    if (!found.account.family) return set_created(later, found, user);
    later.scope.keystore.store().revoke_family(
        vcloud_actor(user), later.tenant_number(), *found.account.family, found.account.id,
        errand<RevocationOutcome>(later,
                                  [found, user](DialectCall& last, std::expected<RevocationOutcome, StoreError> done) {
                                    if (done || done.error().kind == StoreErrorKind::kNotFound)
                                      return set_created(last, found, user);
                                    refuse_failed(last, done.error(), DialectCondition::kServerError);
                                  }));
  });
}

// The client first, and with it its family and whatever it was given.
void vcloud_account_delete(DialectCall& call) {
  with_account(call, [](DialectCall& later, const FoundAccount& found, const std::string& user) {
    later.scope.keystore.store().remove_client(
        vcloud_actor(user), later.tenant_number(), found.account.id,
        errand<void>(later, [found, user](DialectCall& last, std::expected<void, StoreError> done) {
          if (done || done.error().kind == StoreErrorKind::kNotFound) return erase(last, found, user);
          refuse_failed(last, done.error(), DialectCondition::kServerError);
        }));
  });
}

}  // namespace signet
