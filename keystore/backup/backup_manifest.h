// BackupManifest: what one backup is of and consists of, sealed by the vault, so that whoever can write the backup but
// not open the vault can alter nothing of it unseen. File DIR/signet/NUMBER, format in keystore/FORMAT.md.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "keystore/vault/vault.h"
#include "keystore/vault/vault_id.h"
#include "protocol/base/digest.h"
#include "protocol/base/time.h"

namespace signet {

struct BackupFile {
  std::string name;  // relative to the backup directory
  uint64_t size = 0;
  Sha256Digest sha256{};
};

struct BackupManifest {
  uint32_t number = 0;
  UnixSeconds created_at = 0;
  std::string version;  // of the program that made it
  VaultId vault_id{};
  std::array<uint8_t, 8> store_id{};
  uint64_t commit = 0;  // the last one in it
  Sha256Digest chain_hash{};
  uint64_t audit_sequence = 0;
  Sha256Digest audit_hash{};
  std::vector<uint8_t> vault_file;  // DATA/vault as it was: slots and sealed root key
  std::vector<BackupFile> files;

  uint64_t octets() const;
};

// A manifest as it lies on disk: two lines, the content and its seal.
struct SealedManifest {
  BackupManifest manifest;
  std::string content;
  std::vector<uint8_t> seal;
};

// seal_manifest gives the file's text.
std::expected<std::string, VaultError> seal_manifest(const BackupManifest& manifest, const Vault& vault);
// read_manifest reads a file's text; nothing of it is authenticated yet. The error says what is wrong.
std::expected<SealedManifest, std::string> read_manifest(std::string_view text);
// Whether the vault sealed it, and for that number.
bool manifest_is_authentic(const SealedManifest& sealed, const Vault& vault);

}  // namespace signet
