// TenantPseudonyms: which tenant a token is of, where its claims say that by a pseudonym (tenant_key_of).
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string_view>

#include "keystore/keys/key_set.h"
#include "protocol/dialect/dialect.h"

namespace signet {

// Loop thread only.
class TenantPseudonyms {
 public:
  // Null when the token is of no tenant, or no token of this dialect at all. Nothing is proved by it: the signature is
  // checked with the keys of the tenant that is found.
  const TenantKeys* tenant_of(const KeySet& keys, const Dialect& dialect, std::string_view token);

 private:
  using Pseudonym = std::array<uint8_t, 16>;
  const TenantKeys* find(const KeySet& keys, const Pseudonym& pseudonym) const;

  std::map<Pseudonym, uint32_t> numbers_;  // of the latest tenant of a name
  std::set<uint32_t> known_;  // the tenants in `numbers_`: a number is never given twice, and names do not change
};

}  // namespace signet
