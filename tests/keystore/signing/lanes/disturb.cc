#include "tests/keystore/signing/lanes/disturb.h"

#include "keystore/signing/lanes/vector_emulated.h"

namespace signet::lanes {

int64_t disturbed_at = -1;
int64_t operations = 0;
unsigned disturbed_lane = 0, disturbed_bit = 0;

void disturb(uint64_t (&lanes)[8]) {
  if (operations++ == disturbed_at) lanes[disturbed_lane] ^= uint64_t{1} << disturbed_bit;
}

}  // namespace signet::lanes
