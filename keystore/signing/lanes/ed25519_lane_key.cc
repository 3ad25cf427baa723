#include "keystore/signing/lanes/ed25519_lane_key.h"

#include <sodium.h>

#include <array>
#include <cstring>

#include "keystore/signing/lanes/product52.h"
#include "protocol/base/check.h"
#include "protocol/base/secret_bytes.h"

namespace signet::lanes {
namespace {

constexpr size_t kScalarSize = crypto_core_ed25519_SCALARBYTES;
using ScalarOctets = std::array<uint8_t, kScalarSize>;

// 2^520 modulo the order, little-endian: 2^504 is the highest power of two that 64 octets hold in an octet of its own.
ScalarOctets montgomery_square() {
  std::array<uint8_t, crypto_core_ed25519_NONREDUCEDSCALARBYTES> wide{};
  wide.back() = 1;
  ScalarOctets low{}, result{};
  low[2] = 1;  // 2^16
  ScalarOctets high{};
  crypto_core_ed25519_scalar_reduce(high.data(), wide.data());
  crypto_core_ed25519_scalar_mul(result.data(), high.data(), low.data());
  return result;
}

uint64_t little_endian(const uint8_t* octets) {
  uint64_t word = 0;
  std::memcpy(&word, octets, sizeof word);
  return word;
}

}  // namespace

void make_ed25519_lane_key(ByteSpan seed_and_public, Ed25519LaneKey& to) {
  SIGNET_CHECK(seed_and_public.size() == crypto_sign_SECRETKEYBYTES);
  std::array<uint8_t, crypto_hash_sha512_BYTES> hash;
  crypto_hash_sha512(hash.data(), seed_and_public.data(), crypto_sign_SEEDBYTES);
  hash[0] &= 0xf8;
  hash[31] = static_cast<uint8_t>((hash[31] & 0x7f) | 0x40);
  for (size_t i = 0; i < 4; ++i) {
    to.prefix[i] = __builtin_bswap64(little_endian(hash.data() + kScalarSize + 8 * i));
    to.public_key[i] = __builtin_bswap64(little_endian(seed_and_public.data() + crypto_sign_SEEDBYTES + 8 * i));
  }
  ScalarOctets secret;
  crypto_core_ed25519_scalar_mul(secret.data(), hash.data(), montgomery_square().data());
  uint64_t words[4];
  for (size_t i = 0; i < 4; ++i) words[i] = little_endian(secret.data() + 8 * i);
  to.secret[0] = words[0] & kLow52;
  to.secret[1] = (words[0] >> 52 | words[1] << 12) & kLow52;
  to.secret[2] = (words[1] >> 40 | words[2] << 24) & kLow52;
  to.secret[3] = (words[2] >> 28 | words[3] << 36) & kLow52;
  to.secret[4] = words[3] >> 16;
  wipe(hash);
  wipe(secret);
  wipe({reinterpret_cast<uint8_t*>(words), sizeof words});
}

void make_ed25519_lane_midstate(const Ed25519LaneKey& key, std::span<const uint8_t, kMidstateOctets> begin,
                                Ed25519LaneMidstate& to) {
  std::array<uint64_t, 4> prefix;
  for (size_t i = 0; i < prefix.size(); ++i) prefix[i] = __builtin_bswap64(key.prefix[i]);
  static_assert(sizeof prefix + kMidstateOctets == 128);  // a block
  // A full block is hashed at once.
  crypto_hash_sha512_state hash;
  crypto_hash_sha512_init(&hash);
  crypto_hash_sha512_update(&hash, reinterpret_cast<const uint8_t*>(prefix.data()), sizeof prefix);
  crypto_hash_sha512_update(&hash, begin.data(), begin.size());
  static_assert(sizeof hash.state == sizeof to.word);
  std::memcpy(to.word, hash.state, sizeof to.word);
  wipe({reinterpret_cast<uint8_t*>(&hash), sizeof hash});
  wipe({reinterpret_cast<uint8_t*>(prefix.data()), sizeof prefix});
}

}  // namespace signet::lanes
