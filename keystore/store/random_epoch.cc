#include "keystore/store/random_epoch.h"

#include <array>

#include "protocol/base/random.h"

namespace signet::store {

uint64_t random_feed_epoch() {
  std::array<uint8_t, 8> octets;
  fill_random(octets);
  uint64_t epoch = 0;
  for (const uint8_t octet : octets) epoch = epoch << 8 | octet;
  return epoch | 1;  // never 0
}

}  // namespace signet::store
