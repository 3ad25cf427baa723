#include "daemon/readiness.h"

namespace signet {

std::vector<std::string> not_ready_reasons(const StoreStatus& store, bool draining) {
  std::vector<std::string> reasons;
  if (!store.writable) reasons.emplace_back("the durable store takes no writes");
  if (store.clock_jumped) reasons.emplace_back("the clock jumped by more than an hour; see signetctl clock accept");
  if (store.clock_behind) reasons.emplace_back("the clock is behind the last persisted time");
  if (draining) reasons.emplace_back("the daemon is stopping");
  return reasons;
}

// With a clock that was set back, tokens would carry times that lie, and "issued before" would miss them.
bool may_issue(const StoreStatus& store) { return !store.clock_behind; }

}  // namespace signet
