#include "keystore/store/operations/key_bounds.h"

#include <algorithm>
#include <unordered_map>
#include <vector>

#include "keystore/store/operations/key_rows.h"
#include "protocol/jwt/access_token.h"

namespace signet::store {
namespace {

// The longest lifetime of each tenant's tokens, read once.
class Lifetimes {
 public:
  Lifetimes(Transaction& transaction, uint32_t configured_s) : transaction_(transaction), configured_s_(configured_s) {}
  uint32_t of(uint32_t tenant) {
    const auto [at, fresh] = known_.try_emplace(tenant, configured_s_);
    if (!fresh) return at->second;
    if (const auto row = transaction_.tenant(tenant)) at->second = longest_ttl_s(row->limits, configured_s_);
    return at->second;
  }

 private:
  Transaction& transaction_;
  const uint32_t configured_s_;
  std::unordered_map<uint32_t, uint32_t> known_;
};

}  // namespace

void raise_bounds(Transaction& transaction, const AuditActor& actor, std::string_view prefix, const KeyBounds& bounds) {
  Lifetimes lifetimes(transaction, bounds.lifetime_s);
  std::vector<KeyRow> lower;
  for_each_key(transaction, prefix, [&](KeyRow& key) {
    const bool signs = key.status == KeyStatus::kPending || key.status == KeyStatus::kActive;
    if (signs && (key.terms.max_age_s < bounds.max_age_s || key.terms.lifetime_s < lifetimes.of(key.tenant))) {
      lower.push_back(std::move(key));
    }
    return true;
  });
  for (KeyRow& key : lower) {
    const KeyRow before = key;
    key.terms.max_age_s = std::max(key.terms.max_age_s, bounds.max_age_s);
    // 0: the key was made before bounds were kept.
    const uint32_t lifetime_s = key.terms.lifetime_s == 0 ? kAccessTokenLifetimeMaxS : key.terms.lifetime_s;
    key.terms.lifetime_s = std::max(lifetime_s, lifetimes.of(key.tenant));
    change_key_row(transaction, actor, "key.raise-bounds", before, key);
  }
}

void lower_lifetime_to_tenants(Transaction& transaction, KeyRow& key) {
  if (!key.dialect.empty()) return;
  if (const auto tenant = transaction.tenant(key.tenant)) {
    key.terms.lifetime_s = longest_ttl_s(tenant->limits, key.terms.lifetime_s);
  }
}

}  // namespace signet::store
