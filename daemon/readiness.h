// Readiness: why the daemon should not be given traffic.
#pragma once

#include <string>
#include <vector>

#include "keystore/store/store.h"

namespace signet {

// needs_token: whether a key that signs lives in a PKCS#11 token. Reader thread.
bool needs_token(const KeySet& keys);

// not_ready_reasons is empty when /readyz may answer 200: the store takes writes, the clock has not jumped, nothing
// drains, no key that signs is in a token that is lost. Pure.
std::vector<std::string> not_ready_reasons(const StoreStatus& store, bool draining, bool token_lost = false);

// may_issue: tokens are signed only while the clock is not behind the last persisted time and nothing failed. Pure.
bool may_issue(const StoreStatus& store);

}  // namespace signet
