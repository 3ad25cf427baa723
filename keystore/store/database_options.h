// Every RocksDB option that matters to durability or memory, set explicitly with its reason (a default may change with
// the library). Included by database*.cc only.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

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
// Tables of all families share `cache`.
rocksdb::ColumnFamilyOptions family_options(Family family, std::shared_ptr<rocksdb::Cache> cache);

}  // namespace signet::store
