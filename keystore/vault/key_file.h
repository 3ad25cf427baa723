// The key file: 32 random octets, of mode 0600, that open the vault's key-file slot. Best kept on another disk than the
// data directory.
#pragma once

#include <expected>
#include <filesystem>

#include "keystore/vault/locked_bytes.h"
#include "keystore/vault/vault_error.h"

namespace signet {

inline constexpr size_t kKeyFileSize = 32;

// read_key_file: kKeyFileMissing; kKeyFileMode (readable or writable by group or others, owned by another user than
// root and the one running, or no regular file; a symbolic link is followed and its target checked); kKeyFileBadSize;
// kIo. Blocks.
std::expected<LockedBytes, VaultError> read_key_file(const std::filesystem::path& path);

// create_key_file writes fresh random octets, durable at return. Never replaces: kExists. Blocks.
std::expected<void, VaultError> create_key_file(const std::filesystem::path& path);

}  // namespace signet
