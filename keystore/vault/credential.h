// A secret that the service manager hands to this process: a file in $CREDENTIALS_DIRECTORY (LoadCredential= and
// LoadCredentialEncrypted= of systemd.exec(5)). It is no kind of slot: what is in it is a key file or a passphrase, and
// opens the same slot as one that lies elsewhere.
#pragma once

#include <sys/stat.h>

#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "keystore/vault/slot_secret.h"

namespace signet {

struct VaultCredential {
  SlotKind kind{};   // kKeyFile or kPassphrase
  std::string name;  // 1 to 255 of A-Za-z0-9._-, no dot first: never a path
};

// parse_vault_credential reads "NAME" (32 octets, as a key file) or "passphrase:NAME". Nothing for any other text.
std::optional<VaultCredential> parse_vault_credential(std::string_view text);

// secret_of_credential reads it. kNoCredentials: $CREDENTIALS_DIRECTORY is unset, no absolute path, or no directory;
// kCredentialMissing; kCredentialMode: see credential_closed, or a symbolic link; kCredentialBadSize: empty, or not 32
// octets of a key file; kWeakPassphrase: one line feed at the end does not count. Blocks.
std::expected<SlotSecret, VaultError> secret_of_credential(const VaultCredential& credential);
// The same from a directory that is named.
std::expected<SlotSecret, VaultError> secret_of_credential(const VaultCredential& credential,
                                                           const std::filesystem::path& directory);

// credential_closed: nobody but the owner (root, or `self`) may read the file or write it. Where systemd grants the
// service access by an ACL, the mode shows the ACL's mask where the group's bits are: reading by the group passes in a
// file of root and its group, which is what systemd makes.
bool credential_closed(const struct stat& status, uid_t self);

}  // namespace signet
