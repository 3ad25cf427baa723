// SecretGenerator: client secrets as the daemon itself would make them, in bulk.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "protocol/base/bytes.h"

namespace signet::ctl {

// Not thread-safe. Wipes its buffer when it dies.
class SecretGenerator {
 public:
  static constexpr size_t kSize = 43;  // 43 x log2(66) = 259 bits
  using Secret = std::array<char, kSize>;

  SecretGenerator() = default;
  ~SecretGenerator();
  SecretGenerator(const SecretGenerator&) = delete;
  SecretGenerator& operator=(const SecretGenerator&) = delete;

  // A fresh secret of A-Za-z0-9-._~, every character equally likely, from getrandom(2). Aborts when the kernel gives no
  // randomness. Does not allocate.
  Secret next();

 private:
  uint8_t octet();
  std::array<uint8_t, 4096> buffer_{};
  size_t left_ = 0;
};

}  // namespace signet::ctl
