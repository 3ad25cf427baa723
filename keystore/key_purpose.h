// KeyPurpose: what a signing key that is to be made is for.
#pragma once

#include <string>

#include "protocol/jose/algorithm.h"

namespace signet {

inline constexpr int kRsaBitsDefault = 3072;

struct KeyPurpose {
  JwsAlgorithm algorithm{};
  std::string audience;  // HMAC only, and then required, but for a dialect's key: it has none
  std::string dialect;   // the one dialect that it signs for (valid_dialect_name); empty = an ordinary key
  int bits = 0;          // RSA only: 2048, 3072 or 4096; 0 = kRsaBitsDefault
};

}  // namespace signet
