// BackupDirectory: the backups in one directory, as they lie there. Reads only, and believes nothing that is not
// checked. Blocks. Thread rule: one thread.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "keystore/backup/backup_manifest.h"

namespace signet {

namespace store {
class BackupReader;
}

// Octets done and in all.
using BackupProgress = std::function<void(uint64_t done, uint64_t all)>;

class BackupDirectory {
 public:
  // The error is complete, for the operator.
  static std::expected<std::unique_ptr<BackupDirectory>, std::string> open(const std::filesystem::path& path);
  ~BackupDirectory();

  // Numbers of the backups that were finished, ascending.
  const std::vector<uint32_t>& numbers() const { return numbers_; }
  // The manifest of a backup (0 = the last one). Nothing of it is authenticated.
  std::expected<SealedManifest, std::string> manifest(uint32_t number) const;
  // check reads every file of the backup and compares it with the manifest, and the manifest with what the backup's
  // store says of itself. The error names what is wrong.
  std::expected<void, std::string> check(const BackupManifest& manifest, const BackupProgress& progress) const;
  // restore copies the backup's store to `to`, which must not exist, and compares the copies with the manifest: whoever
  // can write to the backup may change it between a `check` and the copying.
  std::expected<void, std::string> restore(const BackupManifest& manifest, const std::filesystem::path& to) const;

 private:
  BackupDirectory(std::filesystem::path path, std::unique_ptr<store::BackupReader> reader);
  const std::filesystem::path path_;
  const std::unique_ptr<store::BackupReader> reader_;
  std::vector<uint32_t> numbers_;
};

// DIR/signet/NUMBER.
std::filesystem::path manifest_path(const std::filesystem::path& directory, uint32_t number);
// The numbers for which there is a manifest, ascending.
std::vector<uint32_t> manifest_numbers(const std::filesystem::path& directory);
// read_manifest of a file. The error is complete.
std::expected<SealedManifest, std::string> read_manifest_file(const std::filesystem::path& directory, uint32_t number);
// hash_file reads a regular file; `seen` is told of each piece's size, and says whether to go on. Nothing: it cannot be
// read, errno says why.
std::optional<BackupFile> hash_file(const std::filesystem::path& directory, const std::string& name,
                                    const std::function<bool(size_t)>& seen);

}  // namespace signet
