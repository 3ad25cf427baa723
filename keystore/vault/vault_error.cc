#include "keystore/vault/vault_error.h"

namespace signet {

std::string_view vault_error_text(VaultError error) {
  switch (error) {
    case VaultError::kNotFound:
      return "there is no vault file in the data directory: check the path, or create one";
    case VaultError::kExists:
      return "there is a vault already: it is never overwritten";
    case VaultError::kBadFormat:
      return "the vault file is not one that this version reads: check the data directory";
    case VaultError::kDamaged:
      return "the vault file is damaged or was altered: restore it from a backup";
    case VaultError::kKeyFileMissing:
      return "the key file is missing: restore it, or mount the disk that holds it";
    case VaultError::kKeyFileMode:
      return "the key file must be a regular file, owned by this user or root, closed to all others: chmod 600";
    case VaultError::kKeyFileBadSize:
      return "the key file must be exactly 32 octets: restore the right one";
    case VaultError::kWrongKey:
      return "the key file does not open this vault: use the one it was made with";
    case VaultError::kIo:
      return "reading or writing the vault or key file failed: check disk, space and permissions";
    case VaultError::kSealed:
      return "the vault is sealed: unseal it first";
    case VaultError::kBadCell:
      return "a sealed record is damaged or not where it belongs: restore from a backup";
    case VaultError::kNoLockedMemory:
      return "no more memory can be locked: raise RLIMIT_MEMLOCK (LimitMEMLOCK=)";
    case VaultError::kWrongPassphrase:
      return "the passphrase opens no slot of this vault";
    case VaultError::kWeakPassphrase:
      return "a passphrase has 12 to 1024 octets";
    case VaultError::kBadShare:
      return "this is no share of a vault, or it was copied with a mistake: compare it with the original";
    case VaultError::kMixedShares:
      return "these shares do not belong together: they are of another vault, or of two slots";
    case VaultError::kShareTwice:
      return "the same share was given twice";
    case VaultError::kTooFewShares:
      return "these are too few shares: the slot wants more of them";
    case VaultError::kWrongShares:
      return "these shares do not open their slot: it was removed, or they are of an older copy of it";
    case VaultError::kNoSuchSlot:
      return "there is no slot of that number: see signetctl vault status";
    case VaultError::kLastSlot:
      return "this is the last slot: without it nothing could open the vault. Add another one first";
    case VaultError::kSlotsFull:
      return "there are as many slots as a vault can have: remove one first";
    case VaultError::kBadThreshold:
      return "shares: 2 to 255, of which at least 2 and at most all open the slot";
    case VaultError::kNoCredentials:
      return "the service manager gave no credentials: $CREDENTIALS_DIRECTORY names no directory. LoadCredential= or "
             "LoadCredentialEncrypted= in the unit gives them";
    case VaultError::kBadCredentialName:
      return "a credential's name is 1 to 255 of A-Za-z0-9._- with no dot first; \"passphrase:\" may stand before it";
    case VaultError::kCredentialMissing:
      return "there is no such credential in $CREDENTIALS_DIRECTORY: compare its name with the unit's";
    case VaultError::kCredentialMode:
      return "the credential must be a regular file of root or of this user, closed to others, in a directory that "
             "nobody else may write to";
    case VaultError::kCredentialBadSize:
      return "the credential must hold the 32 octets of a key file, or a passphrase where \"passphrase:\" stands "
             "before "
             "its name";
  }
  return "unknown vault error";
}

}  // namespace signet
