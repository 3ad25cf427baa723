// What follows when a vault is sealed or opened: the daemon comes back on its admin socket in the other state.
#pragma once

#include <cstdint>
#include <string_view>

#include "tools/ctl/command.h"

namespace signet::ctl {

// As long as a start with tens of millions of records may take.
inline constexpr int64_t kVaultWaitMs = 60'000;

// wait_for_vault returns once the daemon says that its vault is in `state` ("sealed", "unsealed"), so that the next
// command of a script finds it there. Failure: it did not within `deadline_ms`; what was asked for is done
// nevertheless. Blocks.
Outcome wait_for_vault(Call& call, std::string_view state, int64_t deadline_ms = kVaultWaitMs);

}  // namespace signet::ctl
