#include "keystore/vault/key_file_slot.h"

#include <sodium.h>

#include "keystore/vault/key_file.h"
#include "keystore/vault/little_endian.h"
#include "protocol/base/check.h"

namespace signet {
namespace {

constexpr size_t kSaltSize = 32;
constexpr size_t kNonceSize = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr size_t kTagSize = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr size_t kPayloadSize = kSaltSize + kNonceSize + kRootKeySize + kTagSize;
static_assert(kPayloadSize == 104);
constexpr std::string_view kLabel = "signet vault slot key-file 1";

// What the wrapping belongs to. All parts but the label have a fixed size, so no two places encode alike.
std::vector<uint8_t> slot_place(const VaultFile& vault, uint32_t number) {
  std::vector<uint8_t> place;
  append_bytes(place, as_bytes(kLabel));
  append_bytes(place, vault.id);
  append_le32(place, vault.generation);
  append_le32(place, number);
  return place;
}

// The key file is uniformly random, so a keyed hash is enough of a derivation; the salt gives each slot its own key.
std::optional<LockedBytes> wrapping_key(ByteSpan key_file, ByteSpan place, ByteSpan salt) {
  auto key = LockedBytes::zeroed(crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
  if (!key) return std::nullopt;
  std::vector<uint8_t> message(place.begin(), place.end());
  append_bytes(message, salt);
  SIGNET_CHECK(crypto_generichash(key->expose_mutable().data(), key->size(), message.data(), message.size(),
                                  key_file.data(), key_file.size()) == 0);
  return key;
}

}  // namespace

std::optional<VaultSlot> wrap_with_key_file(const VaultFile& vault, uint32_t number, ByteSpan key_file, ByteSpan root) {
  SIGNET_CHECK(key_file.size() == kKeyFileSize && root.size() == kRootKeySize);
  VaultSlot slot{.kind = static_cast<uint32_t>(SlotKind::kKeyFile), .number = number, .payload = {}};
  slot.payload.resize(kPayloadSize);
  const MutableByteSpan payload = slot.payload;
  randombytes_buf(payload.data(), kSaltSize + kNonceSize);
  const auto place = slot_place(vault, number);
  const auto key = wrapping_key(key_file, place, payload.first(kSaltSize));
  if (!key) return std::nullopt;
  crypto_aead_xchacha20poly1305_ietf_encrypt(payload.data() + kSaltSize + kNonceSize, nullptr, root.data(), root.size(),
                                             place.data(), place.size(), nullptr, payload.data() + kSaltSize,
                                             key->expose().data());
  return slot;
}

std::optional<LockedBytes> unwrap_with_key_file(const VaultFile& vault, const VaultSlot& slot, ByteSpan key_file) {
  if (slot.payload.size() != kPayloadSize || key_file.size() != kKeyFileSize) return std::nullopt;
  const ByteSpan payload = slot.payload;
  const auto place = slot_place(vault, slot.number);
  const auto key = wrapping_key(key_file, place, payload.first(kSaltSize));
  auto root = LockedBytes::zeroed(kRootKeySize);
  if (!key || !root) return std::nullopt;
  const ByteSpan wrapped = payload.subspan(kSaltSize + kNonceSize);
  const int opened = crypto_aead_xchacha20poly1305_ietf_decrypt(
      root->expose_mutable().data(), nullptr, nullptr, wrapped.data(), wrapped.size(), place.data(), place.size(),
      payload.data() + kSaltSize, key->expose().data());
  if (opened != 0) return std::nullopt;
  return root;
}

}  // namespace signet
