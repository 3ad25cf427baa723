// Backups of a database: a directory with any number of them, which share the tables that they have in common, so that
// each further one costs what changed since. RocksDB's BackupEngine with its checksums; nothing of it is authenticated
// here (keystore/backup does that).
//
// Thread rule: one thread; `stop` from any.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "keystore/store/commit_state.h"
#include "keystore/store/database.h"

namespace rocksdb {
class BackupEngine;
class BackupEngineReadOnly;
}  // namespace rocksdb

namespace signet::store {

struct BackedUpFile {
  std::string name;  // relative to the backup directory
  uint64_t size = 0;
};
// What a backup says of itself.
struct BackedUpStore {
  std::string vault_id;  // 16 octets
  std::string store_id;  // 8 octets
  CommitState state;
};

// Writing: makes the directory's parts when they are not there.
class BackupWriter {
 public:
  static std::expected<std::unique_ptr<BackupWriter>, DatabaseError> open(const std::string& directory);
  ~BackupWriter();
  BackupWriter(const BackupWriter&) = delete;
  BackupWriter& operator=(const BackupWriter&) = delete;

  // create copies what `database` holds at some moment of the call, while it serves; gives the new backup's number.
  // `progress` is called with the octets copied so far, on a thread of the engine's; it must not throw. Everything is
  // durable at return. Blocks; its threads run at idle priority.
  std::expected<uint32_t, DatabaseError> create(Database& database, const std::function<void(uint64_t)>& progress);
  // Ends a `create` under way with an error; any thread.
  void stop();
  // remove forgets a backup, and the files that no other has.
  std::expected<void, DatabaseError> remove(uint32_t number);

 private:
  explicit BackupWriter(std::unique_ptr<rocksdb::BackupEngine> engine);
  std::unique_ptr<rocksdb::BackupEngine> engine_;
};

// Reading: changes nothing in the directory.
class BackupReader {
 public:
  static std::expected<std::unique_ptr<BackupReader>, DatabaseError> open(const std::string& directory);
  ~BackupReader();
  BackupReader(const BackupReader&) = delete;
  BackupReader& operator=(const BackupReader&) = delete;

  // Numbers of the backups, ascending.
  std::vector<uint32_t> numbers() const;
  std::expected<std::vector<BackedUpFile>, DatabaseError> files(uint32_t number) const;
  // Opens the backup where it lies, and reads what it is of.
  std::expected<BackedUpStore, DatabaseError> store(uint32_t number) const;
  // restore copies a backup to `to`, an empty or absent directory, and checks the copies. Durable at return.
  std::expected<void, DatabaseError> restore(uint32_t number, const std::string& to) const;

 private:
  explicit BackupReader(std::unique_ptr<rocksdb::BackupEngineReadOnly> engine);
  std::unique_ptr<rocksdb::BackupEngineReadOnly> engine_;
};

}  // namespace signet::store
