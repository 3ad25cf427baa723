// SecretFile: a new file that only its owner may read, for a secret that leaves the daemon.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "tools/ctl/failure.h"

namespace signet::ctl {

// Not thread-safe. Until commit() succeeded, the destructor removes the file again.
class SecretFile {
 public:
  // Makes `path` with mode 0600; refuses one that exists (O_EXCL), so that no secret is overwritten and no planted link
  // is followed.
  static std::expected<SecretFile, Failure> create(const std::string& path);
  SecretFile(SecretFile&& other) noexcept;
  SecretFile& operator=(SecretFile&&) = delete;
  SecretFile(const SecretFile&) = delete;
  SecretFile& operator=(const SecretFile&) = delete;
  ~SecretFile();

  // Writes `text`, syncs it and closes. Durable at return.
  std::expected<void, Failure> commit(std::string_view text);

 private:
  SecretFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  std::string path_;
  int descriptor_ = -1;
};

// write_fully writes all of `text`; gives 0 or errno.
int write_fully(int descriptor, std::string_view text);

}  // namespace signet::ctl
