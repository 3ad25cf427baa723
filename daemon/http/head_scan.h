// Character classes and scanning of request heads (private to daemon/http).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace signet::http {

enum CharClass : uint8_t { kTokenChar = 1, kTargetChar = 2, kHostChar = 4 };

namespace internal {
consteval std::array<uint8_t, 256> make_char_classes() {
  std::array<uint8_t, 256> classes{};
  auto add = [&classes](std::string_view characters, uint8_t bits) {
    for (char c : characters) classes[static_cast<uint8_t>(c)] |= bits;
  };
  for (unsigned c = '0'; c <= '9'; ++c) classes[c] = kTokenChar | kTargetChar | kHostChar;
  for (unsigned c = 'A'; c <= 'Z'; ++c) classes[c] = classes[c + 32] = kTokenChar | kTargetChar | kHostChar;
  add("!#$%&'*+-.^_`|~", kTokenChar);        // RFC 9110 5.6.2
  add("-._~!$&'()*+,;=:@/?%", kTargetChar);  // RFC 3986: pchar, "/", "?"; no "#": not part of origin-form
  add("-._~!$&'()*+;=%:[]", kHostChar);      // RFC 3986 3.2.2; no ",": that would be two hosts folded into one
  return classes;
}
inline constexpr std::array<uint8_t, 256> kCharClasses = make_char_classes();
}  // namespace internal

inline bool has_class(char c, CharClass wanted) {
  return (internal::kCharClasses[static_cast<uint8_t>(c)] & wanted) != 0;
}

// First octet of [p, end) that is a control character (0x00-0x1F or 0x7F), or `end`. Octets over 0x7F are not.
inline const char* find_control(const char* p, const char* end) {
#if defined(__SSE2__)
  const __m128i highest_control = _mm_set1_epi8(0x1F);
  const __m128i del = _mm_set1_epi8(0x7F);
  while (end - p >= 16) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const __m128i below = _mm_cmpeq_epi8(_mm_min_epu8(block, highest_control), block);
    const int mask = _mm_movemask_epi8(_mm_or_si128(below, _mm_cmpeq_epi8(block, del)));
    if (mask != 0) return p + __builtin_ctz(static_cast<unsigned>(mask));
    p += 16;
  }
#endif
  for (; p != end; ++p) {
    const auto c = static_cast<uint8_t>(*p);
    if (c <= 0x1F || c == 0x7F) return p;
  }
  return end;
}

// Case-insensitive equality with a lower-case ASCII constant.
inline bool equals_lower(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  unsigned difference = 0;
  for (size_t i = 0; i < lower.size(); ++i) {
    auto c = static_cast<uint8_t>(text[i]);
    if (c >= 'A' && c <= 'Z') c |= 0x20;
    difference |= c ^ static_cast<uint8_t>(lower[i]);
  }
  return difference == 0;
}

}  // namespace signet::http
