#include "keystore/vault/shares.h"

#include <sodium.h>

#include "protocol/base/check.h"

namespace signet {
namespace {

// The value of the polynomial at `x`, from the highest coefficient down (Horner).
uint8_t evaluate(uint8_t constant, ByteSpan coefficients, uint8_t x) {
  uint8_t value = 0;
  for (size_t i = coefficients.size(); i > 0; --i) {
    value = gf256_multiply(static_cast<uint8_t>(value ^ coefficients[i - 1]), x);
  }
  return value ^ constant;
}

}  // namespace

uint8_t gf256_multiply(uint8_t a, uint8_t b) {
  unsigned product = 0, factor = a, rest = b;
  for (int bit = 0; bit < 8; ++bit) {
    product ^= (0U - (rest & 1U)) & factor;
    rest >>= 1;
    // Times x, reduced by x^8 + x^4 + x^3 + x + 1.
    factor = ((factor << 1) ^ ((0U - (factor >> 7)) & 0x11BU)) & 0x1FFU;
  }
  return static_cast<uint8_t>(product);
}

// a^254, since every element but 0 has a^255 = 1.
uint8_t gf256_inverse(uint8_t a) {
  uint8_t result = 1, power = a;
  for (int bit = 1; bit < 8; ++bit) {
    power = gf256_multiply(power, power);
    result = gf256_multiply(result, power);
  }
  return result;
}

std::optional<std::vector<SecretShare>> split_secret(ByteSpan secret, unsigned threshold, unsigned count) {
  SIGNET_CHECK(threshold >= 2 && threshold <= count && count <= kSharesMax);
  auto coefficients = LockedBytes::zeroed(threshold - 1);
  if (!coefficients) return std::nullopt;
  std::vector<SecretShare> shares;
  for (unsigned i = 1; i <= count; ++i) {
    auto value = LockedBytes::zeroed(secret.size());
    if (!value) return std::nullopt;
    shares.push_back({static_cast<uint8_t>(i), std::move(*value)});
  }
  for (size_t at = 0; at < secret.size(); ++at) {
    randombytes_buf(coefficients->expose_mutable().data(), coefficients->size());
    for (SecretShare& share : shares) {
      share.value.expose_mutable()[at] = evaluate(secret[at], coefficients->expose(), share.index);
    }
  }
  return shares;
}

// Lagrange at 0: the sum of each value times the product of the other indices over their differences. Subtraction is
// addition here.
std::optional<LockedBytes> combine_shares(std::span<const SecretShare* const> shares) {
  SIGNET_CHECK(!shares.empty());
  auto secret = LockedBytes::zeroed(shares.front()->value.size());
  if (!secret) return std::nullopt;
  for (const SecretShare* share : shares) {
    uint8_t weight = 1;
    for (const SecretShare* other : shares) {
      if (other == share) continue;
      const auto difference = static_cast<uint8_t>(other->index ^ share->index);
      weight = gf256_multiply(weight, gf256_multiply(other->index, gf256_inverse(difference)));
    }
    const MutableByteSpan sum = secret->expose_mutable();
    for (size_t at = 0; at < sum.size(); ++at) sum[at] ^= gf256_multiply(share->value.expose()[at], weight);
  }
  return secret;
}

}  // namespace signet
