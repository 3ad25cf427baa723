// Vault: a random root key that encrypts every secret cell, wrapped by slots as LUKS does (key file now). File
// DATA/vault, format in keystore/FORMAT.md.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "protocol/base/digest.h"
#include "protocol/base/secret_bytes.h"

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
};
std::string_view vault_error_text(VaultError error);  // says what to do

// Where a cell lives; bound to the ciphertext as associated data (with the vault id).
struct CellPlace {
  std::string_view family;  // e.g. "key", "pepper"
  ByteSpan row;             // the record's key bytes
  uint32_t version = 0;
};

using VaultId = std::array<uint8_t, 16>;

class Vault {
 public:
  // create makes DATA/vault with one key-file slot; write to a temporary, fsync, rename, fsync directory. The key file
  // (32 random octets, mode 0600) is made when it does not exist.
  static std::expected<std::unique_ptr<Vault>, VaultError> create(const std::filesystem::path& data_dir,
                                                                  const std::filesystem::path& key_file);
  // open reads DATA/vault and unseals it with the key file.
  static std::expected<std::unique_ptr<Vault>, VaultError> open(const std::filesystem::path& data_dir,
                                                                const std::filesystem::path& key_file);
  virtual ~Vault() = default;

  virtual VaultId id() const = 0;
  virtual bool sealed() const = 0;
  virtual void seal() = 0;  // wipes the root key
  // seal_cell: XChaCha20-Poly1305, 24-byte random nonce first, 16-byte tag last. Any thread.
  virtual std::expected<std::vector<uint8_t>, VaultError> seal_cell(const CellPlace& place, ByteSpan plain) const = 0;
  virtual std::expected<SecretBytes, VaultError> open_cell(const CellPlace& place, ByteSpan sealed) const = 0;
};

// protect_process: PR_SET_DUMPABLE 0, RLIMIT_CORE 0, RLIMIT_MEMLOCK up to its hard limit. At start, before the vault
// is opened. False: not dumping was refused.
[[nodiscard]] bool protect_process();

}  // namespace signet
