// VcloudAccount: a service account of vCloud Director. Its tokens are those of a refresh family of a client that has
// the account's id and no secret: it is made when the account is first used.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/dialect/dialect_call.h"
#include "keystore/store/dialect_record.h"
#include "protocol/oauth/refresh_token.h"

namespace signet {

// In the order in which an account goes through them; a revocation brings it back to the first.
enum class VcloudAccountStatus : uint8_t { kCreated, kRequested, kGranted, kActive };
std::string_view account_status_name(VcloudAccountStatus status);  // "CREATED"

inline constexpr size_t kVcloudTextMax = 256;  // octets of what an account says of its software

struct VcloudAccount {
  std::string id;    // a UUID: client_id of the account and of its client, and the end of its URN
  std::string name;  // a tenant has it once
  std::string software_id, software_version, uri;
  std::string role;  // URN, the scope of its access tokens; may be empty
  std::string owner;
  VcloudAccountStatus status = VcloudAccountStatus::kCreated;
  std::string device;              // id of the record of what it was requested with; kRequested and kGranted
  std::optional<FamilyId> family;  // kActive
};

// "s/ID" has the account, "n/NAME" its id, so that a name is taken once.
inline constexpr std::string_view kAccountsPrefix = "s/";
std::string account_record_id(std::string_view id);
std::string account_name_id(std::string_view name);

std::string account_json(const VcloudAccount& account);
std::optional<VcloudAccount> read_account(std::string_view json);

struct FoundAccount {
  VcloudAccount account;
  uint64_t revision = 0;
};

// find_account looks one up in the call's tenant. As get_record.
void find_account(DialectCall& call, std::string_view id,
                  std::function<void(DialectCall&, std::optional<FoundAccount>)> then);

DialectRecordChange put_account(uint32_t tenant, const VcloudAccount& account, DialectRecordState expected);
DialectRecordChange put_account_name(uint32_t tenant, const VcloudAccount& account);  // which must be free

// The service account object that clients read.
std::string account_object(const Dialect& dialect, const TenantKeys& tenant, const VcloudAccount& account);

}  // namespace signet
