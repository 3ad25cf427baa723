// Claims of our own tokens: where the reader without allocation accepts, the general one must accept and say the same.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "protocol/base/check.h"
#include "protocol/jwt/own_claims.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace signet;
  const std::string_view json(reinterpret_cast<const char*>(data), size);
  OwnClaims fast;
  if (!read_own_claims(json, fast)) return 0;
  const auto tree = read_claims_json(json);
  SIGNET_CHECK(tree.has_value());
  OwnClaims slow;
  SIGNET_CHECK(read_claims(*tree, slow));
  SIGNET_CHECK(fast.issuer == slow.issuer && fast.subject == slow.subject && fast.client_id == slow.client_id);
  SIGNET_CHECK(fast.scope == slow.scope && fast.jti == slow.jti && fast.family == slow.family);
  SIGNET_CHECK(fast.issued_at == slow.issued_at && fast.expires_at == slow.expires_at);
  SIGNET_CHECK(fast.not_before == slow.not_before && std::ranges::equal(fast.audience(), slow.audience()));
  for (const std::string_view name : kIntrospectionOwnNames) SIGNET_CHECK(tree->find(name) == nullptr);
  return 0;
}
