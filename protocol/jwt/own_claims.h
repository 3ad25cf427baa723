// OwnClaims: what the claims set of an access token of Signet's own says, read without allocation where the text has
// the layout that Signet writes, and by the general strict reader where it has another. Nothing of it is believed
// before the signature holds.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "protocol/base/time.h"
#include "protocol/json/value.h"

namespace signet {

inline constexpr size_t kOwnAudiencesMax = 16;  // more are never written

// All views are borrowed from what was read. Every text but scope and family is there and not empty.
struct OwnClaims {
  std::string_view issuer;
  std::string_view subject;
  std::string_view client_id;
  std::string_view scope;  // empty = none
  std::string_view jti;
  std::string_view family;  // sid; empty = none
  UnixSeconds issued_at = 0;
  UnixSeconds expires_at = 0;  // > issued_at
  UnixSeconds not_before = 0;  // nbf; 0 = none
  size_t audience_count = 0;
  std::array<std::string_view, kOwnAudiencesMax> audience_values;

  std::span<const std::string_view> audience() const { return {audience_values.data(), audience_count}; }
};

// Names that an introspection answer has of its own (RFC 7662 2.2); a claim of such a name is not part of the answer.
inline constexpr std::array<std::string_view, 2> kIntrospectionOwnNames{"active", "token_type"};

// read_own_claims reads exactly what write_access_token_claims writes when nothing needs escaping and all is ASCII,
// and extra members that are texts, short integers, true, false, null, or objects of one such text (as cnf is). False:
// another layout, which says nothing about the claims: ask read_claims. Where it says true, read_claims says the same.
// `out` is then complete, and no member has a name of kIntrospectionOwnNames. Any thread, does not allocate.
bool read_own_claims(std::string_view json, OwnClaims& out);

// read_claims reads a tree by the rules of verify_access_token: required claims of their exact types, nbf where there
// is one; at most kOwnAudiencesMax audiences. Views into `claims`. Any thread, does not allocate.
bool read_claims(const JsonValue& claims, OwnClaims& out);

// read_claims_json is read_json as verify_access_token does it; nothing when it is refused. Allocates.
std::optional<JsonValue> read_claims_json(std::string_view json);

}  // namespace signet
