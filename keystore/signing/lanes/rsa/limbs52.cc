#include "keystore/signing/lanes/rsa/limbs52.h"

namespace signet::lanes {
namespace {

constexpr unsigned kLimbBits = 52;
constexpr uint64_t kLimbMask = (uint64_t{1} << kLimbBits) - 1;

}  // namespace

void limbs_of_octets(ByteSpan big_endian, uint64_t* to, size_t count, size_t stride) {
  size_t left = big_endian.size();
  uint64_t bits = 0;
  unsigned held = 0;  // bits
  for (size_t i = 0; i < count; ++i) {
    while (held < kLimbBits && left > 0) {
      bits |= uint64_t{big_endian[--left]} << held;  // at most 51 bits and eight
      held += 8;
    }
    to[i * stride] = bits & kLimbMask;
    bits >>= kLimbBits;
    held = held > kLimbBits ? held - kLimbBits : 0;
  }
}

void octets_of_limbs(const uint64_t* from, size_t count, size_t stride, MutableByteSpan big_endian) {
  size_t left = big_endian.size();
  uint64_t bits = 0;
  unsigned held = 0;
  for (size_t i = 0; i < count && left > 0; ++i) {
    bits |= from[i * stride] << held;  // of the limb before, fewer than eight bits are left
    held += kLimbBits;
    while (held >= 8 && left > 0) {
      big_endian[--left] = static_cast<uint8_t>(bits);
      bits >>= 8;
      held -= 8;
    }
  }
  while (left > 0) {
    big_endian[--left] = static_cast<uint8_t>(bits);
    bits >>= 8;
  }
}

}  // namespace signet::lanes
