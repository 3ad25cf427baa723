// Readiness: why the daemon should not be given traffic.
#pragma once

#include <string>
#include <vector>

#include "keystore/store/store.h"

namespace signet {

// not_ready_reasons is empty when /readyz may answer 200: the store takes writes, the clock has not jumped, nothing
// drains. Pure.
std::vector<std::string> not_ready_reasons(const StoreStatus& store, bool draining);

// may_issue: tokens are signed only while the clock is not behind the last persisted time and nothing failed. Pure.
bool may_issue(const StoreStatus& store);

}  // namespace signet
