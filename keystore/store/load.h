// load_rows feeds a StoreLoader with everything that is resident: tenants, keys, secrets, clients (by two threads),
// last-used minutes, revocations and API tokens (each by two threads), and the ends of the revocation feeds.
#pragma once

#include <expected>
#include <string>

#include "keystore/store/database.h"
#include "keystore/store/store.h"

namespace signet::store {

// Blocks. Revocations and API tokens that had expired by `safe_now` are left out. The error is a text: which family
// cannot be read.
std::expected<void, std::string> load_rows(const Database& database, StoreLoader& loader, UnixSeconds safe_now);

}  // namespace signet::store
