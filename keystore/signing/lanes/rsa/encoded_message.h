// Encoding a hashed message for RSA: RS256 is EMSA-PKCS1-v1_5, PS256 is EMSA-PSS with MGF1 and a salt of 32 octets,
// both with SHA-256 (RFC 8017 9, RFC 7518 3.3 and 3.5). Any thread; do not allocate.
#pragma once

#include <array>

#include "protocol/base/bytes.h"
#include "protocol/base/digest.h"

namespace signet::lanes {

using PssSalt = std::array<uint8_t, 32>;

// Each fills `to`, which is as long as the modulus: 128 octets at least, a multiple of eight bits. The number it stands
// for is below the modulus and not zero.
void encode_pkcs1(const Sha256Digest& digest, MutableByteSpan to);
void encode_pss(const Sha256Digest& digest, const PssSalt& salt, MutableByteSpan to);

}  // namespace signet::lanes
