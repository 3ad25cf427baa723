// BigNumber: the slow reference that the layers of the lanes are compared with: OpenSSL's numbers of any size.
#pragma once

#include <openssl/bn.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace signet::lanes {

class BigNumber {
 public:
  BigNumber(uint64_t value = 0);  // NOLINT: numbers are written as numbers
  BigNumber(const BigNumber& other);
  BigNumber& operator=(const BigNumber& other);

  static BigNumber of_hex(const char* hex);
  // Sum of limb[i] * 2^(bits * i).
  static BigNumber of_limbs(const std::vector<uint64_t>& limbs, int bits);
  static BigNumber power_of_two(int exponent);

  friend BigNumber operator+(const BigNumber& a, const BigNumber& b);
  friend BigNumber operator-(const BigNumber& a, const BigNumber& b);
  friend BigNumber operator*(const BigNumber& a, const BigNumber& b);
  friend BigNumber operator%(const BigNumber& a, const BigNumber& b);  // never negative
  friend bool operator==(const BigNumber& a, const BigNumber& b) { return BN_cmp(a.get(), b.get()) == 0; }
  friend bool operator<(const BigNumber& a, const BigNumber& b) { return BN_cmp(a.get(), b.get()) < 0; }
  BigNumber inverse(const BigNumber& modulus) const;
  BigNumber power(const BigNumber& exponent, const BigNumber& modulus) const;

  // `count` limbs of `bits`, the lowest first; what does not fit is left off.
  std::vector<uint64_t> limbs(size_t count, int bits) const;
  std::array<uint8_t, 32> octets() const;  // little-endian
  std::string hex() const;

 private:
  struct Free {
    void operator()(BIGNUM* number) const { BN_free(number); }
  };
  BIGNUM* get() const { return number_.get(); }
  std::unique_ptr<BIGNUM, Free> number_;
};

// GoogleTest prints it.
void PrintTo(const BigNumber& number, std::ostream* to);

const BigNumber& prime25519();  // 2^255 - 19
const BigNumber& order25519();  // of Ed25519's base point

}  // namespace signet::lanes
