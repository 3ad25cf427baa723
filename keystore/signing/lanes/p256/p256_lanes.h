// ES256 (ECDSA on P-256 with SHA-256) in groups of eight: what the signer of a key calls. One implementation for each
// instruction set, each in a file of its own that alone is compiled for it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "keystore/signing/lanes/lane_count.h"
#include "keystore/signing/lanes/p256/base_table_p256.h"

namespace signet::lanes::p256 {

// What signing needs of a key. Secret; kept in locked memory.
struct LaneKey {
  uint64_t inner[8];   // SHA-512's state behind the inner and the outer key block of the nonces' HMAC (nonce_p256.h)
  uint64_t outer[8];   //
  uint64_t secret[5];  // the private scalar, limbs of 52 bits
};

inline constexpr size_t kInputSize = 64;
struct LaneJob {
  const LaneKey* key;
  const uint8_t* input;  // 32 random octets of this signature alone, then SHA-256 of the message; kInputSize
  uint8_t* signature;    // gets 64 octets, r and s (RFC 7518 3.4)
};

struct Outcome {
  // False: some R is no point of the curve, or some s does not belong to its nonce; none of the signatures may leave.
  bool right;
  // Bit i: job i has a nonce that cannot be used (one in 2^250), and no signature.
  uint64_t refused;
};

// Signs `groups` (1 to kGroupsMax) times kLanes jobs; aborts where a bound is not kept. What it computed on the way is
// wiped, registers included. No branch and no address depends on a key, a nonce or a digest. About 50 KiB of stack.
using Sign = Outcome (*)(const BaseTable& table, const LaneJob* jobs, size_t groups);
Outcome sign_avx512(const BaseTable& table, const LaneJob* jobs, size_t groups);

}  // namespace signet::lanes::p256
