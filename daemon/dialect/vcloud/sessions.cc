// What a session can be asked for besides tokens: its organisation's document, and its end.
#include "daemon/dialect/dialect_service.h"
#include "daemon/dialect/errand.h"
#include "daemon/dialect/template_values.h"
#include "daemon/dialect/vcloud/handlers.h"
#include "daemon/dialect/vcloud/names.h"
#include "daemon/dialect/vcloud/session.h"

namespace signet {

void vcloud_org(DialectCall& call) {
  DialectTokenHolder holder;
  if (!call.service.admit_bearer(call, holder)) return;
  if (!call.endpoint->success || read_uuid(call.capture("id")) != uuid_text(tenant_key_of(call.tenant->name))) {
    return call.refuse(DialectCondition::kForbidden);
  }
  const PlainValues values(call, holder.client, holder.key, &holder.claims);
  call.answer(*call.endpoint->success, values.input());
}

void vcloud_log_out(DialectCall& call) {
  DialectTokenHolder holder;
  if (!call.service.admit_bearer(call, holder)) return;
  if (holder.claims.jti.empty()) return call.refuse(DialectCondition::kForbidden);
  const std::string_view client_id = holder.client->client_id();
  Revocation revocation{.tenant = call.tenant_number(),
                        .kind = RevocationKind::kToken,
                        .value = holder.claims.jti,
                        .expires_at = holder.claims.expires_at,
                        .client_id = std::string(client_id)};
  call.scope.keystore.store().revoke(
      vcloud_actor(client_id), std::move(revocation),
      errand<RevocationOutcome>(call, [](DialectCall& later, std::expected<RevocationOutcome, StoreError> done) {
        if (done) return later.answer(204, {}, {});
        refuse_failed(later, done.error(), DialectCondition::kServerError);
      }));
}

}  // namespace signet
