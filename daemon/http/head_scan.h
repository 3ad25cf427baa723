// Character classes and scanning of request heads (private to daemon/http).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
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

// End of the token (RFC 9110 5.6.2) that starts at `p`. Field names are nearly always letters, digits and hyphens
// within one block: those are found by comparing ranges, the rest by table.
inline const char* find_token_end(const char* p, const char* end) {
#if defined(__SSE2__)
  while (end - p >= 16) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    // Signed comparison after moving the range's start to the lowest value: x in [a, a + n) is x - a - 128 < n - 128.
    const auto in_range = [](__m128i x, char first, char size) {
      const __m128i moved = _mm_sub_epi8(x, _mm_set1_epi8(static_cast<char>(first ^ '\x80')));
      return _mm_cmplt_epi8(moved, _mm_set1_epi8(static_cast<char>(size ^ '\x80')));
    };
    const __m128i letters = in_range(_mm_or_si128(block, _mm_set1_epi8(0x20)), 'a', 26);
    const __m128i digits = in_range(block, '0', 10);
    const __m128i common = _mm_or_si128(_mm_or_si128(letters, digits), _mm_cmpeq_epi8(block, _mm_set1_epi8('-')));
    const int others = _mm_movemask_epi8(common) ^ 0xFFFF;
    if (others != 0) {
      p += __builtin_ctz(static_cast<unsigned>(others));
      if (!has_class(*p, kTokenChar)) return p;
      ++p;  // a rare token character
    } else {
      p += 16;
    }
  }
#endif
  while (p != end && has_class(*p, kTokenChar)) ++p;
  return p;
}

// Whether a token, of the constant's length, is that constant. `Lower` is letters in lower case and hyphens, for which
// setting bit 5 folds exactly their capitals among token characters.
template <size_t Size>
inline bool token_is(const char* token, const char (&lower)[Size]) {
  constexpr size_t kLength = Size - 1;
  const auto differs = [&]<typename Word>(size_t at, Word) {
    Word a = 0;
    Word b = 0;
    std::memcpy(&a, token + at, sizeof a);
    std::memcpy(&b, lower + at, sizeof b);
    return (a | static_cast<Word>(0x2020202020202020U)) != b;
  };
  if constexpr (kLength >= 8) {
    for (size_t at = 0; at + 8 < kLength; at += 8) {
      if (differs(at, uint64_t{})) return false;
    }
    return !differs(kLength - 8, uint64_t{});
  } else {
    static_assert(kLength >= 4);
    return !differs(0, uint32_t{}) && !differs(kLength - 4, uint32_t{});
  }
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
