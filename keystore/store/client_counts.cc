#include "keystore/store/client_counts.h"

#include <algorithm>

namespace signet::store {

std::optional<uint64_t> ClientCounts::find(uint32_t tenant) const {
  const auto found = clients_.find(tenant);
  return found == clients_.end() ? std::nullopt : std::optional(found->second);
}

// What the operation changed before is in the rows that were counted.
void ClientCounts::counted(uint32_t tenant, uint64_t clients) { clients_[tenant] = clients; }

void ClientCounts::change(uint32_t tenant, int by) {
  // Also of one that is not counted yet: it may be, later in the same operation, and then be undone.
  changes_.push_back({tenant, by});
  const auto found = clients_.find(tenant);
  if (found != clients_.end()) found->second += static_cast<uint64_t>(static_cast<int64_t>(by));
}

void ClientCounts::forget(uint32_t tenant) { clients_.erase(tenant); }

void ClientCounts::undo() {
  for (const Change& change : changes_) {
    const auto found = clients_.find(change.tenant);
    if (found != clients_.end()) found->second -= static_cast<uint64_t>(static_cast<int64_t>(change.by));
  }
  changes_.clear();
}

}  // namespace signet::store
