#include "daemon/dialect/tenant_pseudonyms.h"

#include "daemon/dialect/template_values.h"
#include "protocol/base/base64url.h"
#include "protocol/dialect/dialect_claims.h"
#include "protocol/jose/jws.h"

namespace signet {

const TenantKeys* TenantPseudonyms::tenant_of(const KeySet& keys, const Dialect& dialect, std::string_view token) {
  if (!dialect.token || token.size() > kJwsSizeMax) return nullptr;
  const auto jws = split_compact_jws(token);
  if (!jws) return nullptr;
  std::array<char, kJwsSizeMax> payload;
  const auto size = base64url_decode(jws->payload(), {reinterpret_cast<uint8_t*>(payload.data()), payload.size()});
  DialectClaims claims;
  if (!size || !read_dialect_claims(dialect, {payload.data(), *size}, claims)) return nullptr;
  if (const TenantKeys* found = find(keys, claims.tenant_key)) return found;
  // One that came after the last look, or none.
  for (const auto& tenant : keys.tenants) {
    // In the place of one of the same name that is gone.
    if (known_.insert(tenant->tenant).second) {
      numbers_.insert_or_assign(tenant_key_of(tenant->name), tenant->tenant);
    }
  }
  return find(keys, claims.tenant_key);
}

const TenantKeys* TenantPseudonyms::find(const KeySet& keys, const Pseudonym& pseudonym) const {
  const auto at = numbers_.find(pseudonym);
  const TenantKeys* tenant = at == numbers_.end() ? nullptr : keys.tenant(at->second);
  return tenant;
}

}  // namespace signet
