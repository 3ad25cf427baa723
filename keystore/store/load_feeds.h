// load_feeds feeds a StoreLoader with the ends of all tenants' revocation feeds.
#pragma once

#include <expected>
#include <string>

#include "keystore/store/database.h"
#include "keystore/store/store.h"

namespace signet::store {

// Blocks. The error is a text: which family cannot be read.
std::expected<void, std::string> load_feeds(const Database& database, StoreLoader& loader);

}  // namespace signet::store
