// KeyPurpose: what a signing key that is to be made is for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/jose/algorithm.h"

namespace signet {

inline constexpr int kRsaBitsDefault = 3072;

// A private half that lives in the configured PKCS#11 token.
struct TokenPlace {
  std::string label;           // of the object that is made; empty = "signet " and the kid
  std::vector<uint8_t> adopt;  // CKA_ID of a key that is there already; empty = one is made
};

struct KeyPurpose {
  JwsAlgorithm algorithm{};
  std::string audience;             // HMAC only, and then required, but for a dialect's key: it has none
  std::string dialect;              // the one dialect that it signs for (valid_dialect_name); empty = an ordinary key
  int bits = 0;                     // RSA only: 2048, 3072 or 4096; 0 = kRsaBitsDefault
  std::optional<TokenPlace> token;  // nothing = the key is made and kept here
};

}  // namespace signet
