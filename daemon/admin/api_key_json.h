// API keys as the admin API shows them.
#pragma once

#include <string_view>

#include "keystore/keystore.h"
#include "protocol/json/writer.h"

namespace signet {

// write_api_key writes one; with `key`, its text, when that is not empty. `status` is "live", "expired" or "revoked"; a
// live one of a disabled client is refused nevertheless. Admin loop thread.
void write_api_key(JsonWriter& json, const Keystore& keystore, const ApiToken& token, std::string_view tenant,
                   UnixSeconds now, std::string_view key = {});

}  // namespace signet
