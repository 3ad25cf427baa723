// What can be wrong with a vault, or with what it is to be opened with.
#pragma once

#include <cstdint>
#include <string_view>

namespace signet {

enum class VaultError : uint8_t {
  kNotFound,  // no DATA/vault
  kExists,
  kBadFormat,  // unreadable or of another version
  kDamaged,    // checksum
  kKeyFileMissing,
  kKeyFileMode,  // readable by others, or not a regular file
  kKeyFileBadSize,
  kWrongKey,  // no slot opens with it
  kIo,
  kSealed,
  kBadCell,         // swapped, flipped or truncated
  kNoLockedMemory,  // RLIMIT_MEMLOCK is too low for the keys
  kWrongPassphrase,
  kWeakPassphrase,
  kBadShare,
  kMixedShares,
  kShareTwice,
  kTooFewShares,
  kWrongShares,
  kNoSuchSlot,
  kLastSlot,
  kSlotsFull,
  kBadThreshold,
  kNoCredentials,
  kBadCredentialName,
  kCredentialMissing,
  kCredentialMode,
  kCredentialBadSize,
};
std::string_view vault_error_text(VaultError error);  // says what to do

}  // namespace signet
