// StoreFiles: DATA as opened by one process: the lock, the mark, the database, checked against each other.
#pragma once

#include <expected>
#include <memory>
#include <string>

#include "keystore/store/commit_state.h"
#include "keystore/store/database.h"
#include "keystore/store/directory_lock.h"
#include "keystore/store/mark.h"
#include "keystore/store/rocks_store.h"
#include "keystore/store/store.h"

namespace signet::store {

// Raised whenever an older program could misread what this one writes. Never reused.
inline constexpr uint32_t kFormatVersion = 1;

struct StoreFiles {
  DirectoryLock lock;
  std::unique_ptr<Mark> mark;
  std::unique_ptr<Mark> anchor;  // null: none is configured
  std::unique_ptr<Database> database;
  CommitState state;
};

// open_store_files creates when asked and nothing is there, and otherwise opens: first without changing any file, until
// version, vault and mark agree, then for writing. Blocks. On failure nothing was changed.
std::expected<StoreFiles, StoreOpenFailure> open_store_files(const StoreOptions& options, const RocksStoreSeams& seams,
                                                             std::function<void(const std::string&)> on_error);

}  // namespace signet::store
