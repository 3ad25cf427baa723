// Numbers at the ends of a range, more often than chance would have it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>

namespace signet::lanes {

// From 0 to `max`.
inline uint64_t extreme(std::mt19937_64& random, uint64_t max) {
  switch (random() % 6) {
    case 0:
      return 0;
    case 1:
      return max;
    case 2:
      return max - std::min<uint64_t>(max, random() % 4);
    case 3:
      return std::min<uint64_t>(max, random() % 4);
    default:
      return max == ~uint64_t{0} ? random() : random() % (max + 1);
  }
}

}  // namespace signet::lanes
