// Scopes (RFC 6749 3.3): space-separated, case-sensitive tokens of %x21 / %x23-5B / %x5D-7E.
#pragma once

#include <cstddef>
#include <string_view>

namespace signet {

inline constexpr size_t kScopeTokenSizeMax = 128;
// Bounds of a whole scope, so that the quadratic comparisons below stay short.
inline constexpr size_t kScopeSizeMax = 4096;
inline constexpr size_t kScopeTokensMax = 256;

// valid_scope_token: 1..kScopeTokenSizeMax characters of the RFC's set.
bool valid_scope_token(std::string_view token);
// valid_scope: tokens separated by exactly one space, none repeated, 1..kScopeTokensMax of them, at most kScopeSizeMax
// octets.
bool valid_scope(std::string_view scope);
// scope_contains: whether the space-separated `have` has the token `wanted`.
bool scope_contains(std::string_view have, std::string_view wanted);
// scope_is_subset: every token of `wanted` is in `have`; true when `wanted` is empty. Both valid_scope or empty. Any
// thread, does not allocate.
bool scope_is_subset(std::string_view have, std::string_view wanted);

}  // namespace signet
