// Shares of a secret: any `threshold` of them give it back, fewer tell nothing about it (Shamir 1979, over GF(256) with
// the polynomial of AES, each octet by itself). Our own because the library that Debian has multiplies by tables, whose
// look-ups depend on the secret; here nothing does: no branch, no address. Pure but for the random coefficients.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "keystore/vault/locked_bytes.h"

namespace signet {

inline constexpr unsigned kSharesMax = 255;

struct SecretShare {
  uint8_t index = 0;  // 1 .. kSharesMax: where the polynomials were evaluated
  LockedBytes value;  // as long as the secret
};

// gf256_multiply is exposed for its test. Constant time.
uint8_t gf256_multiply(uint8_t a, uint8_t b);
// gf256_inverse: 0 gives 0. Constant time.
uint8_t gf256_inverse(uint8_t a);

// split_secret makes `count` shares, 2 <= threshold <= count. Nothing when no memory can be locked.
std::optional<std::vector<SecretShare>> split_secret(ByteSpan secret, unsigned threshold, unsigned count);

// combine_shares gives the secret of exactly as many shares as the threshold was, each with another index and all of
// one size (checked by the caller); of others it gives something else. Nothing when no memory can be locked.
std::optional<LockedBytes> combine_shares(std::span<const SecretShare* const> shares);

}  // namespace signet
