// What Datafor's endpoints share: who may ask, and how a failure reads (HTTP 200 and `success:false`, but for the
// switch `plain_statuses`).
#pragma once

#include <optional>
#include <string_view>

#include "daemon/dialect/caller.h"
#include "daemon/dialect/dialect_call.h"

namespace signet {

// The scope that makes a client an administrator of this dialect's configurations.
inline constexpr std::string_view kDataforAdministrator = "datafor.admin";

bool switched_on(const Dialect& dialect, std::string_view name);

// The caller, if it is an administrator; else the call has been answered, or waits.
std::optional<DialectCaller> datafor_administrator(DialectCall& call);

// Whether a secret is shorter than its hash and the switch short_keys does not allow that; then the call has been
// answered.
bool datafor_too_short(DialectAnswers& call, std::string_view secret, std::string_view algorithm);

// {"success":false,"msg":...}; `status` is that of plain_statuses.
void datafor_fail(DialectAnswers& call, int status, std::string_view message);
void datafor_succeed(DialectAnswers& call, std::string_view members = {});

}  // namespace signet
