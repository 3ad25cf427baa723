// What vCloud Director calls things by: URNs, and the ids of its records here.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/dialect/uuid.h"
#include "keystore/keys/key_set.h"
#include "protocol/json/writer.h"

namespace signet {

inline constexpr std::string_view kTokenUrn = "urn:vcloud:token:";
inline constexpr std::string_view kServiceAccountUrn = "urn:vcloud:serviceAccount:";

// The UUID of `urn`, which begins with `prefix`.
std::optional<std::string> uuid_of_urn(std::string_view urn, std::string_view prefix);

// 32 digits that stand for texts of any length in the id of a record; no two lists of texts share theirs.
std::string digest_name(std::initializer_list<std::string_view> texts);

// "urn:vcloud:user:..." and "urn:vcloud:org:...", by the pseudonyms that tokens have too.
std::string user_urn(const TenantKeys& tenant, std::string_view client_id);
std::string org_urn(const TenantKeys& tenant);

// A member whose value is {"name":...,"id":...}, as clients read owners, organisations and roles.
void write_reference(JsonWriter& json, JsonName member, std::string_view name, std::string_view id);

// Texts that clients give: at most `max` octets of UTF-8 without control characters.
bool plain_vcloud_text(std::string_view text, size_t max);
// Names: 1 to 128 octets of UTF-8 without control characters, as an API token's name.
bool valid_vcloud_name(std::string_view name);

}  // namespace signet
