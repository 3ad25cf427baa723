// DirectoryLock: one process uses a data directory at a time. A lock on the directory itself leaves no file behind and
// goes with the process, however it ends. Thread rule: any, one at a time.
#pragma once

#include <expected>
#include <string>

namespace signet::store {

enum class DirectoryLockError { kMissing, kInUse, kIo };

class DirectoryLock {
 public:
  // Does not wait.
  static std::expected<DirectoryLock, DirectoryLockError> take(const std::string& path);
  DirectoryLock(DirectoryLock&& other) noexcept;
  DirectoryLock& operator=(DirectoryLock&&) = delete;
  ~DirectoryLock();

  // sync_names makes creations and renames in the directory durable. False: it failed.
  [[nodiscard]] bool sync_names() const;

 private:
  explicit DirectoryLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace signet::store
