// Random: xorshift64*, which only has to spread requests.
#pragma once

#include <cstdint>

namespace signet::load {

// Not thread-safe.
class Random {
 public:
  // Different seeds give different sequences; any number will do.
  explicit Random(uint64_t seed) : state_((seed + 1) * 0x9E3779B97F4A7C15 | 1) {}

  uint64_t next() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 0x2545F4914F6CDD1D;
  }

 private:
  uint64_t state_;
};

}  // namespace signet::load
