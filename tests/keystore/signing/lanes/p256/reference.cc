// ECDSA_do_verify is what EVP calls; with it a test needs no encodings.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "tests/keystore/signing/lanes/p256/reference.h"

#include <openssl/obj_mac.h>
#include <sodium.h>

#include <algorithm>
#include <string_view>

#include "protocol/base/freed_by.h"

namespace signet::lanes::p256 {
namespace {

template <class T, auto kFree>
using Owned = std::unique_ptr<T, FreedBy<kFree>>;
using Bn = Owned<BIGNUM, BN_free>;
using Point = Owned<EC_POINT, EC_POINT_free>;

const EC_GROUP* curve() {
  static const Owned<EC_GROUP, EC_GROUP_free> group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  return group.get();
}

Bn number(const BigNumber& value) {
  const auto octets = big_endian(value);
  return Bn(BN_bin2bn(octets.data(), static_cast<int>(octets.size()), nullptr));
}

BigNumber value(const BIGNUM* number) {
  std::array<uint8_t, 32> octets{};
  BN_bn2binpad(number, octets.data(), static_cast<int>(octets.size()));
  return of_big_endian(octets);
}

Point point_of(const BigNumber& k) {
  Point point(EC_POINT_new(curve()));
  EC_POINT_mul(curve(), point.get(), number(k).get(), nullptr, nullptr, nullptr);
  return point;
}

std::array<uint8_t, 64> hmac(std::span<const uint8_t> key, std::span<const uint8_t> message) {
  std::array<uint8_t, 64> out{};
  crypto_auth_hmacsha512_state state;
  crypto_auth_hmacsha512_init(&state, key.data(), key.size());
  crypto_auth_hmacsha512_update(&state, message.data(), message.size());
  crypto_auth_hmacsha512_final(&state, out.data());
  return out;
}

}  // namespace

const BigNumber& prime() {
  static const BigNumber p = BigNumber::power_of_two(256) - BigNumber::power_of_two(224) +
                             BigNumber::power_of_two(192) + BigNumber::power_of_two(96) - BigNumber(1);
  return p;
}
const BigNumber& order() {
  static const BigNumber n = value(EC_GROUP_get0_order(curve()));
  return n;
}

AffinePoint multiple(const BigNumber& k) {
  const Point point = point_of(k % order());
  const Bn x(BN_new()), y(BN_new());
  EC_POINT_get_affine_coordinates(curve(), point.get(), x.get(), y.get(), nullptr);
  return {value(x.get()), value(y.get())};
}

std::array<uint8_t, 32> big_endian(const BigNumber& number) {
  auto octets = number.octets();
  std::ranges::reverse(octets);
  return octets;
}

BigNumber of_big_endian(std::span<const uint8_t> octets) {
  std::vector<uint64_t> limbs(octets.rbegin(), octets.rend());
  return BigNumber::of_limbs(limbs, 8);
}

Key::Key(const BigNumber& secret) : scalar(secret) { make_lane_key(big_endian(secret), lanes); }

BigNumber nonce(const Key& key, std::span<const uint8_t> input) {
  constexpr std::string_view kLabel = "signet: nonces of ES256";
  const std::vector<uint8_t> label(kLabel.begin(), kLabel.end());
  return of_big_endian(hmac(hmac(big_endian(key.scalar), label), input)) % order();
}

std::array<uint8_t, 64> signature(const Key& key, std::span<const uint8_t> input) {
  const BigNumber k = nonce(key, input), r = multiple(k).x % order();
  const BigNumber s = (of_big_endian(input.last(32)) + r * key.scalar) * k.inverse(order()) % order();
  std::array<uint8_t, 64> out{};
  std::ranges::copy(big_endian(r), out.begin());
  std::ranges::copy(big_endian(s), out.begin() + 32);
  return out;
}

bool verifies(const Key& key, std::span<const uint8_t> digest, const std::array<uint8_t, 64>& signature) {
  const Owned<EC_KEY, EC_KEY_free> own(EC_KEY_new());
  EC_KEY_set_group(own.get(), curve());
  EC_KEY_set_public_key(own.get(), point_of(key.scalar).get());
  const Owned<ECDSA_SIG, ECDSA_SIG_free> parsed(ECDSA_SIG_new());
  ECDSA_SIG_set0(parsed.get(), BN_bin2bn(signature.data(), 32, nullptr), BN_bin2bn(signature.data() + 32, 32, nullptr));
  return ECDSA_do_verify(digest.data(), static_cast<int>(digest.size()), parsed.get(), own.get()) == 1;
}

}  // namespace signet::lanes::p256
