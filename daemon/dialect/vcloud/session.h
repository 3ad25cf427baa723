// Who asks at vCloud Director's guarded endpoints, and who may change what.
#pragma once

#include <optional>
#include <string_view>

#include "daemon/dialect/dialect_call.h"
#include "daemon/dialect/token_check.h"
#include "keystore/store/records.h"

namespace signet {

// The scope that makes a client an administrator of its organisation: sees everybody's tokens, has service accounts.
inline constexpr std::string_view kVcloudAdministrator = "vcloud.admin";

struct VcloudUser {
  const ClientRecord* client = nullptr;  // valid until the next pass
  bool administrator = false;
};

// The user of the session that the call presents; call.tenant is the user's. A session that was made with an API token
// or a service account's token may neither see nor make nor end tokens. Nothing: the call has been answered.
std::optional<VcloudUser> vcloud_user(DialectCall& call);

// The same, of an administrator.
std::optional<VcloudUser> vcloud_administrator(DialectCall& call);

// dialect_actor of this dialect.
AuditActor vcloud_actor(std::string_view client_id);

// Whether a call that presents no credential of a known form may go on: the limits of the address. Else it has been
// answered.
bool vcloud_admitted(DialectCall& call);

}  // namespace signet
