// ClientHasher: seeded 64-bit hash of (tenant, client_id) for the resident tables. Multiply-and-fold over 16 octets a
// step: a client id of 20 characters takes four multiplications. Not a MAC: the random seed keeps whoever registers
// clients from choosing collisions blindly, and registering is an administrator's right.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace signet {

class ClientHasher {
 public:
  using Seed = std::array<uint64_t, 2>;
  explicit ClientHasher(const Seed& seed) : seed_(seed) {}

  // Any thread, does not allocate.
  uint64_t operator()(uint32_t tenant, std::string_view client_id) const {
    const char* at = client_id.data();
    size_t left = client_id.size();
    uint64_t state = fold(seed_[0] ^ tenant, kOdd0 ^ left);
    for (; left > 16; at += 16, left -= 16) state = fold(word(at) ^ seed_[1], word(at + 8) ^ state);
    uint64_t low = 0;
    uint64_t high = 0;
    if (left >= 8) {
      low = word(at);
      high = word(at + left - 8);  // overlaps: the size is in the state already
    } else if (left != 0) {
      std::memcpy(&low, at, left);
    }
    state = fold(low ^ seed_[1], high ^ state);
    return fold(state ^ kOdd1, seed_[0] ^ state);
  }

 private:
  static constexpr uint64_t kOdd0 = 0x9E3779B97F4A7C15;  // 2^64 / golden ratio
  static constexpr uint64_t kOdd1 = 0xB7E151628AED2A6B;  // 2^64 (e - 2)

  static uint64_t word(const char* at) {
    uint64_t value = 0;
    std::memcpy(&value, at, sizeof value);
    return value;
  }
  static uint64_t fold(uint64_t a, uint64_t b) {
    const auto product = static_cast<unsigned __int128>(a) * b;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  }

  Seed seed_;
};

}  // namespace signet
