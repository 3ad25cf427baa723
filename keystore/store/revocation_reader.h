// Pages of revocation feeds out of the database. Those near the end of a feed are in memory and are not read.
#pragma once

#include <expected>

#include "keystore/store/database.h"
#include "keystore/store/store.h"

namespace signet::store {

// read_feed_page is what the reader's thread does for one query. Blocks. The error is RocksDB's, or a damaged row.
std::expected<FeedRows, StoreError> read_feed_page(const Database& database, const FeedRange& query,
                                                   UnixSeconds safe_now);

}  // namespace signet::store
