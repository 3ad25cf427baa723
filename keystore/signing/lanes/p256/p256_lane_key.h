// What the lanes need of a P-256 key.
#pragma once

#include <span>

#include "keystore/signing/lanes/p256/p256_lanes.h"
#include "protocol/base/bytes.h"

namespace signet::lanes::p256 {

inline constexpr size_t kScalarSize = 32;

// make_lane_key fills `to`, which is in locked memory, from the private scalar, big-endian, 1 to n - 1. Any thread.
void make_lane_key(std::span<const uint8_t, kScalarSize> scalar, LaneKey& to);

}  // namespace signet::lanes::p256
