#include "keystore/vault/key_file.h"

#include <sodium.h>
#include <unistd.h>

#include "keystore/vault/durable_file.h"

namespace signet {
namespace {

VaultError key_file_error(FileError error) {
  switch (error) {
    case FileError::kMissing:
      return VaultError::kKeyFileMissing;
    case FileError::kNotRegular:
      return VaultError::kKeyFileMode;
    case FileError::kTooLarge:
      return VaultError::kKeyFileBadSize;
    case FileError::kExists:
      return VaultError::kExists;
    case FileError::kIo:
      break;
  }
  return VaultError::kIo;
}

// Another owner could put a key of his choice there, or read it at any time.
bool only_ours(const struct stat& status) {
  const bool mode_good = (status.st_mode & (S_IRWXG | S_IRWXO)) == 0;
  return mode_good && (status.st_uid == geteuid() || status.st_uid == 0);
}

}  // namespace

std::expected<LockedBytes, VaultError> read_key_file(const std::filesystem::path& path) {
  const auto file = read_small_file(path, kKeyFileSize);
  // The mode first: "too large" about a file that others can read would send the operator the wrong way.
  if (file && !only_ours(file->status)) return std::unexpected(VaultError::kKeyFileMode);
  if (!file) return std::unexpected(key_file_error(file.error()));
  if (file->bytes.size() != kKeyFileSize) return std::unexpected(VaultError::kKeyFileBadSize);
  auto key = LockedBytes::copy_of(file->bytes.expose());
  if (!key) return std::unexpected(VaultError::kNoLockedMemory);
  return std::move(*key);
}

std::expected<void, VaultError> create_key_file(const std::filesystem::path& path) {
  auto key = LockedBytes::zeroed(kKeyFileSize);
  if (!key) return std::unexpected(VaultError::kNoLockedMemory);
  randombytes_buf(key->expose_mutable().data(), key->size());
  const auto made = create_durable_file(path, key->expose());
  if (!made) return std::unexpected(key_file_error(made.error()));
  return {};
}

}  // namespace signet
