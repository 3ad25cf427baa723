#include "keystore/vault/vault_file.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "keystore/vault/little_endian.h"
#include "protocol/base/check.h"

namespace signet {
namespace {

constexpr std::string_view kMagic = "SIGNETVT";
constexpr size_t kHeaderSize = 8 + 4 + 4 + 16 + 4 + 4 + 4;
constexpr size_t kSlotHeaderSize = 12;
constexpr size_t kMacSize = 32;
constexpr size_t kChecksumSize = 32;
constexpr size_t kTrailerSize = kMacSize + kChecksumSize;

std::unexpected<VaultError> fail(VaultError error) { return std::unexpected(error); }

// Takes one slot off the front of `table`; nothing when it does not fit.
std::optional<VaultSlot> take_slot(ByteSpan& table) {
  if (table.size() < kSlotHeaderSize) return std::nullopt;
  VaultSlot slot;
  slot.kind = load_le32(table);
  slot.number = load_le32(table.subspan(4));
  const uint32_t size = load_le32(table.subspan(8));
  table = table.subspan(kSlotHeaderSize);
  if (size > table.size()) return std::nullopt;
  slot.payload.assign(table.begin(), table.begin() + size);
  table = table.subspan(size);
  return slot;
}

}  // namespace

std::vector<uint8_t> encode_vault_file(const VaultFile& file, const HashKey& mac_key) {
  SIGNET_CHECK(file.slots.size() <= kVaultSlotsMax);
  std::vector<uint8_t> out;
  append_bytes(out, as_bytes(kMagic));
  append_le32(out, kVaultFileVersion);
  append_le32(out, static_cast<uint32_t>(file.slots.size()));
  append_bytes(out, file.id);
  append_le32(out, file.generation);
  append_le32(out, static_cast<uint32_t>(file.previous_root.size()));
  append_le32(out, file.last_slot);
  for (const VaultSlot& slot : file.slots) {
    append_le32(out, slot.kind);
    append_le32(out, slot.number);
    append_le32(out, static_cast<uint32_t>(slot.payload.size()));
    append_bytes(out, slot.payload);
  }
  append_bytes(out, file.previous_root);
  append_bytes(out, keyed_hash_256(mac_key, out));
  append_bytes(out, sha256(out));
  SIGNET_CHECK(out.size() <= kVaultFileSizeMax);
  return out;
}

std::expected<VaultFile, VaultError> parse_vault_file(ByteSpan bytes) {
  if (bytes.size() < kMagic.size() || as_text(bytes.first(kMagic.size())) != kMagic)
    return fail(VaultError::kBadFormat);
  if (bytes.size() < kHeaderSize + kTrailerSize || bytes.size() > kVaultFileSizeMax) return fail(VaultError::kDamaged);
  // The version before the checksum: a later release may keep its checksum elsewhere.
  if (load_le32(bytes.subspan(8)) != kVaultFileVersion) return fail(VaultError::kBadFormat);
  const ByteSpan covered = bytes.first(bytes.size() - kChecksumSize);
  if (!constant_time_equal(sha256(covered), bytes.last(kChecksumSize))) return fail(VaultError::kDamaged);

  VaultFile file;
  const uint32_t slots = load_le32(bytes.subspan(12));
  std::ranges::copy(bytes.subspan(16, file.id.size()), file.id.begin());
  file.generation = load_le32(bytes.subspan(32));
  const uint32_t previous = load_le32(bytes.subspan(36));
  file.last_slot = load_le32(bytes.subspan(40));
  if (slots > kVaultSlotsMax) return fail(VaultError::kDamaged);
  ByteSpan table = bytes.subspan(kHeaderSize, bytes.size() - kHeaderSize - kTrailerSize);
  for (uint32_t i = 0; i < slots; ++i) {
    auto slot = take_slot(table);
    if (!slot) return fail(VaultError::kDamaged);
    file.slots.push_back(std::move(*slot));
  }
  if (table.size() != previous) return fail(VaultError::kDamaged);
  file.previous_root.assign(table.begin(), table.end());
  return file;
}

bool vault_file_authentic(ByteSpan bytes, const HashKey& mac_key) {
  if (bytes.size() < kHeaderSize + kTrailerSize) return false;
  const ByteSpan covered = bytes.first(bytes.size() - kTrailerSize);
  return constant_time_equal(keyed_hash_256(mac_key, covered), bytes.subspan(covered.size(), kMacSize));
}

}  // namespace signet
