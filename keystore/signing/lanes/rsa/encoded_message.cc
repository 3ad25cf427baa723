#include "keystore/signing/lanes/rsa/encoded_message.h"

#include <algorithm>
#include <cstring>

#include "protocol/base/check.h"

namespace signet::lanes {
namespace {

constexpr size_t kHash = sizeof(Sha256Digest);
constexpr size_t kOctetsMin = 128;

// DigestInfo of SHA-256 up to the digest (RFC 8017 9.2, note 1).
constexpr std::array<uint8_t, 19> kDigestInfo{0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                              0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};

// mask_with adds (bit by bit) what MGF1 makes of the seed (RFC 8017 B.2.1).
void mask_with(ByteSpan seed, MutableByteSpan to) {
  for (size_t begin = 0, counter = 0; begin < to.size(); begin += kHash, ++counter) {
    const std::array<uint8_t, 4> big_endian{0, 0, 0, static_cast<uint8_t>(counter)};  // of 512 octets, sixteen
    const Sha256Digest mask = sha256_of(seed, big_endian);
    const size_t count = std::min(kHash, to.size() - begin);
    for (size_t i = 0; i < count; ++i) to[begin + i] ^= mask[i];
  }
}

}  // namespace

void encode_pkcs1(const Sha256Digest& digest, MutableByteSpan to) {
  SIGNET_CHECK(to.size() >= kOctetsMin);
  std::ranges::fill(to, uint8_t{0xff});
  to[0] = 0;
  to[1] = 1;
  const MutableByteSpan info = to.last(kDigestInfo.size() + kHash);
  to[to.size() - info.size() - 1] = 0;
  std::ranges::copy(kDigestInfo, info.begin());
  std::ranges::copy(digest, info.begin() + kDigestInfo.size());
}

void encode_pss(const Sha256Digest& digest, const PssSalt& salt, MutableByteSpan to) {
  SIGNET_CHECK(to.size() >= kOctetsMin);
  std::array<uint8_t, 8 + kHash + sizeof(PssSalt)> salted{};
  std::ranges::copy(digest, salted.begin() + 8);
  std::ranges::copy(salt, salted.begin() + 8 + kHash);
  const Sha256Digest hash = sha256(salted);
  // The data block: zeroes, a one, the salt. Then the hash, and 0xbc.
  const MutableByteSpan block = to.first(to.size() - kHash - 1);
  std::ranges::fill(block, uint8_t{0});
  block[block.size() - salt.size() - 1] = 1;
  std::ranges::copy(salt, block.last(salt.size()).begin());
  mask_with(hash, block);
  block[0] &= 0x7f;  // emBits is one less than the modulus has
  std::ranges::copy(hash, to.subspan(block.size()).begin());
  to.back() = 0xbc;
}

}  // namespace signet::lanes
