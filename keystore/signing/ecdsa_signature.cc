#include "keystore/signing/ecdsa_signature.h"

#include <algorithm>

namespace signet {
namespace {

constexpr uint8_t kInteger = 0x02;
constexpr uint8_t kSequence = 0x30;

// Takes one positive INTEGER off the front of `der` and writes it to 32 octets, big-endian.
bool take_integer(ByteSpan& der, std::span<uint8_t, 32> out) {
  if (der.size() < 2 || der[0] != kInteger) return false;
  const size_t size = der[1];
  // 33 at most: lengths of more than one octet cannot occur.
  if (size == 0 || size > out.size() + 1 || size > der.size() - 2) return false;
  ByteSpan value = der.subspan(2, size);
  der = der.subspan(2 + size);
  if (value[0] >= 0x80) return false;  // negative
  if (value[0] == 0) {
    // A zero octet only where the sign needs it; zero itself is no part of a signature.
    if (size == 1 || value[1] < 0x80) return false;
    value = value.subspan(1);
  }
  if (value.size() > out.size()) return false;
  std::ranges::fill(out, uint8_t{0});
  std::ranges::copy(value, out.end() - static_cast<ptrdiff_t>(value.size()));
  return true;
}

// Writes the INTEGER of 32 octets, big-endian, at `at`; gives its size, 0 for zero.
size_t put_integer(ByteSpan number, uint8_t* at) {
  while (!number.empty() && number[0] == 0) number = number.subspan(1);
  if (number.empty()) return 0;
  const bool sign_octet = number[0] >= 0x80;
  uint8_t* to = at;
  *to++ = kInteger;
  *to++ = static_cast<uint8_t>(number.size() + (sign_octet ? 1 : 0));
  if (sign_octet) *to++ = 0;
  to = std::ranges::copy(number, to).out;
  return static_cast<size_t>(to - at);
}

}  // namespace

bool p256_signature_from_der(ByteSpan der, std::span<uint8_t, kP256SignatureSize> raw) {
  if (der.size() < 2 || der.size() > kP256DerSizeMax || der[0] != kSequence || der[1] != der.size() - 2) return false;
  der = der.subspan(2);
  return take_integer(der, raw.first<32>()) && take_integer(der, raw.last<32>()) && der.empty();
}

size_t p256_signature_to_der(std::span<const uint8_t, kP256SignatureSize> raw,
                             std::span<uint8_t, kP256DerSizeMax> der) {
  const size_t r = put_integer(raw.first<32>(), der.data() + 2);
  const size_t s = put_integer(raw.last<32>(), der.data() + 2 + r);
  if (r == 0 || s == 0) return 0;
  der[0] = kSequence;
  der[1] = static_cast<uint8_t>(r + s);
  return 2 + r + s;
}

}  // namespace signet
