#include "keystore/vault/credential.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "keystore/vault/durable_file.h"
#include "keystore/vault/key_file.h"

namespace signet {
namespace {

constexpr size_t kNameSizeMax = 255;
constexpr std::string_view kPassphrasePrefix = "passphrase:";

std::unexpected<VaultError> fail(VaultError error) { return std::unexpected(error); }

bool valid_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  };
  return !name.empty() && name.size() <= kNameSizeMax && name.front() != '.' && std::ranges::all_of(name, allowed);
}

VaultError credential_error(FileError error) {
  switch (error) {
    case FileError::kMissing:
      return VaultError::kCredentialMissing;
    case FileError::kNotRegular:
      return VaultError::kCredentialMode;
    case FileError::kTooLarge:
      return VaultError::kCredentialBadSize;
    case FileError::kExists:
    case FileError::kIo:
      break;
  }
  return VaultError::kIo;
}

// Somebody else who may write there could put a secret of his own in the place of ours.
VaultError directory_fault(const std::filesystem::path& directory, bool& good) {
  struct stat status{};
  good = false;
  if (!directory.is_absolute() || stat(directory.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
    return VaultError::kNoCredentials;
  }
  good = (status.st_mode & (S_IWGRP | S_IWOTH)) == 0 && (status.st_uid == 0 || status.st_uid == geteuid());
  return VaultError::kCredentialMode;
}

std::expected<SlotSecret, VaultError> as_secret(SlotKind kind, ByteSpan octets) {
  if (octets.empty()) return fail(VaultError::kCredentialBadSize);
  if (kind == SlotKind::kPassphrase) {
    if (octets.back() == '\n') octets = octets.first(octets.size() - 1);
    return secret_of_passphrase(octets);
  }
  if (octets.size() != kKeyFileSize) return fail(VaultError::kCredentialBadSize);
  auto key = LockedBytes::copy_of(octets);
  if (!key) return fail(VaultError::kNoLockedMemory);
  return SlotSecret{.kind = kind, .octets = std::move(*key)};
}

}  // namespace

std::optional<VaultCredential> parse_vault_credential(std::string_view text) {
  VaultCredential credential{.kind = SlotKind::kKeyFile, .name = {}};
  if (text.starts_with(kPassphrasePrefix)) {
    credential.kind = SlotKind::kPassphrase;
    text.remove_prefix(kPassphrasePrefix.size());
  }
  if (!valid_name(text)) return std::nullopt;
  credential.name = text;
  return credential;
}

bool credential_closed(const struct stat& status, uid_t self) {
  if ((status.st_mode & (S_IWGRP | S_IXGRP | S_IRWXO)) != 0) return false;
  if (status.st_uid != 0 && status.st_uid != self) return false;
  const bool of_root = status.st_uid == 0 && status.st_gid == 0;
  return (status.st_mode & S_IRGRP) == 0 || of_root;
}

std::expected<SlotSecret, VaultError> secret_of_credential(const VaultCredential& credential,
                                                           const std::filesystem::path& directory) {
  bool good = false;
  if (const VaultError fault = directory_fault(directory, good); !good) return fail(fault);
  if (!valid_name(credential.name)) return fail(VaultError::kBadCredentialName);
  const auto file = read_small_file(directory / credential.name, kPassphraseSizeMax + 1, Links::kRefuse);
  if (!file) return fail(credential_error(file.error()));
  if (!credential_closed(file->status, geteuid())) return fail(VaultError::kCredentialMode);
  return as_secret(credential.kind, file->bytes.expose());
}

std::expected<SlotSecret, VaultError> secret_of_credential(const VaultCredential& credential) {
  const char* directory = std::getenv("CREDENTIALS_DIRECTORY");
  if (directory == nullptr) return fail(VaultError::kNoCredentials);
  return secret_of_credential(credential, directory);
}

}  // namespace signet
