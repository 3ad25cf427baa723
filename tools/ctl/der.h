// DER (X.690), as little of it as keys need. Pure; allocate.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <vector>

namespace signet::ctl {

using Octets = std::vector<uint8_t>;

// A value of at most 65,535 octets under its tag.
Octets tlv(uint8_t tag, const Octets& content);
Octets joined(std::initializer_list<Octets> parts);
// An INTEGER that is not negative, from its octets, the greatest first.
Octets der_integer(Octets number);

// What AlgorithmIdentifier holds: RFC 8410; RFC 5480 with prime256v1; RFC 3279.
inline const Octets kDerEd25519{0x06, 0x03, 0x2b, 0x65, 0x70};
inline const Octets kDerP256{0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
                             0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
inline const Octets kDerRsa{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};

}  // namespace signet::ctl
