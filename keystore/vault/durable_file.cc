#include "keystore/vault/durable_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <string>

namespace signet {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }

 private:
  int fd_;
};

std::unexpected<FileError> fail(FileError error) { return std::unexpected(error); }

// Octets read, or -1. Reads on until `out` is full or the file ends.
ssize_t read_fully(int fd, MutableByteSpan out) {
  size_t done = 0;
  while (done < out.size()) {
    const ssize_t got = read(fd, out.data() + done, out.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return -1;
    if (got == 0) break;
    done += static_cast<size_t>(got);
  }
  return static_cast<ssize_t>(done);
}

bool write_fully(int fd, ByteSpan bytes) {
  while (!bytes.empty()) {
    const ssize_t put = write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    bytes = bytes.subspan(static_cast<size_t>(put));
  }
  return true;
}

bool write_temporary(const std::string& path, ByteSpan bytes) {
  if (unlink(path.c_str()) != 0 && errno != ENOENT) return false;
  const Descriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  return file.valid() && write_fully(file.get(), bytes) && fsync(file.get()) == 0;
}

// 0, or errno. A file system without RENAME_NOREPLACE gets a hard link, which does not replace either.
std::string temporary_of(const std::filesystem::path& path) { return path.string() + ".tmp"; }

int rename_without_replacing(const std::string& from, const std::string& to) {
  if (renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  if (link(from.c_str(), to.c_str()) != 0) return errno;
  return unlink(from.c_str()) == 0 ? 0 : errno;
}

bool sync_directory(const std::filesystem::path& directory) {
  const std::string name = directory.empty() ? "." : directory.string();
  const Descriptor handle(open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return handle.valid() && fsync(handle.get()) == 0;
}

}  // namespace

std::expected<SmallFile, FileError> read_small_file(const std::filesystem::path& path, size_t size_max, Links links) {
  // O_NONBLOCK: a named pipe in the file's place is refused below instead of blocking the start.
  const int no_link = links == Links::kRefuse ? O_NOFOLLOW : 0;
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | no_link));
  if (!file.valid() && errno == ELOOP) return fail(FileError::kNotRegular);
  if (!file.valid()) return fail(errno == ENOENT || errno == ENOTDIR ? FileError::kMissing : FileError::kIo);
  SmallFile small;
  if (fstat(file.get(), &small.status) != 0) return fail(FileError::kIo);
  if (!S_ISREG(small.status.st_mode)) return fail(FileError::kNotRegular);
  SecretBytes buffer(size_max + 1);
  const ssize_t got = read_fully(file.get(), buffer.expose_mutable());
  if (got < 0) return fail(FileError::kIo);
  if (static_cast<size_t>(got) > size_max) return fail(FileError::kTooLarge);
  small.bytes = SecretBytes::copy_of(buffer.expose().first(static_cast<size_t>(got)));
  return small;
}

std::expected<void, FileError> create_durable_file(const std::filesystem::path& path, ByteSpan bytes) {
  struct stat status{};
  if (lstat(path.c_str(), &status) == 0) return fail(FileError::kExists);
  const std::string temporary = temporary_of(path);
  if (!write_temporary(temporary, bytes)) {
    unlink(temporary.c_str());
    return fail(FileError::kIo);
  }
  const int error = rename_without_replacing(temporary, path.string());
  if (error != 0) {
    unlink(temporary.c_str());
    return fail(error == EEXIST ? FileError::kExists : FileError::kIo);
  }
  if (!sync_directory(path.parent_path())) return fail(FileError::kIo);
  return {};
}

std::expected<void, FileError> replace_durable_file(const std::filesystem::path& path, ByteSpan bytes) {
  const std::string temporary = temporary_of(path);
  if (!write_temporary(temporary, bytes) || rename(temporary.c_str(), path.c_str()) != 0) {
    unlink(temporary.c_str());
    return fail(FileError::kIo);
  }
  if (!sync_directory(path.parent_path())) return fail(FileError::kIo);
  return {};
}

void remove_unfinished_file(const std::filesystem::path& path) { unlink(temporary_of(path).c_str()); }

}  // namespace signet
