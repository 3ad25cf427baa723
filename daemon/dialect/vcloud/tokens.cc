// Users' API tokens: list, show, delete. The secret is in none of them.
#include <functional>

#include "daemon/dialect/dialect_service.h"
#include "daemon/dialect/record_errands.h"
#include "daemon/dialect/vcloud/handlers.h"
#include "daemon/dialect/vcloud/listing.h"
#include "daemon/dialect/vcloud/names.h"
#include "daemon/dialect/vcloud/registration.h"
#include "daemon/dialect/vcloud/session.h"
#include "protocol/jwt/access_token.h"
#include "protocol/oauth/refresh_token.h"

namespace signet {
namespace {

constexpr DialectRecordKind kKind = DialectRecordKind::kVcloudRegistration;

// One whose token an operator has removed is gone with it.
bool there(DialectCall& call, const VcloudRegistration& one) {
  return !one.token || call.scope.keystore.api_tokens().may_contain(call.tenant_number(), *one.token);
}

bool matches(const FiqlFilter& filter, const VcloudRegistration& one) {
  const std::string id = std::string(kTokenUrn) + one.id;
  return filter.matches([&](std::string_view name) -> std::optional<std::string_view> {
    if (name == "name") return one.name;
    if (name == "owner.name") return one.owner;
    if (name == "type") return "REFRESH";
    if (name == "id") return id;
    return std::nullopt;
  });
}

void list(DialectCall& call, const ListQuery& query, const std::vector<DialectRecord>& records) {
  if (call.tenant == nullptr) return call.refuse(DialectCondition::kForbidden);
  std::vector<VcloudRegistration> found;
  std::vector<std::string> names;
  for (const DialectRecord& record : records) {
    auto one = read_registration(record.value);
    if (!one || !there(call, *one) || !matches(query.filter, *one)) continue;
    names.push_back(one->name);
    found.push_back(*std::move(one));
  }
  call.answer(200,
              list_json(query, names, [&](size_t i) { return token_object(call.dialect, *call.tenant, found[i]); }));
}

// The registration that the path names, if the user may see it: one's own, or, as an administrator, anybody's. What is
// not there reads like what is not theirs.
void with_registration(DialectCall& call, std::function<void(DialectCall&, FoundRegistration, std::string user)> then) {
  const auto user = vcloud_user(call);
  if (!user) return;
  const auto id = uuid_of_urn(call.capture("urn"), kTokenUrn);
  if (!id) return call.refuse(DialectCondition::kForbidden);
  find_registration(call, *id,
                    [name = std::string(user->client->client_id()), administrator = user->administrator,
                     then = std::move(then)](DialectCall& later, std::optional<FoundRegistration> found) {
                      const bool theirs = found && (administrator || found->registration.owner == name);
                      if (!theirs || later.tenant == nullptr) return later.refuse(DialectCondition::kForbidden);
                      then(later, *std::move(found), name);
                    });
}

void erase(DialectCall& call, const FoundRegistration& found, const std::string& user) {
  change_records(call, vcloud_actor(user),
                 erase_registration(call.tenant_number(), found.registration, DialectRecordState::at(found.revision)),
                 {.what = "vcloud.token.delete", .subject = found.registration.id}, answer_change);
}

// The sessions that were made with the token end with it.
void end_sessions(DialectCall& call, FoundRegistration found, const std::string& user) {
  const FamilyName name = family_name_of(*found.registration.token);
  Revocation revocation{.tenant = call.tenant_number(),
                        .kind = RevocationKind::kFamily,
                        .value = std::string(name.text()),
                        .expires_at = call.scope.clock() / 1000 + kAccessTokenLifetimeMaxS,
                        .client_id = found.registration.owner};
  call.scope.keystore.store().revoke(
      vcloud_actor(user), std::move(revocation),
      errand<RevocationOutcome>(call, [found = std::move(found), user](
                                          DialectCall& later, std::expected<RevocationOutcome, StoreError> done) {
        if (done) return erase(later, found, user);
        refuse_failed(later, done.error(), DialectCondition::kServerError);
      }));
}

}  // namespace

void vcloud_tokens(DialectCall& call) {
  const auto user = vcloud_user(call);
  if (!user) return;
  auto query = read_list_query(call.parameters);
  if (!query) return call.refuse(DialectCondition::kMalformedRequest);
  // Users see their own; administrators everybody's, or those of the owner that the filter names.
  const std::string owner(user->administrator ? query->filter.required("owner.name") : user->client->client_id());
  list_records(call, kKind, registrations_prefix(owner), kListedMax,
               [query = *std::move(query)](DialectCall& later, const std::vector<DialectRecord>& records) {
                 list(later, query, records);
               });
}

void vcloud_token_show(DialectCall& call) {
  with_registration(call, [](DialectCall& later, const FoundRegistration& found, const std::string&) {
    if (!there(later, found.registration)) return later.refuse(DialectCondition::kForbidden);
    later.answer(200, token_object(later.dialect, *later.tenant, found.registration));
  });
}

// First the token, so that what is answered is over whatever happens to the rest; another try goes on from there.
void vcloud_token_delete(DialectCall& call) {
  with_registration(call, [](DialectCall& later, const FoundRegistration& found, const std::string& user) {
    if (!found.registration.token) return erase(later, found, user);
    later.scope.keystore.store().remove_api_token(
        vcloud_actor(user),
        {.tenant = later.tenant_number(), .id = *found.registration.token, .client_id = found.registration.owner},
        errand<void>(later, [found, user](DialectCall& last, std::expected<void, StoreError> done) {
          if (done || done.error().kind == StoreErrorKind::kNotFound) return end_sessions(last, found, user);
          refuse_failed(last, done.error(), DialectCondition::kServerError);
        }));
  });
}

}  // namespace signet
