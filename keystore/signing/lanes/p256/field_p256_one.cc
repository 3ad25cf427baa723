#include "keystore/signing/lanes/p256/field_p256_one.h"

#include "keystore/signing/lanes/p256/inverse_p256.h"

namespace signet::lanes::p256 {
namespace {

using Wide = unsigned __int128;
constexpr uint64_t kPrime[4] = {0xffffffffffffffff, 0xffffffff, 0, 0xffffffff00000001};
constexpr Element kSquare = {{3, 0xfffffffbffffffff, 0xfffffffffffffffe, 0x4fffffffd}};  // 2^512
constexpr Element kSixteen = {{16, 0, 0, 0}};

// a - p where carry and a make at least p, else a.
Element less_prime(const Element& a, uint64_t carry) {
  Element less;
  Wide borrow = 0;
  for (int i = 0; i < 4; ++i) {
    const Wide difference = Wide{a.word[i]} - kPrime[i] - borrow;
    less.word[i] = static_cast<uint64_t>(difference);
    borrow = difference >> 64 & 1;
  }
  return carry >= borrow ? less : a;
}

}  // namespace

Element element_of(const uint64_t (&words)[4]) { return Element{{words[0], words[1], words[2], words[3]}} * kSquare; }

void lane_words_of(const Element& a, uint64_t (&words)[4]) {
  const Element times16 = a * (kSixteen * kSquare);
  for (int i = 0; i < 4; ++i) words[i] = times16.word[i];
}

Element operator+(const Element& a, const Element& b) {
  Element sum;
  Wide carry = 0;
  for (int i = 0; i < 4; ++i) {
    carry += Wide{a.word[i]} + b.word[i];
    sum.word[i] = static_cast<uint64_t>(carry);
    carry >>= 64;
  }
  return less_prime(sum, static_cast<uint64_t>(carry));
}

Element operator-(const Element& a, const Element& b) {
  Element negated;  // p - b
  Wide borrow = 0;
  for (int i = 0; i < 4; ++i) {
    const Wide difference = Wide{kPrime[i]} - b.word[i] - borrow;
    negated.word[i] = static_cast<uint64_t>(difference);
    borrow = difference >> 64 & 1;
  }
  return a + negated;
}

// Montgomery: -1 / p is 1 modulo 2^64.
Element operator*(const Element& a, const Element& b) {
  uint64_t z[5] = {};
  uint64_t top = 0;
  for (int i = 0; i < 4; ++i) {
    Wide carry = 0;
    for (int j = 0; j < 4; ++j) {
      carry += Wide{a.word[i]} * b.word[j] + z[j];
      z[j] = static_cast<uint64_t>(carry);
      carry >>= 64;
    }
    carry += z[4];
    z[4] = static_cast<uint64_t>(carry);
    top = static_cast<uint64_t>(carry >> 64);
    const uint64_t m = z[0];
    carry = (Wide{m} * kPrime[0] + z[0]) >> 64;
    for (int j = 1; j < 4; ++j) {
      carry += Wide{m} * kPrime[j] + z[j];
      z[j - 1] = static_cast<uint64_t>(carry);
      carry >>= 64;
    }
    carry += z[4];
    z[3] = static_cast<uint64_t>(carry);
    z[4] = top + static_cast<uint64_t>(carry >> 64);
  }
  return less_prime(Element{{z[0], z[1], z[2], z[3]}}, z[4]);
}

Element inverse(const Element& a) {
  const Element one = {{1, 0, 0, 0}};
  Element plain = a * one;
  inverse_modulo_prime(plain.word);
  return plain * kSquare;
}

}  // namespace signet::lanes::p256
