// What the lanes need of an RSA key.
#pragma once

#include <openssl/bn.h>

#include "keystore/signing/lanes/rsa/rsa_lanes.h"

namespace signet::lanes {

// The modulus and its two primes (RFC 8017 3.2); that they belong together is not looked at here. The numbers of the
// CRT are derived from them: those that come with a key may be anything.
struct RsaNumbers {
  const BIGNUM *n, *p, *q;
};

// rsa_lanes_take tells whether the lanes sign with moduli of so many bits: 2048 and 3072.
bool rsa_lanes_take(int bits);

// make_rsa_lane_key fills `to`, which is in locked memory, for the public exponent 65537. False: numbers that the lanes
// do not take, or the library fails; `to` is zero then. Any thread; temporaries are in OpenSSL's protected memory or
// wiped.
[[nodiscard]] bool make_rsa_lane_key(const RsaNumbers& numbers, RsaLaneKey& to);

}  // namespace signet::lanes
