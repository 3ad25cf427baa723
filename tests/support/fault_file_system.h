// FaultFileSystem: a file system under RocksDB that fails or loses power on demand.
//
// - `fail_sync(n, error)`: the n-th sync of a file from now on fails, and every later one, as a disk does that broke.
// - `lose_power()`: from now on nothing is written any more; `forget_unsynced`, when the database is closed, then
//   brings the directory to what was synced: files are cut to their last synced length, files and renames whose
//   directory was not synced are undone. A sync that the loss overtakes fails.
// - `ignore_syncs()`: from now on syncs succeed and keep nothing, as those of a disk that lies.
//
// Thread rule: any.
#pragma once

#include <rocksdb/file_system.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>

namespace signet {

class FaultFileSystem : public rocksdb::FileSystemWrapper {
 public:
  enum class SyncError { kEio, kEnospc };

  FaultFileSystem() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "FaultFileSystem"; }

  void fail_sync(int n, SyncError error);
  void lose_power();
  void ignore_syncs();
  // Octets that were forgotten. With `random`, a part of what a file had got since its last sync stays, as disks may
  // write it of themselves.
  uint64_t forget_unsynced(std::mt19937_64* random = nullptr);
  int syncs() const;

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* result,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus ReopenWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSWritableFile>* result,
                                       rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewDirectory(const std::string& name, const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* result,
                                 rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus DeleteFile(const std::string& name, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;

  // For the files and directories that this one hands out.
  rocksdb::IOStatus before_write();
  rocksdb::IOStatus before_sync();
  rocksdb::IOStatus synced(const std::string& name, uint64_t size);
  rocksdb::IOStatus directory_synced(const std::string& name);

 private:
  mutable std::mutex mutex_;
  bool power_lost_ = false;
  bool syncs_ignored_ = false;
  int syncs_ = 0;
  int failing_sync_ = 0;  // 0 = none
  SyncError error_ = SyncError::kEio;
  std::map<std::string, uint64_t> synced_sizes_;                      // of files written since the start
  std::set<std::string> unsynced_names_;                              // made, directory not synced
  std::map<std::string, std::optional<std::string>> replaced_files_;  // contents before an unsynced rename
};

}  // namespace signet
