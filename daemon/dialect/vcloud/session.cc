#include "daemon/dialect/vcloud/session.h"

#include "daemon/dialect/dialect_service.h"
#include "daemon/dialect/errand.h"
#include "daemon/endpoint/rate_check.h"
#include "protocol/oauth/scope.h"

namespace signet {

std::optional<VcloudUser> vcloud_user(DialectCall& call) {
  DialectTokenHolder holder;
  if (!call.service.admit_bearer(call, holder)) return std::nullopt;
  if (holder.delegated) {
    call.refuse(DialectCondition::kForbidden);
    return std::nullopt;
  }
  return VcloudUser{.client = holder.client,
                    .administrator = scope_is_subset(holder.client->scope(), kVcloudAdministrator)};
}

std::optional<VcloudUser> vcloud_administrator(DialectCall& call) {
  const auto user = vcloud_user(call);
  if (!user || user->administrator) return user;
  call.refuse(DialectCondition::kForbidden);
  return std::nullopt;
}

AuditActor vcloud_actor(std::string_view client_id) { return dialect_actor("vcloud", client_id); }

bool vcloud_admitted(DialectCall& call) {
  if (call.again) return true;
  const auto admitted = admit_address(call.scope, call.request);
  if (!admitted) call.refuse_for_a_while(DialectCondition::kTooManyRequests, admitted.error().retry_after_s);
  return admitted.has_value();
}

}  // namespace signet
