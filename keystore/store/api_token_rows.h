// Rows of API tokens (FORMAT.md). Their index by the names of client and subject is that of refresh families
// (family_rows.h).
#pragma once

#include <string>
#include <string_view>

#include "keystore/grants/api_token.h"
#include "keystore/store/family_rows.h"

namespace signet::store {

// api_token_key: tenant and id, as the key of a family: family_of_key reads the id back.
inline std::string api_token_key(uint32_t tenant, const ApiTokenId& id) { return family_key(tenant, id); }

std::string encode_api_token(const ApiToken& token);
// Fills `token`, whose memory is reused. False: damaged.
[[nodiscard]] bool decode_api_token(std::string_view key, std::string_view value, ApiToken& token);

// What the row in the index of names holds: `expires_at` of the token, of which 0 is never.
std::string encode_api_token_name(UnixSeconds expires_at);

// Whether a row is of no use any more (expiry_filter.h). A row that cannot be read is kept.
bool api_token_expired(std::string_view value, UnixSeconds safe_now);
// The same of its expiry alone.
constexpr bool api_token_over(UnixSeconds expires_at, UnixSeconds safe_now) {
  return expires_at != 0 && expires_at < safe_now;
}

}  // namespace signet::store
