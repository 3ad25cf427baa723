#include "keystore/vault/vault.h"

#include <sodium.h>

#include <atomic>
#include <mutex>
#include <shared_mutex>
#include <utility>

#include "keystore/vault/durable_file.h"
#include "keystore/vault/key_file.h"
#include "keystore/vault/key_file_slot.h"
#include "keystore/vault/sealed_cell.h"
#include "keystore/vault/vault_file.h"

namespace signet {
namespace {

constexpr const char* kVaultFileName = "vault";
constexpr std::string_view kCellKeyLabel = "signet vault cells";
constexpr std::string_view kFileKeyLabel = "signet vault file";

std::unexpected<VaultError> fail(VaultError error) { return std::unexpected(error); }

// A sub-key of the root key, on the stack only while `use` runs.
template <typename Use>
auto with_sub_key(const LockedBytes& root, std::string_view label, Use use) {
  HashKey root_key;
  std::memcpy(root_key.data(), root.expose().data(), root_key.size());
  HashKey sub_key = derive_key(root_key, label);
  wipe(root_key);
  auto result = use(std::as_const(sub_key));
  wipe(sub_key);
  return result;
}

// Thread rule: any. Cells are opened and sealed under a shared lock, so that seal() waits for those under way; this is
// never on the request path.
class FileVault final : public Vault {
 public:
  FileVault(const VaultId& id, LockedBytes root, LockedBytes cell_key)
      : id_(id), root_(std::move(root)), cell_key_(std::move(cell_key)) {}

  VaultId id() const override { return id_; }
  bool sealed() const override {
    const std::shared_lock lock(mutex_);
    return cell_key_.empty();
  }
  void seal() override {
    const std::unique_lock lock(mutex_);
    root_ = LockedBytes();
    cell_key_ = LockedBytes();
  }

  std::expected<std::vector<uint8_t>, VaultError> seal_cell(const CellPlace& place, ByteSpan plain) const override {
    const std::shared_lock lock(mutex_);
    if (cell_key_.empty()) return fail(VaultError::kSealed);
    return seal_cell_with(cell_key_.expose(), id_, place, plain);
  }

  std::expected<SecretBytes, VaultError> open_cell(const CellPlace& place, ByteSpan sealed) const override {
    const std::shared_lock lock(mutex_);
    if (cell_key_.empty()) return fail(VaultError::kSealed);
    auto plain = open_cell_with(cell_key_.expose(), id_, place, sealed);
    if (!plain) return fail(VaultError::kBadCell);
    return std::move(*plain);
  }

 private:
  const VaultId id_;
  mutable std::shared_mutex mutex_;
  LockedBytes root_;  // kept for the slots to come; both empty when sealed
  LockedBytes cell_key_;
};

std::expected<std::unique_ptr<Vault>, VaultError> unsealed(const VaultId& id, LockedBytes root) {
  auto cell_key = with_sub_key(root, kCellKeyLabel, [](const HashKey& key) { return LockedBytes::copy_of(key); });
  if (!cell_key) return fail(VaultError::kNoLockedMemory);
  return std::make_unique<FileVault>(id, std::move(root), std::move(*cell_key));
}

// The key file of a vault to be made: the one that is there, or a new one.
std::expected<LockedBytes, VaultError> key_file_for_new_vault(const std::filesystem::path& path) {
  auto key = read_key_file(path);
  if (key || key.error() != VaultError::kKeyFileMissing) return key;
  if (const auto made = create_key_file(path); !made) return fail(made.error());
  return read_key_file(path);
}

VaultError vault_file_error(FileError error) {
  switch (error) {
    case FileError::kMissing:
      return VaultError::kNotFound;
    case FileError::kExists:
      return VaultError::kExists;
    case FileError::kNotRegular:
      return VaultError::kBadFormat;
    case FileError::kTooLarge:
      return VaultError::kDamaged;
    case FileError::kIo:
      break;
  }
  return VaultError::kIo;
}

bool make_data_dir(const std::filesystem::path& data_dir) {
  std::error_code error;
  if (!std::filesystem::create_directories(data_dir, error)) return !error;
  std::filesystem::permissions(data_dir, std::filesystem::perms::owner_all, error);
  return !error;
}

}  // namespace

std::expected<std::unique_ptr<Vault>, VaultError> Vault::create(const std::filesystem::path& data_dir,
                                                                const std::filesystem::path& key_file) {
  if (sodium_init() < 0 || !make_data_dir(data_dir)) return fail(VaultError::kIo);
  const std::filesystem::path path = data_dir / kVaultFileName;
  // Before the key file is touched; the rename below refuses again if another process comes between.
  std::error_code error;
  if (std::filesystem::symlink_status(path, error).type() != std::filesystem::file_type::not_found) {
    return fail(error ? VaultError::kIo : VaultError::kExists);
  }
  const auto key = key_file_for_new_vault(key_file);
  if (!key) return fail(key.error());

  VaultFile file;
  randombytes_buf(file.id.data(), file.id.size());
  auto root = LockedBytes::zeroed(kRootKeySize);
  if (!root) return fail(VaultError::kNoLockedMemory);
  randombytes_buf(root->expose_mutable().data(), root->size());
  auto slot = wrap_with_key_file(file, 1, key->expose(), root->expose());
  if (!slot) return fail(VaultError::kNoLockedMemory);
  file.slots.push_back(std::move(*slot));
  const auto bytes =
      with_sub_key(*root, kFileKeyLabel, [&](const HashKey& mac_key) { return encode_vault_file(file, mac_key); });
  if (const auto made = create_durable_file(path, bytes); !made) return fail(vault_file_error(made.error()));
  return unsealed(file.id, std::move(*root));
}

std::expected<std::unique_ptr<Vault>, VaultError> Vault::open(const std::filesystem::path& data_dir,
                                                              const std::filesystem::path& key_file) {
  if (sodium_init() < 0) return fail(VaultError::kIo);
  const auto bytes = read_small_file(data_dir / kVaultFileName, kVaultFileSizeMax);
  if (!bytes) return fail(vault_file_error(bytes.error()));
  const auto file = parse_vault_file(bytes->bytes.expose());
  if (!file) return fail(file.error());
  const auto key = read_key_file(key_file);
  if (!key) return fail(key.error());
  for (const VaultSlot& slot : file->slots) {
    if (slot.kind != static_cast<uint32_t>(SlotKind::kKeyFile)) continue;
    auto root = unwrap_with_key_file(*file, slot, key->expose());
    if (!root) continue;
    const bool authentic = with_sub_key(*root, kFileKeyLabel, [&](const HashKey& mac_key) {
      return vault_file_authentic(bytes->bytes.expose(), mac_key);
    });
    if (!authentic) return fail(VaultError::kDamaged);
    return unsealed(file->id, std::move(*root));
  }
  return fail(VaultError::kWrongKey);
}

std::string_view vault_error_text(VaultError error) {
  switch (error) {
    case VaultError::kNotFound:
      return "there is no vault file in the data directory: check the path, or create one";
    case VaultError::kExists:
      return "there is a vault already: it is never overwritten";
    case VaultError::kBadFormat:
      return "the vault file is not one that this version reads: check the data directory";
    case VaultError::kDamaged:
      return "the vault file is damaged or was altered: restore it from a backup";
    case VaultError::kKeyFileMissing:
      return "the key file is missing: restore it, or mount the disk that holds it";
    case VaultError::kKeyFileMode:
      return "the key file must be a regular file, owned by this user or root, closed to all others: chmod 600";
    case VaultError::kKeyFileBadSize:
      return "the key file must be exactly 32 octets: restore the right one";
    case VaultError::kWrongKey:
      return "the key file does not open this vault: use the one it was made with";
    case VaultError::kIo:
      return "reading or writing the vault or key file failed: check disk, space and permissions";
    case VaultError::kSealed:
      return "the vault is sealed: unseal it first";
    case VaultError::kBadCell:
      return "a sealed record is damaged or not where it belongs: restore from a backup";
    case VaultError::kNoLockedMemory:
      return "no more memory can be locked: raise RLIMIT_MEMLOCK (LimitMEMLOCK=)";
  }
  return "unknown vault error";
}

}  // namespace signet
