// Backups of the store and what a restore does: types.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "keystore/revocation/restore_point.h"
#include "protocol/base/digest.h"

namespace signet {

struct StoreBackupOrder {
  std::string directory;  // exists
  // Octets copied so far and about how many there are: what an earlier backup has already is not copied. Any thread.
  std::function<void(uint64_t copied, uint64_t about)> progress;
};
struct StoreBackup {
  uint32_t number = 0;  // in its directory
};

// What a restore leaves alive. By default nothing that may have been revoked after the backup was made: access tokens
// and refresh families are ended, and API tokens wait for accept_restored_tokens.
struct RestoreRules {
  bool revive_tokens = false;    // access tokens of before: those that were revoked since live on until they expire
  bool revive_families = false;  // refresh families and API tokens of before: those that were ended since live on
};

}  // namespace signet
