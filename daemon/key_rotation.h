// How often keys are replaced, as the configuration says it.
#pragma once

#include <optional>
#include <string_view>

#include "daemon/config.h"
#include "keystore/keys/key_schedule.h"

namespace signet {

// parse_key_rotation reads "TENANT/ALG=SECONDS"; nothing when it is no such text. Any thread.
std::optional<KeyRotationRule> parse_key_rotation(std::string_view text);
// key_schedule: of a configuration that was checked.
KeySchedule key_schedule(const Config& config);

}  // namespace signet
