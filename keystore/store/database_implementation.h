// What is behind Database, for the files of this folder that include RocksDB: database*.cc and no other.
#pragma once

#include <rocksdb/db.h>

#include <array>
#include <memory>

#include "keystore/store/database.h"
#include "keystore/store/expiry_filter.h"
#include "protocol/base/check.h"

namespace signet::store {

struct Database::Implementation {
  std::shared_ptr<ExpiryTime> expiry_time = std::make_shared<ExpiryTime>(0);
  std::unique_ptr<rocksdb::DB> db;
  std::array<rocksdb::ColumnFamilyHandle*, kFamilyCount> handles{};

  rocksdb::ColumnFamilyHandle* handle(Family family) const {
    auto* found = handles[static_cast<size_t>(family)];
    SIGNET_CHECK(found != nullptr);
    return found;
  }
};

// What RocksDB says, in this folder's words.
DatabaseError error_of(const rocksdb::Status& status);

}  // namespace signet::store
