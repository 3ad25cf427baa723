#include "keystore/store/directory_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace signet::store {

std::expected<DirectoryLock, DirectoryLockError> DirectoryLock::take(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return std::unexpected(errno == ENOENT ? DirectoryLockError::kMissing : DirectoryLockError::kIo);
  DirectoryLock lock(fd);
  if (flock(fd, LOCK_EX | LOCK_NB) == 0) return lock;
  return std::unexpected(errno == EWOULDBLOCK ? DirectoryLockError::kInUse : DirectoryLockError::kIo);
}

DirectoryLock::DirectoryLock(DirectoryLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

DirectoryLock::~DirectoryLock() {
  if (fd_ >= 0) close(fd_);
}

bool DirectoryLock::sync_names() const { return fsync(fd_) == 0; }

}  // namespace signet::store
