// The key-file slot: the root key wrapped with XChaCha20-Poly1305 under a key from the key file. One of the slot kinds
// of the vault; others get a file of their own with the same two functions.
#pragma once

#include <optional>

#include "keystore/vault/locked_bytes.h"
#include "keystore/vault/vault_file.h"

namespace signet {

inline constexpr size_t kRootKeySize = 32;

// wrap_with_key_file makes the slot `number` of `vault`. `key_file` and `root` have their exact sizes. Nothing when no
// memory can be locked.
std::optional<VaultSlot> wrap_with_key_file(const VaultFile& vault, uint32_t number, ByteSpan key_file, ByteSpan root);

// unwrap_with_key_file opens the slot. Nothing: wrong key file, another vault's slot, or damage (not told apart).
std::optional<LockedBytes> unwrap_with_key_file(const VaultFile& vault, const VaultSlot& slot, ByteSpan key_file);

}  // namespace signet
