// A slot of the vault: one way to the root key. The secret that opens it unwraps two keys of its own: a private key, to
// which the root key is sealed, and a key that vouches for that. So the root key can be changed for every slot without
// any slot's secret, by whoever holds the root key now, and by nobody else. Layout in keystore/FORMAT.md.
#pragma once

#include <optional>

#include "keystore/vault/argon2id.h"
#include "keystore/vault/locked_bytes.h"
#include "keystore/vault/slot_secret.h"
#include "keystore/vault/vault_file.h"

namespace signet {

inline constexpr size_t kRootKeySize = 32;

// For passphrases: a guess takes this much memory, four times. Some 0.8 s.
inline constexpr PasswordCost kPassphraseCost{.memory_kib = 128 * 1024, .passes = 4};

// make_slot makes the slot `number` for a root key of that generation. `root` has its exact size. Blocks for a
// passphrase. Nothing when no memory can be locked or had.
std::optional<VaultSlot> make_slot(const VaultFile& vault, uint32_t number, const SlotSecret& secret,
                                   const PasswordCost& cost, ByteSpan root);

// open_slot gives the root key. Nothing: another secret or kind, another vault's slot, or damage (not told apart).
// Blocks for a passphrase.
std::optional<LockedBytes> open_slot(const VaultFile& vault, const VaultSlot& slot, const SlotSecret& secret);

// reseal_slot seals a new root key to a slot. `vault` has the new generation already; `old_root` is the key of the
// slot as it is. Nothing: the slot is not of that root key, or of a kind of a later release.
std::optional<VaultSlot> reseal_slot(const VaultFile& vault, const VaultSlot& slot, ByteSpan old_root,
                                     ByteSpan new_root);

// What a slot says of itself, for people.
struct SlotShape {
  bool known = false;  // of this release
  SlotKind kind{};
  unsigned threshold = 0;  // of shares
  unsigned shares = 0;
};
SlotShape slot_shape(const VaultSlot& slot);

}  // namespace signet
