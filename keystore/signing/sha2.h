// SHA-2 (FIPS 180-4) with states that can be kept and copied: what HMAC midstates need. Thread rule: any; do not
// allocate.
#pragma once

#include <openssl/sha.h>

#include "protocol/base/bytes.h"

namespace signet {

struct Sha256 {
  using State = SHA256_CTX;
  static constexpr size_t kDigestSize = SHA256_DIGEST_LENGTH;
  static constexpr size_t kBlockSize = SHA256_CBLOCK;
  static void begin(State& state);
  static void update(State& state, ByteSpan bytes);
  static void finish(State& state, uint8_t* digest);
};

struct Sha512 {
  using State = SHA512_CTX;
  static constexpr size_t kDigestSize = SHA512_DIGEST_LENGTH;
  static constexpr size_t kBlockSize = SHA512_CBLOCK;
  static void begin(State& state);
  static void update(State& state, ByteSpan bytes);
  static void finish(State& state, uint8_t* digest);
};

struct Sha384 : Sha512 {
  static constexpr size_t kDigestSize = SHA384_DIGEST_LENGTH;
  static void begin(State& state);
};

}  // namespace signet
