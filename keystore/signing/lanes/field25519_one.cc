#include "keystore/signing/lanes/field25519_one.h"

namespace signet::lanes {
namespace {

constexpr uint64_t kLow51 = (uint64_t{1} << 51) - 1;
using Wide = unsigned __int128;

Element carried(const Wide (&sum)[5]) {
  Element r;
  Wide carry = 0;
  for (int i = 0; i < 5; ++i) {
    const Wide limb = sum[i] + carry;
    r.limb[i] = static_cast<uint64_t>(limb) & kLow51;
    carry = limb >> 51;
  }
  const Wide low = Wide{r.limb[0]} + carry * 19;
  r.limb[0] = static_cast<uint64_t>(low) & kLow51;
  r.limb[1] += static_cast<uint64_t>(low >> 51);
  return r;
}

}  // namespace

Element element_of(const uint64_t (&words)[4]) {
  return {{words[0] & kLow51, (words[0] >> 51 | words[1] << 13) & kLow51, (words[1] >> 38 | words[2] << 26) & kLow51,
           (words[2] >> 25 | words[3] << 39) & kLow51, words[3] >> 12 & kLow51}};
}

void words_of(const Element& a, uint64_t (&words)[4]) {
  uint64_t limb[5];
  uint64_t carry = 0;
  for (int i = 0; i < 5; ++i) limb[i] = a.limb[i];
  for (int pass = 0; pass < 2; ++pass) {
    limb[0] += carry * 19;
    carry = 0;
    for (uint64_t& one : limb) {
      one += carry;
      carry = one >> 51;
      one &= kLow51;
    }
  }
  limb[0] += carry * 19;
  // Below 2^255 + 19 now: the prime is taken away once if 19 more reach 2^255.
  uint64_t reaches = (limb[0] + 19) >> 51;
  for (int i = 1; i < 5; ++i) reaches = (limb[i] + reaches) >> 51;
  limb[0] += 19 * reaches;
  for (int i = 0; i < 4; ++i) {
    limb[i + 1] += limb[i] >> 51;
    limb[i] &= kLow51;
  }
  limb[4] &= kLow51;
  words[0] = limb[0] | limb[1] << 51;
  words[1] = limb[1] >> 13 | limb[2] << 38;
  words[2] = limb[2] >> 26 | limb[3] << 25;
  words[3] = limb[3] >> 39 | limb[4] << 12;
}

Element operator+(const Element& a, const Element& b) {
  Element r;
  for (int i = 0; i < 5; ++i) r.limb[i] = a.limb[i] + b.limb[i];
  return r;
}

Element operator-(const Element& a, const Element& b) {
  // Four times the prime, limb by limb above what a product or a sum of two of them has.
  Element r;
  for (int i = 0; i < 5; ++i) r.limb[i] = a.limb[i] + (i == 0 ? 4 * (kLow51 - 18) : 4 * kLow51) - b.limb[i];
  return r;
}

Element operator*(const Element& a, const Element& b) {
  Wide sum[5] = {};
  for (int i = 0; i < 5; ++i) {
    for (int j = 0; j < 5; ++j) {
      const Wide term = Wide{a.limb[i]} * b.limb[j];
      sum[(i + j) % 5] += i + j < 5 ? term : term * 19;
    }
  }
  return carried(sum);
}

}  // namespace signet::lanes
