// What the lanes must show before they sign with any P-256 key.
#pragma once

#include "keystore/signing/lanes/p256/p256_lanes.h"

namespace signet::lanes::p256 {

// lanes_hold: whether two groups with published keys and chosen random octets come out as they are known to, and verify
// with OpenSSL's points and numbers; and whether what a wrong table gives is kept back. Blocks for some milliseconds.
bool lanes_hold(const BaseTable& table, Sign sign);

}  // namespace signet::lanes::p256
