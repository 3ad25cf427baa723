// Argon2id (RFC 9106), version 1.3 with one lane: the adapter around the library. What goes in, and why, is the
// business of keystore/clients/password_check.h.
#pragma once

#include <array>
#include <cstdint>

#include "protocol/base/bytes.h"

namespace signet {

using PasswordSalt = std::array<uint8_t, 16>;
using PasswordHash = std::array<uint8_t, 32>;

// What one hash costs: this much memory, gone through so often. The library refuses less than 8 KiB and one pass.
struct PasswordCost {
  uint32_t memory_kib = 64 * 1024;
  uint8_t passes = 2;
  bool operator==(const PasswordCost&) const = default;
};
inline constexpr uint32_t kPasswordMemoryKibMin = 8;
inline constexpr uint32_t kPasswordMemoryKibMax = 1024 * 1024;
inline constexpr uint8_t kPasswordPassesMax = 16;
constexpr bool valid_password_cost(const PasswordCost& cost) {
  return cost.memory_kib >= kPasswordMemoryKibMin && cost.memory_kib <= kPasswordMemoryKibMax && cost.passes >= 1 &&
         cost.passes <= kPasswordPassesMax;
}

// argon2id hashes `input` (any size) with a work area that exists during the call alone. False: there was no memory for
// it, or the cost is out of bounds. Any thread; blocks for as long as the cost says (64 MiB twice: some 200 ms).
[[nodiscard]] bool argon2id(ByteSpan input, const PasswordSalt& salt, const PasswordCost& cost, PasswordHash& out);

}  // namespace signet
