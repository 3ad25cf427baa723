// The lines of lane_timing, by algorithm.
#pragma once

#include <vector>

#include "bench/lane_timing/two_kinds.h"

namespace signet::lane_timing {

std::vector<Line> control_lines();
std::vector<Line> ed25519_lines();
std::vector<Line> p256_lines();
std::vector<Line> rsa_lines();

}  // namespace signet::lane_timing
