// Fixed-width little-endian integers of the vault's formats.
#pragma once

#include <cstdint>
#include <vector>

#include "protocol/base/bytes.h"

namespace signet {

// load_le32 reads the first four octets; the caller has checked that they exist.
inline uint32_t load_le32(ByteSpan from) {
  return uint32_t{from[0]} | uint32_t{from[1]} << 8 | uint32_t{from[2]} << 16 | uint32_t{from[3]} << 24;
}

// store_le32 writes the first four octets of `to`, which has them.
inline void store_le32(MutableByteSpan to, uint32_t value) {
  for (unsigned i = 0; i < 4; ++i) to[i] = static_cast<uint8_t>(value >> (8 * i));
}

inline void append_le32(std::vector<uint8_t>& out, uint32_t value) {
  for (unsigned shift = 0; shift < 32; shift += 8) out.push_back(static_cast<uint8_t>(value >> shift));
}

inline void append_bytes(std::vector<uint8_t>& out, ByteSpan bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

}  // namespace signet
