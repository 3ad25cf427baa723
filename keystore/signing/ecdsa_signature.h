// ECDSA signatures on P-256: from DER (what OpenSSL gives) to the raw form of JWS, r || s of 32 octets each
// (RFC 7518 3.4). Pure, does not allocate.
#pragma once

#include "protocol/base/bytes.h"

namespace signet {

inline constexpr size_t kP256SignatureSize = 64;
// SEQUENCE of two INTEGERs of up to 33 octets.
inline constexpr size_t kP256DerSizeMax = 72;

// p256_signature_from_der takes strict DER only. False: `der` is not exactly such a sequence with two positive integers
// of at most 256 bits; `raw` is then undefined.
bool p256_signature_from_der(ByteSpan der, std::span<uint8_t, kP256SignatureSize> raw);

}  // namespace signet
