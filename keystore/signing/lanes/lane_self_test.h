// What the lanes must show before they sign for anybody.
#pragma once

#include "keystore/signing/lanes/ed25519_lanes.h"

namespace signet::lanes {

// ed25519_lanes_hold: whether `sign` gives libsodium's signatures for two groups of eight keys and of messages of every
// kind of length. Blocks for less than a millisecond.
bool ed25519_lanes_hold(const BaseTable& table, Ed25519Sign sign);

}  // namespace signet::lanes
