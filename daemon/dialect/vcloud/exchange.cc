// grant_type=jwt-bearer: the owner of a registration shows the session that made it, and gets the API token, once.
#include <memory>

#include "daemon/dialect/dialect_service.h"
#include "daemon/dialect/record_errands.h"
#include "daemon/dialect/vcloud/grants.h"
#include "daemon/dialect/vcloud/names.h"
#include "daemon/dialect/vcloud/registration.h"
#include "daemon/dialect/vcloud/session.h"

namespace signet {
namespace {

using Made = Keystore::MadeApiToken;

void remove(WorkerScope& scope, const ApiToken& token, StoreDone<void> done = [](auto) {}) {
  scope.keystore.store().remove_api_token({.via = "vcloud"}, {.tenant = token.tenant, .id = token.id}, std::move(done));
}

// Refused only when the token is gone (or could not be removed): who was refused and lists the tokens does not see it.
void lose(DialectCall& call, const ApiToken& token) {
  remove(call.scope, token, errand<void>(call, [](DialectCall& later, const std::expected<void, StoreError>&) {
           later.refuse(DialectCondition::kInvalidGrant);
         }));
}

void answer(DialectCall& call, const Made& made) {
  const ClientRecord* client = call.scope.keystore.clients().find(made.token.tenant, made.token.client_id);
  if (call.tenant == nullptr || client == nullptr || client->disabled()) {
    return call.refuse(DialectCondition::kInvalidGrant);
  }
  call.service.issuer().issue(call,
                              {.client = *client, .key = &made.token, .refresh_token = as_text(made.text.expose())});
}

// The registration takes the token, unless another exchange was faster: then the token goes again. Nobody has seen it.
void take(DialectCall& call, FoundRegistration found, const std::shared_ptr<const Made>& made) {
  VcloudRegistration& one = found.registration;
  one.token = made->token.id;
  const std::string owner = one.owner;
  const std::string id = one.id;
  change_records(
      call, vcloud_actor(owner), put_registration(call.tenant_number(), one, DialectRecordState::at(found.revision), 0),
      {.what = "vcloud.token.exchange", .subject = id},
      [made](DialectCall& later, bool taken) {
        if (taken) return answer(later, *made);
        lose(later, made->token);
      },
      [made](WorkerScope& scope) { remove(scope, made->token); });
}

// Made before the registration has it, so that no failure between the two uses the registration up.
void make(DialectCall& call, FoundRegistration found) {
  const std::string owner = found.registration.owner;
  const ClientRecord* client = call.scope.keystore.clients().find(call.tenant_number(), owner);
  if (client == nullptr || client->disabled()) return call.refuse(DialectCondition::kInvalidGrant);
  ApiToken token{.tenant = call.tenant_number(),
                 .kind = ApiTokenKind::kVcloud,
                 .client_id = owner,
                 .subject = owner,
                 .name = found.registration.name,
                 .scope = std::string(client->scope())};
  call.scope.keystore.create_api_token(
      vcloud_actor(owner), std::move(token),
      errand<Made>(
          call,
          [found = std::move(found)](DialectCall& later, std::expected<Made, StoreError> made) {
            if (made) return take(later, found, std::make_shared<const Made>(std::move(*made)));
            refuse_failed(later, made.error(), DialectCondition::kInvalidGrant);
          },
          [](WorkerScope& scope, const std::expected<Made, StoreError>& made) {
            if (made) remove(scope, made->token);
          }));
}

}  // namespace

void vcloud_exchange(DialectCall& call) {
  const std::string_view assertion = call.parameters.form("assertion");
  const auto id = read_uuid(call.parameters.form("client_id"));
  if (assertion.empty() || call.parameters.form("client_id").empty()) {
    return call.refuse(DialectCondition::kMalformedRequest);
  }
  if (!vcloud_admitted(call)) return;
  DialectTokenHolder holder;
  switch (check_dialect_token(call.service.callers(), call, assertion, holder)) {
    case DialectTokenState::kAlive:
      break;
    case DialectTokenState::kUnavailable:
      return call.refuse_for_a_while(DialectCondition::kUnavailable, 5);
    case DialectTokenState::kDead:
      return call.refuse(DialectCondition::kInvalidGrant);
    case DialectTokenState::kWaits:
      return;
  }
  if (!id || holder.delegated) return call.refuse(DialectCondition::kInvalidGrant);
  find_registration(
      call, *id,
      [owner = std::string(holder.client->client_id())](DialectCall& later, std::optional<FoundRegistration> found) {
        if (!found || found->registration.owner != owner || found->registration.token) {
          return later.refuse(DialectCondition::kInvalidGrant);
        }
        make(later, *std::move(found));
      });
}

}  // namespace signet
