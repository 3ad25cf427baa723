#include "protocol/base/base64url.h"

#include <array>

#include "protocol/base/base64url_internal.h"

namespace signet {
namespace {

constexpr char kUrlAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr char kStandardAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr uint32_t kNoDigit = 0x8000'0000;  // survives any OR of shifted digits

using DigitTable = std::array<uint32_t, 256>;

constexpr DigitTable digit_table(const char* alphabet) {
  DigitTable table{};
  table.fill(kNoDigit);
  for (uint32_t i = 0; i < 64; ++i) table[static_cast<uint8_t>(alphabet[i])] = i;
  return table;
}

constexpr DigitTable kUrlDigits = digit_table(kUrlAlphabet);
constexpr DigitTable kStandardDigits = digit_table(kStandardAlphabet);

internal::Base64UrlEncoder choose_encoder() {
  if (internal::base64url_has_vbmi()) return internal::base64url_encode_vbmi;
  if (internal::base64url_has_avx2()) return internal::base64url_encode_avx2;
  return internal::base64url_encode_scalar;
}

// The 2 or 3 characters after the last whole group. RFC 4648 section 3.5: the unused bits must be zero, or one token
// would have several spellings.
bool decode_tail(const DigitTable& digits, const uint8_t* from, size_t size, uint8_t* to) {
  const uint32_t word = digits[from[0]] << 18 | digits[from[1]] << 12 | (size == 3 ? digits[from[2]] << 6 : 0);
  const uint32_t unused_mask = size == 3 ? 0xFF : 0xFFFF;
  if ((digits[from[0]] | digits[from[1]] | (size == 3 ? digits[from[2]] : 0)) & kNoDigit) return false;
  if (word & unused_mask) return false;
  to[0] = static_cast<uint8_t>(word >> 16);
  if (size == 3) to[1] = static_cast<uint8_t>(word >> 8);
  return true;
}

bool decode(const DigitTable& digits, const uint8_t* from, size_t size, uint8_t* to) {
  uint32_t bad = 0;
  for (size_t groups = size / 4; groups > 0; --groups, from += 4, to += 3) {
    const uint32_t a = digits[from[0]], b = digits[from[1]], c = digits[from[2]], d = digits[from[3]];
    bad |= a | b | c | d;
    const uint32_t word = a << 18 | b << 12 | c << 6 | d;
    to[0] = static_cast<uint8_t>(word >> 16);
    to[1] = static_cast<uint8_t>(word >> 8);
    to[2] = static_cast<uint8_t>(word);
  }
  return (bad & kNoDigit) == 0 && (size % 4 == 0 || decode_tail(digits, from, size % 4, to));
}

bool decode_standard(const uint8_t* from, size_t size, uint8_t* to) { return decode(kStandardDigits, from, size, to); }

internal::Base64UrlDecoder choose_decoder() {
  return internal::base64url_has_vbmi() ? internal::base64url_decode_vbmi : internal::base64url_decode_scalar;
}

std::optional<size_t> decode_with(internal::Base64UrlDecoder decoder, std::string_view text, MutableByteSpan out) {
  const size_t size = base64url_decoded_size_max(text.size());
  if (text.size() % 4 == 1 || out.size() < size) return std::nullopt;
  if (!decoder(as_bytes(text).data(), text.size(), out.data())) return std::nullopt;
  return size;
}

}  // namespace

namespace internal {

size_t base64url_encode_scalar(const uint8_t* from, size_t size, char* to) {
  char* const begin = to;
  for (; size >= 3; size -= 3, from += 3, to += 4) {
    const uint32_t word = uint32_t{from[0]} << 16 | uint32_t{from[1]} << 8 | from[2];
    to[0] = kUrlAlphabet[word >> 18];
    to[1] = kUrlAlphabet[word >> 12 & 63];
    to[2] = kUrlAlphabet[word >> 6 & 63];
    to[3] = kUrlAlphabet[word & 63];
  }
  if (size > 0) {
    const uint32_t word = uint32_t{from[0]} << 16 | (size == 2 ? uint32_t{from[1]} << 8 : 0);
    *to++ = kUrlAlphabet[word >> 18];
    *to++ = kUrlAlphabet[word >> 12 & 63];
    if (size == 2) *to++ = kUrlAlphabet[word >> 6 & 63];
  }
  return static_cast<size_t>(to - begin);
}

bool base64url_decode_scalar(const uint8_t* from, size_t size, uint8_t* to) {
  return decode(kUrlDigits, from, size, to);
}

}  // namespace internal

size_t base64url_encode(ByteSpan from, char* to) {
  static const internal::Base64UrlEncoder encoder = choose_encoder();
  return encoder(from.data(), from.size(), to);
}

std::string base64url_text(ByteSpan from) {
  std::string text(base64url_encoded_size(from.size()), '\0');
  base64url_encode(from, text.data());
  return text;
}

std::optional<size_t> base64url_decode(std::string_view from, MutableByteSpan to) {
  static const internal::Base64UrlDecoder decoder = choose_decoder();
  return decode_with(decoder, from, to);
}

std::optional<size_t> base64_decode(std::string_view from, MutableByteSpan to) {
  // Padding is present only to fill the last group, or not at all.
  if (from.size() % 4 == 0 && from.ends_with('=')) {
    from.remove_suffix(from.ends_with("==") ? 2 : 1);
  }
  return decode_with(decode_standard, from, to);
}

}  // namespace signet
