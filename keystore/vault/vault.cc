#include "keystore/vault/vault.h"

#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <shared_mutex>
#include <utility>

#include "keystore/vault/durable_file.h"
#include "keystore/vault/key_file.h"
#include "keystore/vault/sealed_cell.h"
#include "keystore/vault/vault_file.h"
#include "keystore/vault/vault_slot.h"

namespace signet {
namespace {

constexpr const char* kVaultFileName = "vault";
constexpr std::string_view kCellKeyLabel = "signet vault cells";
constexpr std::string_view kFileKeyLabel = "signet vault file";
constexpr std::string_view kPreviousRootFamily = "signet vault previous root";

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

std::optional<LockedBytes> cell_key_of(const LockedBytes& root) {
  return with_sub_key(root, kCellKeyLabel, [](const HashKey& key) { return LockedBytes::copy_of(key); });
}

std::vector<uint8_t> encode(const VaultFile& file, const LockedBytes& root) {
  return with_sub_key(root, kFileKeyLabel, [&](const HashKey& mac_key) { return encode_vault_file(file, mac_key); });
}

// The root key before is a cell like any other, of the generation that it had.
CellPlace previous_root_place(const VaultFile& file) { return {kPreviousRootFamily, {}, file.generation - 1}; }

VaultSummary summary_of(const VaultFile& file) {
  VaultSummary summary{
      .id = file.id, .generation = file.generation, .rekeying = !file.previous_root.empty(), .slots = {}};
  for (const VaultSlot& slot : file.slots) {
    const SlotShape shape = slot_shape(slot);
    summary.slots.push_back({.number = slot.number,
                             .kind = shape.known ? slot_kind_name(shape.kind) : "unknown",
                             .threshold = shape.threshold,
                             .shares = shape.shares});
  }
  return summary;
}

VaultError wrong_secret(SlotKind kind) {
  if (kind == SlotKind::kPassphrase) return VaultError::kWrongPassphrase;
  return kind == SlotKind::kShares ? VaultError::kWrongShares : VaultError::kWrongKey;
}

struct OpenedSlot {
  uint32_t number = 0;
  LockedBytes root;
};

std::expected<OpenedSlot, VaultError> open_any_slot(const VaultFile& file, const SlotSecret& secret) {
  for (const VaultSlot& slot : file.slots) {
    if (auto root = open_slot(file, slot, secret)) return OpenedSlot{slot.number, std::move(*root)};
  }
  return fail(wrong_secret(secret.kind));
}

// Thread rule: any. Cells are opened and sealed under a shared lock, so that seal() and a new root key wait for those
// under way; this is never on the request path.
class FileVault final : public Vault {
 public:
  FileVault(std::filesystem::path path, VaultFile file)
      : path_(std::move(path)), id_(file.id), file_(std::move(file)) {}

  // Once, before anything else.
  std::expected<void, VaultError> unseal(LockedBytes root) {
    auto key = cell_key_of(root);
    if (!key) return fail(VaultError::kNoLockedMemory);
    if (!file_.previous_root.empty()) {
      auto before = open_previous_root(*key);
      if (!before) return fail(before.error());
      previous_cell_key_ = std::move(*before);
    }
    root_ = std::move(root);
    cell_key_ = std::move(*key);
    return {};
  }

  VaultId id() const override { return id_; }
  VaultSummary summary() const override {
    const std::shared_lock lock(mutex_);
    return summary_of(file_);
  }
  bool sealed() const override {
    const std::shared_lock lock(mutex_);
    return cell_key_.empty();
  }
  void seal() override {
    const std::unique_lock lock(mutex_);
    root_ = LockedBytes();
    cell_key_ = LockedBytes();
    previous_cell_key_ = LockedBytes();
  }
  bool rekeying() const override {
    const std::shared_lock lock(mutex_);
    return !file_.previous_root.empty();
  }

  std::expected<std::vector<uint8_t>, VaultError> seal_cell(const CellPlace& place, ByteSpan plain) const override {
    const std::shared_lock lock(mutex_);
    if (cell_key_.empty()) return fail(VaultError::kSealed);
    return seal_cell_with(cell_key_.expose(), file_.id, place, plain);
  }

  std::expected<SecretBytes, VaultError> open_cell(const CellPlace& place, ByteSpan sealed) const override {
    const std::shared_lock lock(mutex_);
    if (cell_key_.empty()) return fail(VaultError::kSealed);
    auto plain = open_cell_with(cell_key_.expose(), file_.id, place, sealed);
    if (!plain && !previous_cell_key_.empty()) {
      plain = open_cell_with(previous_cell_key_.expose(), file_.id, place, sealed);
    }
    if (!plain) return fail(VaultError::kBadCell);
    return std::move(*plain);
  }

  std::expected<uint32_t, VaultError> add_slot(const SlotSecret& secret) override {
    // Changes come one at a time; Argon2id takes its time beside cells that are sealed and opened.
    VaultFile next;
    std::optional<LockedBytes> root;
    {
      const std::shared_lock lock(mutex_);
      if (root_.empty()) return fail(VaultError::kSealed);
      next = file_;
      root = LockedBytes::copy_of(root_.expose());
    }
    if (!root) return fail(VaultError::kNoLockedMemory);
    if (next.slots.size() >= kVaultSlotsMax) return fail(VaultError::kSlotsFull);
    const uint32_t number = next.last_slot + 1;
    auto slot = make_slot(next, number, secret, kPassphraseCost, root->expose());
    if (!slot) return fail(VaultError::kNoLockedMemory);
    next.slots.push_back(std::move(*slot));
    next.last_slot = number;
    const std::unique_lock lock(mutex_);
    if (root_.empty()) return fail(VaultError::kSealed);
    if (auto written = write(std::move(next), root_); !written) return fail(written.error());
    return number;
  }

  std::expected<void, VaultError> remove_slot(uint32_t number) override {
    const std::unique_lock lock(mutex_);
    if (root_.empty()) return fail(VaultError::kSealed);
    VaultFile next = file_;
    if (std::erase_if(next.slots, [&](const VaultSlot& slot) { return slot.number == number; }) == 0) {
      return fail(VaultError::kNoSuchSlot);
    }
    // One of a later release may be the only thing that opens it there; here it opens nothing.
    if (std::ranges::none_of(next.slots, [](const VaultSlot& slot) { return slot_shape(slot).known; })) {
      return fail(VaultError::kLastSlot);
    }
    return write(std::move(next), root_);
  }

  std::expected<uint32_t, VaultError> check_slot(const SlotSecret& secret) const override {
    VaultFile file;
    {
      const std::shared_lock lock(mutex_);
      file = file_;
    }
    auto opened = open_any_slot(file, secret);
    if (!opened) return fail(opened.error());
    return opened->number;
  }

  std::expected<void, VaultError> begin_rekey() override {
    const std::unique_lock lock(mutex_);
    if (root_.empty()) return fail(VaultError::kSealed);
    if (!file_.previous_root.empty()) return {};
    auto root = LockedBytes::zeroed(kRootKeySize);
    if (!root) return fail(VaultError::kNoLockedMemory);
    randombytes_buf(root->expose_mutable().data(), root->size());
    auto key = cell_key_of(*root);
    if (!key) return fail(VaultError::kNoLockedMemory);
    VaultFile next = file_;
    ++next.generation;
    for (VaultSlot& slot : next.slots) {
      auto resealed = reseal_slot(next, slot, root_.expose(), root->expose());
      // A slot that this release cannot seal the new key to would be lost with the old one.
      if (!resealed) return fail(slot_shape(slot).known ? VaultError::kDamaged : VaultError::kBadFormat);
      slot = std::move(*resealed);
    }
    next.previous_root = seal_cell_with(key->expose(), next.id, previous_root_place(next), root_.expose());
    if (auto written = write(std::move(next), *root); !written) return written;
    previous_cell_key_ = std::move(cell_key_);
    cell_key_ = std::move(*key);
    root_ = std::move(*root);
    return {};
  }

  std::expected<void, VaultError> end_rekey() override {
    const std::unique_lock lock(mutex_);
    if (root_.empty()) return fail(VaultError::kSealed);
    if (file_.previous_root.empty()) return {};
    VaultFile next = file_;
    next.previous_root.clear();
    if (auto written = write(std::move(next), root_); !written) return written;
    previous_cell_key_ = LockedBytes();
    return {};
  }

 private:
  std::expected<LockedBytes, VaultError> open_previous_root(const LockedBytes& cell_key) const {
    const auto plain = open_cell_with(cell_key.expose(), file_.id, previous_root_place(file_), file_.previous_root);
    if (!plain || plain->size() != kRootKeySize) return fail(VaultError::kDamaged);
    const auto root = LockedBytes::copy_of(plain->expose());
    if (!root) return fail(VaultError::kNoLockedMemory);
    auto key = cell_key_of(*root);
    if (!key) return fail(VaultError::kNoLockedMemory);
    return std::move(*key);
  }

  std::expected<void, VaultError> write(VaultFile next, const LockedBytes& root) {
    if (!replace_durable_file(path_, encode(next, root))) return fail(VaultError::kIo);
    file_ = std::move(next);
    return {};
  }

  const std::filesystem::path path_;
  const VaultId id_;
  mutable std::shared_mutex mutex_;  // all below
  VaultFile file_;
  LockedBytes root_;  // for the slots; all three empty when sealed
  LockedBytes cell_key_;
  LockedBytes previous_cell_key_;  // of the root key before, while cells of it may be left
};

// The key file of a vault to be made: the one that is there, or a new one.
std::expected<SlotSecret, VaultError> key_file_for_new_vault(const std::filesystem::path& path) {
  auto secret = secret_of_key_file(path);
  if (secret || secret.error() != VaultError::kKeyFileMissing) return secret;
  if (const auto made = create_key_file(path); !made) return fail(made.error());
  return secret_of_key_file(path);
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

// Before anything is made: the rename refuses again if another process comes between.
std::expected<void, VaultError> check_absent(const std::filesystem::path& data_dir) {
  if (sodium_init() < 0 || !make_data_dir(data_dir)) return fail(VaultError::kIo);
  std::error_code error;
  if (std::filesystem::symlink_status(data_dir / kVaultFileName, error).type() ==
      std::filesystem::file_type::not_found) {
    return {};
  }
  return fail(error ? VaultError::kIo : VaultError::kExists);
}

struct ReadVault {
  SecretBytes bytes;
  VaultFile file;
};

std::expected<ReadVault, VaultError> read_vault(const std::filesystem::path& data_dir) {
  if (sodium_init() < 0) return fail(VaultError::kIo);
  auto bytes = read_small_file(data_dir / kVaultFileName, kVaultFileSizeMax);
  if (!bytes) return fail(vault_file_error(bytes.error()));
  auto file = parse_vault_file(bytes->bytes.expose());
  if (!file) return fail(file.error());
  return ReadVault{std::move(bytes->bytes), std::move(*file)};
}

}  // namespace

std::expected<VaultSummary, VaultError> read_vault_summary(const std::filesystem::path& data_dir) {
  const auto read = read_vault(data_dir);
  if (!read) return fail(read.error());
  return summary_of(read->file);
}

std::expected<std::unique_ptr<Vault>, VaultError> Vault::create(const std::filesystem::path& data_dir,
                                                                const std::filesystem::path& key_file) {
  if (auto absent = check_absent(data_dir); !absent) return fail(absent.error());
  const auto secret = key_file_for_new_vault(key_file);
  if (!secret) return fail(secret.error());
  return create(data_dir, *secret);
}

std::expected<std::unique_ptr<Vault>, VaultError> Vault::create(const std::filesystem::path& data_dir,
                                                                const SlotSecret& secret) {
  if (auto absent = check_absent(data_dir); !absent) return fail(absent.error());
  VaultFile file;
  randombytes_buf(file.id.data(), file.id.size());
  auto root = LockedBytes::zeroed(kRootKeySize);
  if (!root) return fail(VaultError::kNoLockedMemory);
  randombytes_buf(root->expose_mutable().data(), root->size());
  auto slot = make_slot(file, 1, secret, kPassphraseCost, root->expose());
  if (!slot) return fail(VaultError::kNoLockedMemory);
  file.slots.push_back(std::move(*slot));
  file.last_slot = 1;
  const std::filesystem::path path = data_dir / kVaultFileName;
  if (const auto made = create_durable_file(path, encode(file, *root)); !made) {
    return fail(vault_file_error(made.error()));
  }
  auto vault = std::make_unique<FileVault>(path, std::move(file));
  if (auto unsealed = vault->unseal(std::move(*root)); !unsealed) return fail(unsealed.error());
  return vault;
}

std::expected<std::unique_ptr<Vault>, VaultError> Vault::open(const std::filesystem::path& data_dir,
                                                              const std::filesystem::path& key_file) {
  // The vault first: without one there is nothing that a key file could be missing for.
  if (auto read = read_vault(data_dir); !read) return fail(read.error());
  const auto secret = secret_of_key_file(key_file);
  if (!secret) return fail(secret.error());
  return open(data_dir, *secret);
}

std::expected<std::unique_ptr<Vault>, VaultError> Vault::open(const std::filesystem::path& data_dir,
                                                              const SlotSecret& secret) {
  auto read = read_vault(data_dir);
  if (!read) return fail(read.error());
  auto opened = open_any_slot(read->file, secret);
  if (!opened) return fail(opened.error());
  const bool authentic = with_sub_key(opened->root, kFileKeyLabel, [&](const HashKey& mac_key) {
    return vault_file_authentic(read->bytes.expose(), mac_key);
  });
  if (!authentic) return fail(VaultError::kDamaged);
  auto vault = std::make_unique<FileVault>(data_dir / kVaultFileName, std::move(read->file));
  if (auto unsealed = vault->unseal(std::move(opened->root)); !unsealed) return fail(unsealed.error());
  return vault;
}

void discard_unfinished_vault(const std::filesystem::path& data_dir) {
  remove_unfinished_file(data_dir / kVaultFileName);
}

}  // namespace signet
