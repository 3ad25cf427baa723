// Ed25519 (RFC 8032) in groups of eight: what the signer of a key (lane_ed25519_signer.h) calls. One implementation for
// each instruction set, each in a file of its own that alone is compiled for it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "keystore/signing/lanes/base_table.h"
#include "keystore/signing/lanes/message_words.h"

namespace signet::lanes {

// What signing needs of a key. Secret; kept in locked memory.
struct Ed25519LaneKey {
  uint64_t prefix[4];      // the upper half of SHA-512 of the seed, as words of SHA-512: big-endian
  uint64_t public_key[4];  // likewise
  uint64_t secret[5];      // the lower half, clamped, times 2^520 modulo L: limbs of 52 bits
};

// Tokens of a key begin alike, with their header: SHA-512's state behind the key's prefix and those octets, which are
// its first block. Who has it can make nonces: as secret as the key.
struct Ed25519LaneMidstate {
  uint64_t word[8];
};
inline constexpr size_t kMidstateOctets = 96;

struct Ed25519LaneJob {
  const Ed25519LaneKey* key;
  LaneMessage message;                            // at most kMessageMax octets
  uint8_t* signature;                             // gets 64 octets
  const Ed25519LaneMidstate* midstate = nullptr;  // of the key and of what the message begins with; null = none
};

// Signs `groups` (1 to kGroupsMax) times kLanes jobs; aborts where a bound is not kept. What it computed on the way is
// wiped, registers included. No branch and no address depends on a key or on what a message says; lengths are public.
// About 65 KiB of stack. False: some R is no point of the curve (curve_check.h); none of the signatures may leave.
using Ed25519Sign = bool (*)(const BaseTable& table, const Ed25519LaneJob* jobs, size_t groups);
bool ed25519_sign_avx512(const BaseTable& table, const Ed25519LaneJob* jobs, size_t groups);

}  // namespace signet::lanes
