// load_rows feeds a StoreLoader with everything that is resident: tenants, keys, secrets, clients (by two threads),
// last-used minutes.
#pragma once

#include <expected>
#include <string>

#include "keystore/store/database.h"
#include "keystore/store/store.h"

namespace signet::store {

// Blocks. The error is a text: which family cannot be read.
std::expected<void, std::string> load_rows(const Database& database, StoreLoader& loader);

}  // namespace signet::store
