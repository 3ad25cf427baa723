// What a build with -DSIGNET_LANES_FAULTS calls at each operation of the emulated vectors (vector_emulated.h): a bit
// that flips in the middle of the work.
#pragma once

#include <cstdint>

namespace signet::lanes {

// Operation `disturbed_at` of all that are counted gives a wrong bit in a lane; never while it is negative.
extern int64_t disturbed_at, operations;
extern unsigned disturbed_lane, disturbed_bit;

}  // namespace signet::lanes
