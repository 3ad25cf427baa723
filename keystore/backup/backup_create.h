// create_backup: one more backup in a directory, while the store serves.
#pragma once

#include <expected>
#include <filesystem>
#include <string>

#include "keystore/backup/backup_directory.h"
#include "keystore/store/store.h"

namespace signet {

struct BackupOrder {
  std::filesystem::path directory;  // absolute; made when it does not exist
  std::filesystem::path data_dir;
  std::string version;                                   // of this program
  uint32_t keep = 0;                                     // so many of the newest stay, at least 1; 0 = all
  BackupProgress progress;                               // any thread; "all" is an estimate
  std::function<bool()> stopped = [] { return false; };  // any thread: asked while files are read again
};

// check_backup_directory says whether backups of that vault may be written there: it is absolute, not within the data
// directory, and empty, absent, or one of this vault's. The error is complete. Changes nothing.
std::expected<void, std::string> check_backup_directory(const BackupOrder& order, const VaultId& vault);

// create_backup: durable at return, and complete or not there. The root key must not change meanwhile: the caller sees
// to that, and check_backup_directory has let it through. Blocks.
std::expected<BackupManifest, StoreError> create_backup(const BackupOrder& order, Store& store, const Vault& vault);

}  // namespace signet
