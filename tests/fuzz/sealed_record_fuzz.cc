// The vault file and sealed cells. The first octet picks what the rest is: 0 a vault file, 1 a vault file without its
// checksum (made here, so that the table behind it is reached), 3 shares of a secret, else a sealed cell.
#include <sodium.h>

#include <algorithm>
#include <cstdlib>

#include "keystore/vault/sealed_cell.h"
#include "keystore/vault/slot_secret.h"
#include "keystore/vault/vault_file.h"
#include "keystore/vault/vault_slot.h"

namespace signet {
namespace {

// The seeds were sealed with these; no input can hold what fits another key.
constexpr std::array<uint8_t, 32> kKeyFile{'k', 'e', 'y', ' ', 'f', 'i', 'l', 'e'};
constexpr std::array<uint8_t, 32> kCellKey{'c', 'e', 'l', 'l', ' ', 'k', 'e', 'y'};
constexpr VaultId kVaultId{'v', 'a', 'u', 'l', 't'};
constexpr uint8_t kRow[] = {0, 0, 0, 0, 'r', 'o', 'w'};
constexpr HashKey kForeignMacKey{0x66};

void require(bool condition) {
  if (!condition) std::abort();
}

void try_vault_file(ByteSpan bytes) {
  const auto file = parse_vault_file(bytes);
  require(!vault_file_authentic(bytes, kForeignMacKey));
  if (!file) return;
  // Nothing is lost or added by reading: slots of unknown kinds are kept.
  const auto written = encode_vault_file(*file, kForeignMacKey);
  require(written.size() == bytes.size() && std::equal(written.begin(), written.end() - 64, bytes.begin()));
  const auto again = parse_vault_file(written);
  require(again && *again == *file);
  const SlotSecret secret{.kind = SlotKind::kKeyFile, .octets = *LockedBytes::copy_of(kKeyFile)};
  for (const VaultSlot& slot : file->slots) {
    const auto root = open_slot(*file, slot, secret);
    if (!root) continue;
    VaultSlot elsewhere = slot;
    ++elsewhere.number;
    VaultFile later = *file;
    ++later.generation;
    require(root->size() == kRootKeySize && !open_slot(*file, elsewhere, secret) && !open_slot(later, slot, secret));
  }
}

// Shares, one on a line.
void try_shares(ByteSpan text) {
  std::vector<std::string_view> shares;
  for (std::string_view rest = as_text(text); shares.size() < 16;) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    shares.push_back(rest.substr(0, end));
    if (end == rest.size()) break;
    rest.remove_prefix(end + 1);
  }
  const auto secret = secret_of_shares(kVaultId, shares);
  if (secret) require(secret->octets.size() == 32 && secret->kind == SlotKind::kShares);
}

void try_cell(ByteSpan sealed) {
  const CellPlace place{.family = "key", .row = kRow, .version = 1};
  CellPlace elsewhere = place;
  elsewhere.version = 2;
  require(!open_cell_with(kCellKey, kVaultId, elsewhere, sealed));
  const auto plain = open_cell_with(kCellKey, kVaultId, place, sealed);
  if (!plain) return;
  require(plain->size() + kCellOverhead == sealed.size());
  std::vector<uint8_t> changed(sealed.begin(), sealed.end());
  changed.back() ^= 1;
  require(!open_cell_with(kCellKey, kVaultId, place, changed));
}

}  // namespace
}  // namespace signet

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0 || sodium_init() < 0) return 0;
  const signet::ByteSpan input(data + 1, size - 1);
  if (data[0] == 0) {
    signet::try_vault_file(input);
  } else if (data[0] == 1) {
    std::vector<uint8_t> bytes(input.begin(), input.end());
    const auto digest = signet::sha256(input);
    bytes.insert(bytes.end(), digest.begin(), digest.end());
    signet::try_vault_file(bytes);
  } else if (data[0] == 3) {
    signet::try_shares(input);
  } else {
    signet::try_cell(input);
  }
  return 0;
}
