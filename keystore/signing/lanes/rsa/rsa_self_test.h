// What the lanes must show before they sign with any RSA key.
#pragma once

#include "keystore/signing/lanes/rsa/rsa_lanes.h"

namespace signet::lanes {

// rsa_lanes_hold: whether eight messages, of RS256 and of PS256, come out as OpenSSL's numbers have it, with nobody's
// key of 2048 bits and one of 3072; and whether a wrong one is kept back. Blocks for some milliseconds.
bool rsa_lanes_hold(const RsaLanes& lanes);

}  // namespace signet::lanes
