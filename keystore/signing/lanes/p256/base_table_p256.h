// The multiples of P-256's base point G that a signature is summed up from. Half-odd digits of eight bits: no digit is
// zero, so that no entry is the point at infinity, and the negative ones are the positive ones with y negated.
#pragma once

#include <cstddef>
#include <cstdint>

namespace signet::lanes::p256 {

inline constexpr int kWindows = 32;     // of 8 bits: 256
inline constexpr int kEntries = 128;    // j = 0..127: (j + 1/2) * 256^window * G, 1/2 being (n + 1) / 2
inline constexpr int kCoordinates = 2;  // x, y
inline constexpr int kWords = 4;        // of 64 bits, little-endian, times 2^260 modulo p, below p
inline constexpr size_t kWordStride = kEntries;
inline constexpr size_t kCoordinateStride = kWords * kWordStride;
inline constexpr size_t kWindowStride = kCoordinates * kCoordinateStride;

struct alignas(64) BaseTable {
  uint64_t windows[kWindows * kWindowStride];
};

// base_table: made at the first call, in a few milliseconds, and never freed; null when it is not what it must be: its
// SHA-256 is known. Any thread.
const BaseTable* base_table();

}  // namespace signet::lanes::p256
