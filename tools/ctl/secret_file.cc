#include "tools/ctl/secret_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "protocol/base/errno_text.h"

namespace signet::ctl {

int write_fully(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = write(descriptor, text.data(), text.size());
    if (count >= 0) {
      text.remove_prefix(static_cast<size_t>(count));
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

std::expected<SecretFile, Failure> SecretFile::create(const std::string& path) {
  const int descriptor = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (descriptor < 0 && errno == EEXIST) {
    return std::unexpected(Failure{path + " exists already: name a new file, nothing is overwritten"});
  }
  if (descriptor < 0) return std::unexpected(Failure{fmt::format("{}: {}", path, errno_text(errno))});
  return SecretFile(path, descriptor);
}

SecretFile::SecretFile(SecretFile&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

SecretFile::~SecretFile() {
  if (descriptor_ < 0) return;
  close(descriptor_);
  unlink(path_.c_str());
}

std::expected<void, Failure> SecretFile::commit(std::string_view text) {
  int error = write_fully(descriptor_, text);
  if (error == 0 && fsync(descriptor_) != 0) error = errno;
  if (error != 0) return std::unexpected(Failure{fmt::format("writing {}: {}", path_, errno_text(error))});
  close(std::exchange(descriptor_, -1));
  return {};
}

}  // namespace signet::ctl
