#include "protocol/oauth/percent_decode.h"

#include <array>
#include <cstddef>

#include "protocol/base/char_class.h"
#include "protocol/base/utf8.h"

namespace signet {
namespace {

constexpr CharClass kControls = CharClass::range(0x00, 0x1F) | CharClass::range(0x7F, 0x7F);
// What stays as it is; the rest needs a decision.
constexpr CharClass kLiteral =
    CharClass::range(0x20, 0x24) | CharClass::range(0x26, 0x2A) | CharClass::range(0x2C, 0x7E);

constexpr uint8_t kNoDigit = 0xFF;
constexpr std::array<uint8_t, 256> kHexDigits = [] {
  std::array<uint8_t, 256> digits{};
  digits.fill(kNoDigit);
  for (uint8_t i = 0; i < 10; ++i) digits[size_t{'0'} + i] = i;
  for (uint8_t i = 0; i < 6; ++i) digits[size_t{'A'} + i] = digits[size_t{'a'} + i] = static_cast<uint8_t>(10 + i);
  return digits;
}();

// The octet of the two digits at `from`, or a negative number.
int decode_octet(const char* from) {
  const uint8_t high = kHexDigits[static_cast<uint8_t>(from[0])];
  const uint8_t low = kHexDigits[static_cast<uint8_t>(from[1])];
  return high == kNoDigit || low == kNoDigit ? -1 : high << 4 | low;
}

}  // namespace

std::expected<std::string_view, PercentDecodeError> percent_decode(std::span<char> text) {
  char* const begin = text.data();
  const char* const end = begin + text.size();
  const char* from = begin;
  while (from != end && kLiteral.contains(*from)) ++from;
  char* to = begin + (from - begin);
  bool has_high_octets = false;
  while (from != end) {
    char c = *from++;
    if (c == '+') {
      c = ' ';
    } else if (c == '%') {
      const int octet = end - from < 2 ? -1 : decode_octet(from);
      if (octet < 0) return std::unexpected(PercentDecodeError::kBadEscape);
      c = static_cast<char>(octet);
      from += 2;
    }
    if (kControls.contains(c)) return std::unexpected(PercentDecodeError::kControlCharacter);
    has_high_octets |= static_cast<uint8_t>(c) >= 0x80;
    *to++ = c;
  }
  const std::string_view decoded(begin, static_cast<size_t>(to - begin));
  if (has_high_octets && !valid_utf8(decoded)) return std::unexpected(PercentDecodeError::kBadUtf8);
  return decoded;
}

}  // namespace signet
