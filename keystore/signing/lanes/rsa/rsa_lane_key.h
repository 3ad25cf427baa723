// What the lanes need of an RSA key.
#pragma once

#include <openssl/bn.h>

#include "keystore/signing/lanes/rsa/rsa_lanes.h"

namespace signet::lanes {

// A key's numbers (RFC 8017 3.2): belonging together, which is not looked at here.
struct RsaNumbers {
  const BIGNUM *n, *p, *q;
  const BIGNUM *d_p, *d_q;     // 65537 d_p = 1 mod p - 1
  const BIGNUM* inverse_of_q;  // mod p
};

// rsa_lanes_take tells whether the lanes sign with moduli of so many bits: 2048 and 3072.
bool rsa_lanes_take(int bits);

// make_rsa_lane_key fills `to`, which is in locked memory. False: numbers that the lanes do not take, or the library
// fails; `to` is zero then. Any thread; temporaries are in OpenSSL's protected memory or wiped.
[[nodiscard]] bool make_rsa_lane_key(const RsaNumbers& numbers, RsaLaneKey& to);

}  // namespace signet::lanes
