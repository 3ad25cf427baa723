// RSA signatures in groups of eight: what the signer of a key (lane_rsa_signer.h) calls. One implementation for each
// instruction set, each in a file of its own that alone is compiled for it.
//
// A group has one key: a signer belongs to one. That lets all lanes share the exponents, so that one scan of a table
// serves eight, and the moduli, of which no lane has a copy.
#pragma once

#include <cstdint>

#include "keystore/signing/lanes/lane_count.h"
#include "keystore/signing/lanes/rsa/montgomery.h"

namespace signet::lanes {

inline constexpr int kPrimeLimbsMax = kLimbsMax / 2;
// 64-bit words of an exponent of 1536 bits, and one more that is zero: a window may be read over the end.
inline constexpr int kExponentWords = 25;

// Limbs have 52 bits, the lowest comes first. R is 2^(52 K) for the K limbs of the modulus in question.
struct RsaLanePrime {
  uint64_t limb[kPrimeLimbsMax];
  uint64_t factor;                     // -1/prime mod 2^52
  uint64_t one[kPrimeLimbsMax];        // R
  uint64_t square[kPrimeLimbsMax];     // R^2
  uint64_t cube[kPrimeLimbsMax];       // R^3
  uint64_t exponent[kExponentWords];   // d mod prime - 1
  uint64_t inverting[kExponentWords];  // prime - 2: the exponent that inverts (Fermat)
};

// What signing needs of a key. Secret; kept in locked memory. p and q have the same number of bits, 512 * blocks.
struct RsaLaneKey {
  int blocks;  // of ten limbs, of a prime: 2 or 3; the modulus has twice as many
  RsaLanePrime p, q;
  uint64_t inverse_of_q[kPrimeLimbsMax];  // R / q mod p
  uint64_t modulus[kLimbsMax];            // n
  uint64_t factor;                        // -1/n mod 2^52
  uint64_t square[kLimbsMax];             // R^2 mod n
  uint64_t q_modulo_n[kLimbsMax];         // R q mod n
};

// A number of each lane.
struct alignas(64) RsaLaneNumbers {
  uint64_t limb[kLimbsMax][kLanes];
};

// What messages are blinded with: with a random r in each lane, R r^e mod n, and R / r mod n, which takes it off again.
// Secret; kept in locked memory. Each group squares both, as good as new ones to who does not know them.
struct RsaLaneBlinding {
  RsaLaneNumbers power, inverse;
};

struct RsaLanes {
  // blind: `blinding` from random numbers below n, of one lane each. Takes as long as `sign`.
  void (*blind)(const RsaLaneKey& key, const RsaLaneNumbers& random, RsaLaneBlinding& blinding);
  // sign: signatures = messages^d mod n, for encoded messages (RFC 8017 9) below n. Every one was raised to the power
  // of 65537 and compared with its message; false: some was not right. Those are zero, and the others should not leave
  // either. What was computed on the way is wiped, registers included. No branch and no address depends on the key but
  // for its size, nor on a message.
  bool (*sign)(const RsaLaneKey& key, RsaLaneBlinding& blinding, const RsaLaneNumbers& messages,
               RsaLaneNumbers& signatures);
};
extern const RsaLanes rsa_lanes_avx512;

}  // namespace signet::lanes
