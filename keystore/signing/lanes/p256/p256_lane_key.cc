#include "keystore/signing/lanes/p256/p256_lane_key.h"

#include <sodium.h>

#include <array>
#include <cstring>
#include <string_view>

#include "keystore/signing/lanes/product52.h"
#include "protocol/base/secret_bytes.h"

namespace signet::lanes::p256 {
namespace {

// The nonces' key is derived from the private scalar, so that nothing else that was ever keyed with the scalar, such as
// RFC 6979, gives anything of a nonce.
constexpr std::string_view kLabel = "signet: nonces of ES256";
constexpr size_t kBlockSize = 128;

void state_behind(const std::array<uint8_t, kBlockSize>& block, uint64_t (&words)[8]) {
  crypto_hash_sha512_state hash;
  crypto_hash_sha512_init(&hash);
  crypto_hash_sha512_update(&hash, block.data(), block.size());  // a full block is hashed at once
  static_assert(sizeof hash.state == sizeof words);
  std::memcpy(words, hash.state, sizeof words);
  wipe({reinterpret_cast<uint8_t*>(&hash), sizeof hash});
}

}  // namespace

void make_lane_key(std::span<const uint8_t, kScalarSize> scalar, LaneKey& to) {
  std::array<uint8_t, crypto_auth_hmacsha512_BYTES> nonce_key;
  crypto_auth_hmacsha512_state hmac;
  crypto_auth_hmacsha512_init(&hmac, scalar.data(), scalar.size());
  crypto_auth_hmacsha512_update(&hmac, reinterpret_cast<const uint8_t*>(kLabel.data()), kLabel.size());
  crypto_auth_hmacsha512_final(&hmac, nonce_key.data());
  // RFC 2104: the key with zeroes behind it, exclusive or 0x36, 0x5c.
  for (const bool inner : {true, false}) {
    std::array<uint8_t, kBlockSize> block;
    block.fill(inner ? 0x36 : 0x5c);
    for (size_t i = 0; i < nonce_key.size(); ++i) block[i] ^= nonce_key[i];
    state_behind(block, inner ? to.inner : to.outer);
    wipe(block);
  }
  uint64_t words[4];
  for (size_t i = 0; i < 4; ++i) {
    std::memcpy(&words[i], scalar.data() + 8 * (3 - i), 8);
    words[i] = __builtin_bswap64(words[i]);
  }
  to.secret[0] = words[0] & kLow52;
  to.secret[1] = (words[0] >> 52 | words[1] << 12) & kLow52;
  to.secret[2] = (words[1] >> 40 | words[2] << 24) & kLow52;
  to.secret[3] = (words[2] >> 28 | words[3] << 36) & kLow52;
  to.secret[4] = words[3] >> 16;
  wipe(nonce_key);
  wipe({reinterpret_cast<uint8_t*>(&hmac), sizeof hmac});
  wipe({reinterpret_cast<uint8_t*>(words), sizeof words});
}

}  // namespace signet::lanes::p256
