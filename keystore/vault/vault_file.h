// The file DATA/vault: header, slot table, authentication, checksum. Pure: bytes in, bytes out; layout in
// keystore/FORMAT.md.
#pragma once

#include <cstdint>
#include <expected>
#include <vector>

#include "keystore/vault/vault_error.h"
#include "keystore/vault/vault_id.h"
#include "protocol/base/digest.h"

namespace signet {

inline constexpr uint32_t kVaultFileVersion = 2;
inline constexpr size_t kVaultFileSizeMax = 64 * 1024;
inline constexpr uint32_t kVaultSlotsMax = 64;

struct VaultSlot {
  uint32_t kind = 0;    // a SlotKind, or one of a later release: skipped when opening, kept when writing
  uint32_t number = 0;  // stable name of the slot; never reused within a vault
  std::vector<uint8_t> payload;
  bool operator==(const VaultSlot&) const = default;
};

struct VaultFile {
  VaultId id{};
  uint32_t generation = 1;  // of the root key
  uint32_t last_slot = 0;   // the largest number that a slot of this vault ever had
  std::vector<VaultSlot> slots;
  // While the root key is being changed: the one before, encrypted with this one. Empty otherwise.
  std::vector<uint8_t> previous_root;
  bool operator==(const VaultFile&) const = default;
};

// encode_vault_file renders the file, authenticated with `mac_key` (from the root key).
std::vector<uint8_t> encode_vault_file(const VaultFile& file, const HashKey& mac_key);

// parse_vault_file checks form and checksum. kBadFormat: not a vault file, or of another version; kDamaged: truncated,
// checksum, or a table that does not add up. What it returns is not authenticated yet.
std::expected<VaultFile, VaultError> parse_vault_file(ByteSpan bytes);

// vault_file_authentic: whether `bytes`, already parsed, were written by a holder of the root key.
bool vault_file_authentic(ByteSpan bytes, const HashKey& mac_key);

}  // namespace signet
