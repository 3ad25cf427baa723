// The multiples of Ed25519's base point B that a signature is summed up from. Half-odd digits: no digit is zero, so
// that no entry is the neutral element, and the negative ones are the positive ones with two coordinates exchanged.
#pragma once

#include <cstddef>
#include <cstdint>

namespace signet::lanes {

inline constexpr int kWindows = 36;     // of 7 bits: 252
inline constexpr int kEntries = 64;     // j = 0..63: (j + 1/2) * 128^window * B, 1/2 being (L + 1) / 2
inline constexpr int kCoordinates = 3;  // (y + x) / 2, (y - x) / 2, d * x * y
inline constexpr int kWords = 4;        // of 64 bits, little-endian, below 2^255 - 19
inline constexpr size_t kWordStride = kEntries;
inline constexpr size_t kCoordinateStride = kWords * kWordStride;
inline constexpr size_t kWindowStride = kCoordinates * kCoordinateStride;

struct alignas(64) BaseTable {
  uint64_t windows[kWindows * kWindowStride];
  // (64 + 1/2) * 128^35 * B, which a scalar of 2^252 and above ends with.
  uint64_t beyond[kCoordinates * kWords];
};

// base_table: made at the first call, in a few milliseconds, and never freed; null when it is not what it must be: its
// SHA-256 is known. Any thread.
const BaseTable* base_table();

}  // namespace signet::lanes
