// The slow reference: P-256 by OpenSSL's numbers and points, the nonces by libsodium's HMAC.
#pragma once

#include <openssl/ec.h>
#include <openssl/ecdsa.h>

#include <array>
#include <span>
#include <vector>

#include "keystore/signing/lanes/p256/p256_lane_key.h"
#include "tests/keystore/signing/lanes/big_number.h"

namespace signet::lanes::p256 {

const BigNumber& prime();
const BigNumber& order();

struct AffinePoint {
  BigNumber x, y;
};
// k G; k is not 0 modulo the order.
AffinePoint multiple(const BigNumber& k);

std::array<uint8_t, 32> big_endian(const BigNumber& number);
BigNumber of_big_endian(std::span<const uint8_t> octets);

struct Key {
  explicit Key(const BigNumber& scalar);
  BigNumber scalar;
  LaneKey lanes{};
};
// What nonce_p256.h says.
BigNumber nonce(const Key& key, std::span<const uint8_t> input);
// r and s of the nonce, the digest (the last half of the input) and the key.
std::array<uint8_t, 64> signature(const Key& key, std::span<const uint8_t> input);
// By OpenSSL, with the public half.
bool verifies(const Key& key, std::span<const uint8_t> digest, const std::array<uint8_t, 64>& signature);

}  // namespace signet::lanes::p256
