#include "keystore/vault/vault_slot.h"

#include <sodium.h>

#include <algorithm>
#include <utility>

#include "keystore/vault/key_file.h"
#include "keystore/vault/little_endian.h"
#include "protocol/base/check.h"
#include "protocol/base/digest.h"

namespace signet {
namespace {

constexpr std::string_view kSlotLabel = "signet vault slot 2";
constexpr std::string_view kVouchKeyLabel = "signet vault vouching keys";

constexpr size_t kPublicSize = crypto_box_PUBLICKEYBYTES;
constexpr size_t kPrivateSize = crypto_box_SECRETKEYBYTES;
constexpr size_t kVouchSize = 32;
constexpr size_t kSaltSize = 32;
constexpr size_t kNonceSize = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr size_t kTagSize = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr size_t kSealedRootSize = kRootKeySize + crypto_box_SEALBYTES;

// The payload: what never changes, then what a change of the root key changes.
constexpr size_t kSaltAt = kPublicSize;
constexpr size_t kMemoryAt = kSaltAt + kSaltSize;
constexpr size_t kPassesAt = kMemoryAt + 4;
constexpr size_t kThresholdAt = kPassesAt + 4;
constexpr size_t kSharesAt = kThresholdAt + 4;
constexpr size_t kHeadSize = kSharesAt + 4;
constexpr size_t kOwnKeysAt = kHeadSize;
constexpr size_t kOwnKeysSize = kNonceSize + kPrivateSize + kVouchSize + kTagSize;
constexpr size_t kVouchAt = kOwnKeysAt + kOwnKeysSize;
constexpr size_t kVouchCellSize = kNonceSize + kVouchSize + kTagSize;
constexpr size_t kSealedRootAt = kVouchAt + kVouchCellSize;
constexpr size_t kMacAt = kSealedRootAt + kSealedRootSize;
constexpr size_t kPayloadSize = kMacAt + sizeof(KeyedHash256);

bool known_kind(uint32_t kind) {
  return kind == static_cast<uint32_t>(SlotKind::kKeyFile) || kind == static_cast<uint32_t>(SlotKind::kPassphrase) ||
         kind == static_cast<uint32_t>(SlotKind::kShares);
}

// What the slot's keys belong to. All parts but the label have a fixed size, so no two places encode alike.
std::vector<uint8_t> slot_place(const VaultFile& vault, const VaultSlot& slot) {
  std::vector<uint8_t> place;
  append_bytes(place, as_bytes(kSlotLabel));
  append_bytes(place, vault.id);
  append_le32(place, slot.kind);
  append_le32(place, slot.number);
  append_bytes(place, ByteSpan(slot.payload).first(kHeadSize));
  return place;
}

HashKey hash_key_of(ByteSpan octets) {
  HashKey key{};
  SIGNET_CHECK(octets.size() == key.size());
  std::ranges::copy(octets, key.begin());
  return key;
}

// What `derive` makes of the key, in locked memory; neither stays on the stack.
template <typename Derive>
std::optional<LockedBytes> derived(ByteSpan octets, Derive derive) {
  HashKey key = hash_key_of(octets);
  auto result = derive(std::as_const(key));
  auto locked = LockedBytes::copy_of(result);
  wipe(key);
  wipe(result);
  return locked;
}

std::optional<LockedBytes> keyed(ByteSpan key, ByteSpan message) {
  return derived(key, [&](const HashKey& hash_key) { return keyed_hash_256(hash_key, message); });
}

// A key file and a shared secret are uniformly random, so a keyed hash is enough of a derivation.
std::optional<LockedBytes> wrapping_key(const SlotSecret& secret, const VaultSlot& slot, ByteSpan place) {
  if (secret.kind != SlotKind::kPassphrase) return keyed(secret.octets.expose(), place);
  const ByteSpan payload = slot.payload;
  PasswordSalt salt;
  std::ranges::copy(payload.subspan(kSaltAt, salt.size()), salt.begin());
  const uint32_t passes = load_le32(payload.subspan(kPassesAt));
  const PasswordCost cost{.memory_kib = load_le32(payload.subspan(kMemoryAt)),
                          .passes = static_cast<uint8_t>(std::min<uint32_t>(passes, 255))};
  PasswordHash stretched;
  if (!argon2id(secret.octets.expose(), salt, cost, stretched)) return std::nullopt;
  auto key = keyed(stretched, place);
  wipe(stretched);
  return key;
}

void encrypt(MutableByteSpan cell, ByteSpan key, ByteSpan place, ByteSpan plain) {
  randombytes_buf(cell.data(), kNonceSize);
  crypto_aead_xchacha20poly1305_ietf_encrypt(cell.data() + kNonceSize, nullptr, plain.data(), plain.size(),
                                             place.data(), place.size(), nullptr, cell.data(), key.data());
}

std::optional<LockedBytes> decrypt(ByteSpan cell, ByteSpan key, ByteSpan place) {
  auto plain = LockedBytes::zeroed(cell.size() - kNonceSize - kTagSize);
  if (!plain) return std::nullopt;
  const ByteSpan wrapped = cell.subspan(kNonceSize);
  const int opened =
      crypto_aead_xchacha20poly1305_ietf_decrypt(plain->expose_mutable().data(), nullptr, nullptr, wrapped.data(),
                                                 wrapped.size(), place.data(), place.size(), cell.data(), key.data());
  if (opened != 0) return std::nullopt;
  return plain;
}

// The root key's own copy of the key that vouches: lets it seal the next root key.
std::optional<LockedBytes> vouch_cell_key(ByteSpan root) {
  return derived(root, [](const HashKey& root_key) { return derive_key(root_key, kVouchKeyLabel); });
}

// Whoever can write the file but opens no slot could seal a root key of his own to the public key. This he cannot make.
KeyedHash256 vouch(const VaultFile& vault, const VaultSlot& slot, ByteSpan vouch_key) {
  std::vector<uint8_t> message = slot_place(vault, slot);
  append_le32(message, vault.generation);
  append_bytes(message, ByteSpan(slot.payload).subspan(kVouchAt, kMacAt - kVouchAt));
  HashKey key = hash_key_of(vouch_key);
  const KeyedHash256 mac = keyed_hash_256(key, message);
  wipe(key);
  return mac;
}

// Fills what depends on the root key.
bool seal_root(const VaultFile& vault, VaultSlot& slot, ByteSpan vouch_key, ByteSpan root) {
  const auto cell_key = vouch_cell_key(root);
  if (!cell_key) return false;
  const MutableByteSpan payload = slot.payload;
  encrypt(payload.subspan(kVouchAt, kVouchCellSize), cell_key->expose(), slot_place(vault, slot), vouch_key);
  if (crypto_box_seal(payload.data() + kSealedRootAt, root.data(), root.size(), payload.data()) != 0) return false;
  std::ranges::copy(vouch(vault, slot, vouch_key), payload.begin() + kMacAt);
  return true;
}

}  // namespace

std::optional<VaultSlot> make_slot(const VaultFile& vault, uint32_t number, const SlotSecret& secret,
                                   const PasswordCost& cost, ByteSpan root) {
  SIGNET_CHECK(root.size() == kRootKeySize);
  VaultSlot slot{.kind = static_cast<uint32_t>(secret.kind), .number = number, .payload = {}};
  slot.payload.resize(kPayloadSize);
  const MutableByteSpan payload = slot.payload;
  auto own = LockedBytes::zeroed(kPrivateSize + kVouchSize);  // the private key, and the one that vouches
  if (!own) return std::nullopt;
  const MutableByteSpan own_keys = own->expose_mutable();
  if (crypto_box_keypair(payload.data(), own_keys.data()) != 0) return std::nullopt;
  randombytes_buf(own_keys.data() + kPrivateSize, kVouchSize);
  randombytes_buf(payload.data() + kSaltAt, kSaltSize);
  const bool passphrase = secret.kind == SlotKind::kPassphrase;
  store_le32(payload.subspan(kMemoryAt), passphrase ? cost.memory_kib : 0);
  store_le32(payload.subspan(kPassesAt), passphrase ? cost.passes : 0);
  store_le32(payload.subspan(kThresholdAt), secret.threshold);
  store_le32(payload.subspan(kSharesAt), secret.shares);
  const auto place = slot_place(vault, slot);
  const auto key = wrapping_key(secret, slot, place);
  if (!key) return std::nullopt;
  encrypt(payload.subspan(kOwnKeysAt, kOwnKeysSize), key->expose(), place, own_keys);
  if (!seal_root(vault, slot, own_keys.subspan(kPrivateSize), root)) return std::nullopt;
  return slot;
}

std::optional<LockedBytes> open_slot(const VaultFile& vault, const VaultSlot& slot, const SlotSecret& secret) {
  if (slot.kind != static_cast<uint32_t>(secret.kind) || slot.payload.size() != kPayloadSize) return std::nullopt;
  if (secret.number != 0 && secret.number != slot.number) return std::nullopt;
  const ByteSpan payload = slot.payload;
  const auto place = slot_place(vault, slot);
  const auto key = wrapping_key(secret, slot, place);
  if (!key) return std::nullopt;
  const auto own = decrypt(payload.subspan(kOwnKeysAt, kOwnKeysSize), key->expose(), place);
  if (!own) return std::nullopt;
  const ByteSpan private_key = own->expose().first(kPrivateSize);
  const ByteSpan vouch_key = own->expose().subspan(kPrivateSize);
  if (!constant_time_equal(vouch(vault, slot, vouch_key), payload.subspan(kMacAt))) return std::nullopt;
  auto root = LockedBytes::zeroed(kRootKeySize);
  if (!root || crypto_box_seal_open(root->expose_mutable().data(), payload.data() + kSealedRootAt, kSealedRootSize,
                                    payload.data(), private_key.data()) != 0) {
    return std::nullopt;
  }
  return root;
}

std::optional<VaultSlot> reseal_slot(const VaultFile& vault, const VaultSlot& slot, ByteSpan old_root,
                                     ByteSpan new_root) {
  if (!known_kind(slot.kind) || slot.payload.size() != kPayloadSize) return std::nullopt;
  const auto cell_key = vouch_cell_key(old_root);
  if (!cell_key) return std::nullopt;
  const auto vouch_key =
      decrypt(ByteSpan(slot.payload).subspan(kVouchAt, kVouchCellSize), cell_key->expose(), slot_place(vault, slot));
  if (!vouch_key) return std::nullopt;
  VaultSlot next = slot;
  if (!seal_root(vault, next, vouch_key->expose(), new_root)) return std::nullopt;
  return next;
}

SlotShape slot_shape(const VaultSlot& slot) {
  if (!known_kind(slot.kind) || slot.payload.size() != kPayloadSize) return {};
  const ByteSpan payload = slot.payload;
  return {.known = true,
          .kind = static_cast<SlotKind>(slot.kind),
          .threshold = load_le32(payload.subspan(kThresholdAt)),
          .shares = load_le32(payload.subspan(kSharesAt))};
}

}  // namespace signet
