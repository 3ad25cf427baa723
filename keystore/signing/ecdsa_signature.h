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

// p256_signature_to_der writes the strict DER of `raw`; gives its size, or 0 when r or s is zero (CVE-2022-21449).
size_t p256_signature_to_der(std::span<const uint8_t, kP256SignatureSize> raw, std::span<uint8_t, kP256DerSizeMax> der);

}  // namespace signet
