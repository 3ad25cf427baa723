// A refresh family as the admin API shows it: no secret, no hash, no salt.
#pragma once

#include <string_view>

#include "keystore/keystore.h"
#include "protocol/json/writer.h"

namespace signet {

// "live", "revoked" (by reuse, or by any revocation that concerns it), "expired". Reader thread.
std::string_view family_status(const Keystore& keystore, const RefreshFamily& family, UnixSeconds now);

// Reader thread.
void write_family(JsonWriter& json, const Keystore& keystore, const RefreshFamily& family, std::string_view tenant,
                  UnixSeconds now);

}  // namespace signet
