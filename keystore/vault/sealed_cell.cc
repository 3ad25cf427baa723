#include "keystore/vault/sealed_cell.h"

#include <sodium.h>

#include "keystore/vault/little_endian.h"
#include "protocol/base/check.h"

namespace signet {

static_assert(kCellNonceSize == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
static_assert(kCellTagSize == crypto_aead_xchacha20poly1305_ietf_ABYTES);
static_assert(kCellKeySize == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

std::vector<uint8_t> encode_cell_place(const VaultId& vault, const CellPlace& place) {
  constexpr std::string_view kLabel = "signet cell 1";
  SIGNET_CHECK(place.family.size() <= UINT32_MAX && place.row.size() <= UINT32_MAX);
  std::vector<uint8_t> out;
  out.reserve(kLabel.size() + vault.size() + 12 + place.family.size() + place.row.size());
  append_bytes(out, as_bytes(kLabel));
  append_bytes(out, vault);
  append_le32(out, static_cast<uint32_t>(place.family.size()));
  append_bytes(out, as_bytes(place.family));
  append_le32(out, static_cast<uint32_t>(place.row.size()));
  append_bytes(out, place.row);
  append_le32(out, place.version);
  return out;
}

std::vector<uint8_t> seal_cell_with(ByteSpan key, const VaultId& vault, const CellPlace& place, ByteSpan plain) {
  SIGNET_CHECK(key.size() == kCellKeySize);
  const auto associated = encode_cell_place(vault, place);
  std::vector<uint8_t> sealed(plain.size() + kCellOverhead);
  randombytes_buf(sealed.data(), kCellNonceSize);
  crypto_aead_xchacha20poly1305_ietf_encrypt(sealed.data() + kCellNonceSize, nullptr, plain.data(), plain.size(),
                                             associated.data(), associated.size(), nullptr, sealed.data(), key.data());
  return sealed;
}

std::optional<SecretBytes> open_cell_with(ByteSpan key, const VaultId& vault, const CellPlace& place, ByteSpan sealed) {
  SIGNET_CHECK(key.size() == kCellKeySize);
  if (sealed.size() < kCellOverhead) return std::nullopt;
  const auto associated = encode_cell_place(vault, place);
  SecretBytes plain(sealed.size() - kCellOverhead);
  const ByteSpan body = sealed.subspan(kCellNonceSize);
  const int opened = crypto_aead_xchacha20poly1305_ietf_decrypt(plain.expose_mutable().data(), nullptr, nullptr,
                                                                body.data(), body.size(), associated.data(),
                                                                associated.size(), sealed.data(), key.data());
  if (opened != 0) return std::nullopt;
  return plain;
}

}  // namespace signet
