// restore_backup: a data directory out of a backup. What may have been revoked after the backup was made is ended in
// the same breath, before anything can be served from it.
#pragma once

#include <expected>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "keystore/backup/backup_directory.h"
#include "keystore/store/store.h"
#include "keystore/vault/slot_secret.h"

namespace signet {

struct RestoreOrder {
  std::filesystem::path directory;  // of the backups
  uint32_t number = 0;              // 0 = the last one
  std::filesystem::path data_dir;   // absent, or an empty directory
  // Makes what opens the backup's vault, once its id is known. The error is for the operator.
  std::function<std::expected<SlotSecret, std::string>(const VaultId& vault)> secret;
  RestoreRules rules;
  AuditActor actor;
  BackupProgress progress;
};
struct RestoredBackup {
  BackupManifest manifest;
  RestorePoint point;
  std::vector<std::string> signing_keys;  // kids of the keys that sign again
};

// open_backup_vault authenticates a manifest with what opens the vault in it, whose file is written to `scratch`. The
// error is complete.
std::expected<std::unique_ptr<Vault>, std::string> open_backup_vault(const SealedManifest& sealed,
                                                                     const std::filesystem::path& scratch,
                                                                     const SlotSecret& secret);

// restore_backup checks the backup, copies it beside DATA (DATA.restoring), opens all of it as the daemon would, ends
// what it must not revive in one durable commit, and only then renames it to DATA. Files belong to whom the empty DATA
// directory belonged to, else to the caller. After an error, or a crash, DATA is as it was. Blocks. The error is
// complete, for the operator.
std::expected<RestoredBackup, std::string> restore_backup(const RestoreOrder& order);

}  // namespace signet
