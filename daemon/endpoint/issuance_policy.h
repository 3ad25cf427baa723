// What decides and fills every token, whoever asks for it: the token endpoint, its batch form, an administrator.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

#include "daemon/endpoint/service_shared.h"
#include "keystore/clients/client.h"
#include "keystore/grants/family_keys.h"
#include "keystore/grants/refresh_family.h"
#include "keystore/keys/key_set.h"
#include "protocol/jwt/access_token.h"

namespace signet {

enum class NoKey : uint8_t {
  kAudienceCount,  // an HMAC algorithm and not exactly one audience
  kNotThere,       // no active key of the client's algorithm (and audience, for HMAC)
};

// choose_key gives the key that signs a token of this client for this audience. Any reader thread; a view into the
// snapshot.
std::expected<const SigningKey*, NoKey> choose_key(const TenantKeys& tenant, const ClientRecord& client,
                                                   std::span<const std::string_view> audience);

// effective_ttl_s gives the lifetime: what is asked (0 = nothing), else the client's own, else the server's; never more
// than the server's longest, nor the tenant's.
uint32_t effective_ttl_s(uint32_t asked_s, const TenantKeys& tenant, const ClientRecord& client,
                         const ServiceSettings& settings);

// All views are borrowed for the call.
struct TokenContent {
  const TenantKeys& tenant;
  const ClientRecord& client;
  std::string_view subject;
  std::string_view scope;                      // already narrowed
  std::span<const std::string_view> audience;  // already narrowed, never empty
  uint32_t ttl_s = 0;
  std::string_view family = {};    // sid; empty = none
  std::string_view extra_members;  // see AccessTokenClaims
};

// new_family makes a family's first token, and the family as it is stored: id, expiries by `now`, the token's version
// and hash, and nothing else. The secret in `first` is the caller's to wipe. Any thread.
RefreshFamily new_family(const FamilyKeys& keys, const ServiceSettings& settings, UnixMs now, RefreshToken& first);

using Jti = std::array<char, kJtiSize>;

// compose_claims writes the claims of a token issued at `now` under a new `jti`. Gives their size in octets, 0 when
// `out` is too small. Any reader thread, does not allocate.
size_t compose_claims(const TokenContent& content, UnixMs now, Jti& jti, std::span<char> out);

}  // namespace signet
