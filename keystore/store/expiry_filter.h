// Expiry of rows by compaction: one rule a family says whether a row is over, by the persisted safe time alone, so that
// a wrong clock erases nothing. A row that has expired may be seen for any time before it goes.
#pragma once

#include <atomic>
#include <memory>
#include <string_view>

#include "protocol/base/time.h"

namespace rocksdb {
class CompactionFilterFactory;
}

namespace signet::store {

enum class Family : uint8_t;

// The safe time in milliseconds that was last made durable; 0 = nothing expires.
using ExpiryTime = std::atomic<UnixMs>;

// Whether the row of this value had expired at `safe_now` (over 0). One that cannot be read is kept. Any thread.
using Expired = bool (*)(std::string_view value, UnixSeconds safe_now);

// Null when rows of the family never expire.
Expired expiry_rule(Family family);

std::shared_ptr<rocksdb::CompactionFilterFactory> expiry_filter(Expired expired, std::shared_ptr<ExpiryTime> time);

}  // namespace signet::store
