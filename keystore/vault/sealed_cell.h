// SealedCell: nonce (24 octets) || ciphertext || tag (16 octets), XChaCha20-Poly1305, bound to the cell's place as
// associated data. Pure but for the nonce.
#pragma once

#include <optional>
#include <vector>

#include "keystore/vault/cell_place.h"
#include "keystore/vault/vault_id.h"
#include "protocol/base/secret_bytes.h"

namespace signet {

inline constexpr size_t kCellNonceSize = 24;
// A constant, never taken from the data (CVE-2023-37464: a JOSE library believed the sender's tag length).
inline constexpr size_t kCellTagSize = 16;
inline constexpr size_t kCellOverhead = kCellNonceSize + kCellTagSize;
inline constexpr size_t kCellKeySize = 32;

// encode_cell_place gives the associated data: every variable part with its length first, so that no two places encode
// alike. Exposed for its test.
std::vector<uint8_t> encode_cell_place(const VaultId& vault, const CellPlace& place);

// seal_cell_with draws a random nonce (24 octets: no collision to fear). `key` is kCellKeySize octets.
std::vector<uint8_t> seal_cell_with(ByteSpan key, const VaultId& vault, const CellPlace& place, ByteSpan plain);
// open_cell_with: nothing when the cell was swapped, flipped or truncated, or belongs elsewhere (not told apart).
std::optional<SecretBytes> open_cell_with(ByteSpan key, const VaultId& vault, const CellPlace& place, ByteSpan sealed);

}  // namespace signet
