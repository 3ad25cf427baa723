// BackupRun: the backup of a store that is under way, at most one. Thread rule: any; `create` blocks.
#pragma once

#include <expected>
#include <memory>
#include <mutex>

#include "keystore/store/database_backup.h"
#include "keystore/store/store_backup.h"
#include "keystore/store/store_rows.h"

namespace signet::store {

class BackupRun {
 public:
  // kBusy: one is under way. kUnavailable: it failed, was stopped, or the store is closed.
  std::expected<StoreBackup, StoreError> create(Database& database, const StoreBackupOrder& order);
  // stop ends the one under way, which fails then.
  void stop();
  // close stops and waits for its end; every further one is refused.
  void close();

 private:
  std::mutex running_;  // while one is under way
  std::mutex mutex_;
  BackupWriter* writer_ = nullptr;  // under mutex_
  bool stopped_ = false;            // the one under way; under mutex_
  bool closed_ = false;             // under mutex_
};

}  // namespace signet::store
