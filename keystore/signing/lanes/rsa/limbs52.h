// Octets and limbs of 52 bits. No branch and no address depends on them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "protocol/base/bytes.h"

namespace signet::lanes {

// to[i * stride] for each i below `count` gets limb i of a big-endian number; what it has no octets for is zero.
void limbs_of_octets(ByteSpan big_endian, uint64_t* to, size_t count, size_t stride);
// octets_of_limbs: `big_endian` gets the lowest octets of the number whose limb i is from[i * stride], below 2^52.
void octets_of_limbs(const uint64_t* from, size_t count, size_t stride, MutableByteSpan big_endian);

}  // namespace signet::lanes
