#include "daemon/readiness.h"

#include <algorithm>

namespace signet {

bool needs_token(const KeySet& keys) {
  return std::ranges::any_of(keys.tenants, [](const auto& tenant) {
    return std::ranges::any_of(tenant->keys, [](const auto& key) { return key->remote != nullptr; });
  });
}

std::vector<std::string> not_ready_reasons(const StoreStatus& store, bool draining, bool token_lost) {
  std::vector<std::string> reasons;
  if (!store.writable) reasons.emplace_back("the durable store takes no writes");
  if (store.clock_jumped) reasons.emplace_back("the clock jumped by more than an hour; see signetctl clock accept");
  if (store.clock_behind) reasons.emplace_back("the clock is behind the last persisted time");
  if (token_lost) reasons.emplace_back("the PKCS#11 token, in which keys live, does not answer");
  if (draining) reasons.emplace_back("the daemon is stopping");
  return reasons;
}

// With a clock that was set back, tokens would carry times that lie, and "issued before" would miss them.
bool may_issue(const StoreStatus& store) { return !store.clock_behind; }

}  // namespace signet
