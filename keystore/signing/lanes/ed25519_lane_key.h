// What the lanes need of an Ed25519 key.
#pragma once

#include <span>

#include "keystore/signing/lanes/ed25519_lanes.h"
#include "protocol/base/bytes.h"

namespace signet::lanes {

// make_ed25519_lane_key fills `to`, which is in locked memory, from libsodium's secret key of 64 octets: the seed, then
// the public key that was derived from it (RFC 8032 5.1.5). Any thread.
void make_ed25519_lane_key(ByteSpan seed_and_public, Ed25519LaneKey& to);

// make_ed25519_lane_midstate fills `to`, which is in locked memory. Any thread.
void make_ed25519_lane_midstate(const Ed25519LaneKey& key, std::span<const uint8_t, kMidstateOctets> begin,
                                Ed25519LaneMidstate& to);

}  // namespace signet::lanes
