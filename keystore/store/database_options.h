// Every RocksDB option that matters to durability or memory, set explicitly with its reason (a default may change with
// the library). Included by database*.cc only.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "keystore/store/expiry_filter.h"

namespace rocksdb {
class Cache;
struct ColumnFamilyOptions;
struct DBOptions;
}  // namespace rocksdb

namespace signet::store {

enum class Family : uint8_t;

// The family's name on disk. Static storage.
std::string_view family_name(Family family);
rocksdb::DBOptions database_options();
// Tables of all families share `cache`; what has expired by `expiry_time` is dropped by compactions.
rocksdb::ColumnFamilyOptions family_options(Family family, std::shared_ptr<rocksdb::Cache> cache,
                                            const std::shared_ptr<ExpiryTime>& expiry_time);

}  // namespace signet::store
