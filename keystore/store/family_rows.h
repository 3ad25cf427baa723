// Rows of refresh families (FORMAT.md): the family itself, and the index by the names of its client and subject, which
// API tokens share.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "keystore/grants/refresh_family.h"

namespace signet::store {

// family_key: tenant and id. family_of_key reads the id back.
std::string family_key(uint32_t tenant, const FamilyId& id);
std::optional<FamilyId> family_of_key(std::string_view key);

std::string encode_family(const RefreshFamily& family);
// Fills `family`, whose memory is reused. False: damaged.
[[nodiscard]] bool decode_family(std::string_view key, std::string_view value, RefreshFamily& family);

// By which name an index row finds what, a family or an API token. On disk: never renumber.
enum class FamilyNameKind : uint8_t { kClient = 1, kSubject = 2, kApiTokenClient = 3, kApiTokenSubject = 4 };
// The rows of a name begin with this: tenant, kind, 8 octets of the name's SHA-256. Others may have the same hash: who
// reads looks at the family itself.
std::string family_name_prefix(uint32_t tenant, FamilyNameKind kind, std::string_view name);
std::string family_name_key(uint32_t tenant, FamilyNameKind kind, std::string_view name, const FamilyId& id);
std::optional<FamilyId> family_of_name_key(std::string_view key);
std::string encode_family_name(UnixSeconds expires_at);

// Whether a row is of no use any more (expiry_filter.h). A row that cannot be read is kept.
bool family_expired(std::string_view value, UnixSeconds safe_now);
bool family_name_expired(std::string_view value, UnixSeconds safe_now);

}  // namespace signet::store
