#include "tests/keystore/signing/lanes/big_number.h"

#include <openssl/crypto.h>

#include <ostream>

namespace signet::lanes {
namespace {

BN_CTX* context() {
  static thread_local const std::unique_ptr<BN_CTX, decltype(&BN_CTX_free)> own(BN_CTX_new(), &BN_CTX_free);
  return own.get();
}

}  // namespace

BigNumber::BigNumber(uint64_t value) : number_(BN_new()) { BN_set_word(get(), value); }
BigNumber::BigNumber(const BigNumber& other) : number_(BN_dup(other.get())) {}
BigNumber& BigNumber::operator=(const BigNumber& other) {
  BN_copy(get(), other.get());
  return *this;
}

BigNumber BigNumber::of_hex(const char* hex) {
  BigNumber result;
  BIGNUM* number = result.get();
  BN_hex2bn(&number, hex);
  return result;
}

BigNumber BigNumber::of_limbs(const std::vector<uint64_t>& limbs, int bits) {
  BigNumber result;
  for (size_t i = limbs.size(); i-- > 0;) {
    BN_lshift(result.get(), result.get(), bits);
    result = result + BigNumber(limbs[i]);
  }
  return result;
}

BigNumber BigNumber::power_of_two(int exponent) {
  BigNumber result;
  BN_set_bit(result.get(), exponent);
  return result;
}

BigNumber operator+(const BigNumber& a, const BigNumber& b) {
  BigNumber result;
  BN_add(result.get(), a.get(), b.get());
  return result;
}
BigNumber operator-(const BigNumber& a, const BigNumber& b) {
  BigNumber result;
  BN_sub(result.get(), a.get(), b.get());
  return result;
}
BigNumber operator*(const BigNumber& a, const BigNumber& b) {
  BigNumber result;
  BN_mul(result.get(), a.get(), b.get(), context());
  return result;
}
BigNumber operator%(const BigNumber& a, const BigNumber& b) {
  BigNumber result;
  BN_nnmod(result.get(), a.get(), b.get(), context());
  return result;
}

BigNumber BigNumber::inverse(const BigNumber& modulus) const {
  BigNumber result;
  BN_mod_inverse(result.get(), get(), modulus.get(), context());
  return result;
}

BigNumber BigNumber::power(const BigNumber& exponent, const BigNumber& modulus) const {
  BigNumber result;
  BN_mod_exp(result.get(), get(), exponent.get(), modulus.get(), context());
  return result;
}

std::vector<uint64_t> BigNumber::limbs(size_t count, int bits) const {
  std::vector<uint64_t> result(count);
  for (size_t i = 0; i < count; ++i) {
    for (int bit = 0; bit < bits; ++bit) {
      if (BN_is_bit_set(get(), static_cast<int>(i) * bits + bit) != 0) result[i] |= uint64_t{1} << bit;
    }
  }
  return result;
}

std::array<uint8_t, 32> BigNumber::octets() const {
  std::array<uint8_t, 32> result{};
  BN_bn2lebinpad(get(), result.data(), static_cast<int>(result.size()));
  return result;
}

std::string BigNumber::hex() const {
  char* text = BN_bn2hex(get());
  std::string result(text);
  OPENSSL_free(text);
  return result;
}

void PrintTo(const BigNumber& number, std::ostream* to) { *to << number.hex(); }

const BigNumber& prime25519() {
  static const BigNumber prime = BigNumber::power_of_two(255) - BigNumber(19);
  return prime;
}
const BigNumber& order25519() {
  static const BigNumber order = BigNumber::of_hex("1000000000000000000000000000000014DEF9DEA2F79CD65812631A5CF5D3ED");
  return order;
}

}  // namespace signet::lanes
