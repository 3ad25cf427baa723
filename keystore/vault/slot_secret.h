// SlotSecret: what an operator has to open a slot with, turned into octets.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "keystore/vault/locked_bytes.h"
#include "keystore/vault/vault_error.h"
#include "keystore/vault/vault_id.h"
#include "protocol/base/secret_bytes.h"

namespace signet {

// On disk: never renumber. 1 was the key file of version 1 of the vault file.
enum class SlotKind : uint32_t { kKeyFile = 2, kPassphrase = 3, kShares = 4 };
std::string_view slot_kind_name(SlotKind kind);

struct SlotSecret {
  SlotKind kind{};
  LockedBytes octets;      // the key file; the passphrase; the secret that was shared
  uint32_t number = 0;     // of shares: the slot that they are of. 0 = any slot of the kind
  unsigned threshold = 0;  // of shares that are to be made: so many open the slot
  unsigned shares = 0;     // of so many
};

// Errors: see read_key_file. Blocks.
std::expected<SlotSecret, VaultError> secret_of_key_file(const std::filesystem::path& path);

// Shorter ones are refused: Argon2id makes a guess dear, not impossible.
inline constexpr size_t kPassphraseSizeMin = 12;
inline constexpr size_t kPassphraseSizeMax = 1024;
// kWeakPassphrase; kNoLockedMemory.
std::expected<SlotSecret, VaultError> secret_of_passphrase(ByteSpan passphrase);

// A share as people keep it: "signet-share-1-..." of letters, digits, - and _; of one vault and slot, with a checksum
// against slips of the pen.
std::expected<SlotSecret, VaultError> new_shared_secret(unsigned threshold, unsigned shares);
// share_texts splits the secret for the slot that was made with it. Nothing when no memory can be locked.
std::optional<std::vector<SecretBytes>> share_texts(const SlotSecret& secret, const VaultId& vault, uint32_t number);
// secret_of_shares puts shares together. kBadShare: no share, or one with a slip; kMixedShares: of another vault, or of
// two slots; kShareTwice; kTooFewShares. More than needed are fine.
std::expected<SlotSecret, VaultError> secret_of_shares(const VaultId& vault, std::span<const std::string_view> texts);

}  // namespace signet
