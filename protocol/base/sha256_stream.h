// Sha256Stream: SHA-256 (FIPS 180-4) of a message that comes in pieces. One thread; does not allocate.
#pragma once

#include <array>
#include <cstddef>

#include "protocol/base/digest.h"

namespace signet {

class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(const Sha256Stream&) = delete;
  Sha256Stream& operator=(const Sha256Stream&) = delete;

  void add(ByteSpan piece);
  // finish gives the digest of all pieces; nothing may be added afterwards.
  Sha256Digest finish();

 private:
  alignas(8) std::array<std::byte, 112> state_;  // SHA256_CTX
};

}  // namespace signet
