// VcloudRegistration: a user's API token as vCloud Director's clients see it, before and after it was given out. The
// token itself is an ApiToken; a registration is a dialect's record beside it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/dialect/dialect_call.h"
#include "keystore/grants/api_token.h"
#include "keystore/store/dialect_record.h"
#include "protocol/base/time.h"

namespace signet {

struct VcloudRegistration {
  std::string id;                   // a UUID: the client_id of the registration, and the end of the token's URN
  std::string name;                 // one owner has it once
  std::string owner;                // id of the client that it is of
  UnixMs created_ms = 0;            // when it was registered
  std::optional<ApiTokenId> token;  // nothing: not given out yet
};

// A registration that is not exchanged for a token in this time is gone.
inline constexpr UnixSeconds kRegistrationLifeS = 3600;

// Two records in one commit: "n/OWNER/NAME" has the registration, so that a name is taken once and an owner's are
// together, and "t/ID" has the id of that record.
std::string registration_record_id(std::string_view owner, std::string_view name);
std::string registrations_prefix(std::string_view owner);  // empty owner = of all
std::string registration_pointer_id(std::string_view id);

std::string registration_json(const VcloudRegistration& registration);
std::optional<VcloudRegistration> read_registration(std::string_view json);

struct FoundRegistration {
  VcloudRegistration registration;
  uint64_t revision = 0;  // of its record
};

// find_registration looks one up by its id in the call's tenant. As get_record.
void find_registration(DialectCall& call, std::string_view id,
                       std::function<void(DialectCall&, std::optional<FoundRegistration>)> then);

// The changes that put a registration, or erase it. `expected` is of its record.
std::vector<DialectRecordChange> put_registration(uint32_t tenant, const VcloudRegistration& registration,
                                                  DialectRecordState expected, UnixSeconds expires_at);
std::vector<DialectRecordChange> erase_registration(uint32_t tenant, const VcloudRegistration& registration,
                                                    DialectRecordState expected);

// The token object that clients read.
std::string token_object(const Dialect& dialect, const TenantKeys& tenant, const VcloudRegistration& registration);

}  // namespace signet
