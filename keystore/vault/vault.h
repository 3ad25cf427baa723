// Vault: a random root key that encrypts every secret cell, wrapped by slots as LUKS does: key file, passphrase,
// shares. File DATA/vault, format in keystore/FORMAT.md.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "keystore/vault/cell_place.h"
#include "keystore/vault/slot_secret.h"
#include "keystore/vault/vault_error.h"
#include "keystore/vault/vault_id.h"
#include "protocol/base/secret_bytes.h"

namespace signet {

// A slot for people.
struct VaultSlotInfo {
  uint32_t number = 0;
  std::string_view kind;   // slot_kind_name, or "unknown": of a later release
  unsigned threshold = 0;  // of shares
  unsigned shares = 0;
};
struct VaultSummary {
  VaultId id{};
  uint32_t generation = 0;  // of the root key; rises with every rekey
  bool rekeying = false;    // a change of the root key began and has not ended
  std::vector<VaultSlotInfo> slots;
};

// read_vault_summary reads DATA/vault without opening it: nothing of it is authenticated yet. Blocks.
std::expected<VaultSummary, VaultError> read_vault_summary(const std::filesystem::path& data_dir);

// Thread rule: any, but for what changes the file (slots, rekey): one at a time, and those block.
class Vault {
 public:
  // create makes DATA/vault with one slot; never replaces. Durable at return.
  static std::expected<std::unique_ptr<Vault>, VaultError> create(const std::filesystem::path& data_dir,
                                                                  const SlotSecret& secret);
  // The same with a key file (32 random octets, mode 0600), which is made when it does not exist.
  static std::expected<std::unique_ptr<Vault>, VaultError> create(const std::filesystem::path& data_dir,
                                                                  const std::filesystem::path& key_file);
  // open reads DATA/vault and unseals it. kWrongKey, kWrongPassphrase, kWrongShares: no slot opens.
  static std::expected<std::unique_ptr<Vault>, VaultError> open(const std::filesystem::path& data_dir,
                                                                const SlotSecret& secret);
  static std::expected<std::unique_ptr<Vault>, VaultError> open(const std::filesystem::path& data_dir,
                                                                const std::filesystem::path& key_file);
  virtual ~Vault() = default;

  virtual VaultId id() const = 0;
  virtual VaultSummary summary() const = 0;
  virtual bool sealed() const = 0;
  virtual void seal() = 0;  // wipes the root key
  // seal_cell: XChaCha20-Poly1305, 24-byte random nonce first, 16-byte tag last. Any thread.
  virtual std::expected<std::vector<uint8_t>, VaultError> seal_cell(const CellPlace& place, ByteSpan plain) const = 0;
  // While the root key is being changed, cells of the one before open too.
  virtual std::expected<SecretBytes, VaultError> open_cell(const CellPlace& place, ByteSpan sealed) const = 0;

  // --- slots: durable at return; after an error the file is as it was, or with kIo as it was to be ---
  // add_slot gives the number of the new slot: one that this vault never had.
  virtual std::expected<uint32_t, VaultError> add_slot(const SlotSecret& secret) = 0;
  // kLastSlot: what is left would open nothing.
  virtual std::expected<void, VaultError> remove_slot(uint32_t number) = 0;
  // check_slot gives the number of the slot that the secret opens, and opens nothing else.
  virtual std::expected<uint32_t, VaultError> check_slot(const SlotSecret& secret) const = 0;

  // --- a new root key, in two steps between which the owner of the cells seals each of them anew ---
  // begin_rekey makes the root key and seals it to every slot: from then on cells are sealed with it, and those of the
  // one before still open. Does nothing when a rekey has begun already. A crash afterwards leaves a vault that opens
  // with the same slots and is still rekeying.
  virtual std::expected<void, VaultError> begin_rekey() = 0;
  // end_rekey forgets the root key before. Only when no cell of it is left.
  virtual std::expected<void, VaultError> end_rekey() = 0;
  virtual bool rekeying() const = 0;
};

// discard_unfinished_vault removes what a crash in a change of the vault left beside DATA/vault: a slot in it would
// open the root key though the slot was never there. By the owner of the directory, before it changes the vault.
// Blocks.
void discard_unfinished_vault(const std::filesystem::path& data_dir);

// protect_process: PR_SET_DUMPABLE 0, RLIMIT_CORE 0, RLIMIT_MEMLOCK up to its hard limit. At start, before the vault
// is opened. False: not dumping was refused.
[[nodiscard]] bool protect_process();

}  // namespace signet
