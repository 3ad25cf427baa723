// Vector encoders: twelve octets are spread to sixteen lanes of six bits, then each lane is mapped to its character.
// And a decoder, which goes the other way. Access tokens are encoded or decoded once per request, so this is on the hot
// path; bench/base64url_bench.cc shows what it buys.
#include "protocol/base/base64url_internal.h"

#if defined(__x86_64__)
#include <immintrin.h>

namespace signet::internal {
namespace {

// The ranges of the alphabet as {added to the digit}, picked by a class that is 0 for A-Z, 1 for a-z, 2-11 for the
// decimal digits, 12 for '-' and 13 for '_'.
#define SIGNET_BASE64URL_OFFSETS                                                                                     \
  'A', 'a' - 26, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, \
      '-' - 62, '_' - 63, 0, 0

// b c a b order per group of three octets, so that each 16-bit half holds two neighbouring digits.
#define SIGNET_BASE64_SPREAD 1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10

__attribute__((target("avx2"))) inline __m128i encode_12(__m128i octets) {
  const __m128i spread = _mm_shuffle_epi8(octets, _mm_setr_epi8(SIGNET_BASE64_SPREAD));
  const __m128i even = _mm_mulhi_epu16(_mm_and_si128(spread, _mm_set1_epi32(0x0FC0FC00)), _mm_set1_epi32(0x04000040));
  const __m128i odd = _mm_mullo_epi16(_mm_and_si128(spread, _mm_set1_epi32(0x003F03F0)), _mm_set1_epi32(0x01000010));
  const __m128i digits = _mm_or_si128(even, odd);
  const __m128i above_25 = _mm_cmpgt_epi8(digits, _mm_set1_epi8(25));
  const __m128i range = _mm_sub_epi8(_mm_subs_epu8(digits, _mm_set1_epi8(51)), above_25);
  return _mm_add_epi8(digits, _mm_shuffle_epi8(_mm_setr_epi8(SIGNET_BASE64URL_OFFSETS), range));
}

__attribute__((target("avx2"))) inline __m256i encode_24(__m256i octets) {
  const __m256i spread = _mm256_shuffle_epi8(octets, _mm256_setr_epi8(SIGNET_BASE64_SPREAD, SIGNET_BASE64_SPREAD));
  const __m256i even =
      _mm256_mulhi_epu16(_mm256_and_si256(spread, _mm256_set1_epi32(0x0FC0FC00)), _mm256_set1_epi32(0x04000040));
  const __m256i odd =
      _mm256_mullo_epi16(_mm256_and_si256(spread, _mm256_set1_epi32(0x003F03F0)), _mm256_set1_epi32(0x01000010));
  const __m256i digits = _mm256_or_si256(even, odd);
  const __m256i above_25 = _mm256_cmpgt_epi8(digits, _mm256_set1_epi8(25));
  const __m256i range = _mm256_sub_epi8(_mm256_subs_epu8(digits, _mm256_set1_epi8(51)), above_25);
  const __m256i offsets = _mm256_setr_epi8(SIGNET_BASE64URL_OFFSETS, SIGNET_BASE64URL_OFFSETS);
  return _mm256_add_epi8(digits, _mm256_shuffle_epi8(offsets, range));
}

// Order of the octets of sixteen groups of three for _mm512_permutexvar_epi8, as b a c b.
alignas(64) constexpr uint8_t kSpread48[64] = {1,  0,  2,  1,  4,  3,  5,  4,  7,  6,  8,  7,  10, 9,  11, 10,
                                               13, 12, 14, 13, 16, 15, 17, 16, 19, 18, 20, 19, 22, 21, 23, 22,
                                               25, 24, 26, 25, 28, 27, 29, 28, 31, 30, 32, 31, 34, 33, 35, 34,
                                               37, 36, 38, 37, 40, 39, 41, 40, 43, 42, 44, 43, 46, 45, 47, 46};
alignas(64) constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

__attribute__((target("avx512f,avx512bw,avx512vbmi"))) inline __m512i encode_48(__m512i octets) {
  // The maskz forms with every lane on: GCC 12 warns of its own headers for the plain ones.
  constexpr __mmask64 kAll = ~uint64_t{0};
  const __m512i spread = _mm512_maskz_permutexvar_epi8(kAll, _mm512_load_si512(kSpread48), octets);
  // Bit offsets of the four digits inside each half of a quadword.
  const __m512i digits = _mm512_maskz_multishift_epi64_epi8(kAll, _mm512_set1_epi64(0x3036242A1016040A), spread);
  return _mm512_maskz_permutexvar_epi8(kAll, digits, _mm512_load_si512(kAlphabet));
}

// The digit of each ASCII character, 0x80 where it has none.
struct alignas(64) Digits {
  uint8_t of[128];
};

constexpr Digits kDigits = [] {
  Digits digits{};
  for (uint8_t& digit : digits.of) digit = 0x80;
  for (uint8_t i = 0; i < 64; ++i) digits.of[static_cast<uint8_t>(kAlphabet[i])] = i;
  return digits;
}();

// The three octets of each of sixteen 32-bit lanes, the highest first; then nothing.
struct alignas(64) Gathering {
  uint8_t from[64];
};

constexpr Gathering kGather48 = [] {
  Gathering gathering{};
  for (uint8_t i = 0; i < 48; ++i) gathering.from[i] = static_cast<uint8_t>(i / 3 * 4 + 2 - i % 3);
  return gathering;
}();

// 48 octets of 64 characters. `bad` gathers the high bit of every character that is none of the alphabet's: what is not
// ASCII has it itself.
__attribute__((target("avx512f,avx512bw,avx512vbmi"))) inline __m512i decode_64(__m512i characters, __m512i& bad) {
  constexpr __mmask64 kAll = ~uint64_t{0};
  const __m512i digits =
      _mm512_permutex2var_epi8(_mm512_load_si512(kDigits.of), characters, _mm512_load_si512(kDigits.of + 64));
  bad = _mm512_or_si512(bad, _mm512_or_si512(digits, characters));
  const __m512i pairs = _mm512_maddubs_epi16(digits, _mm512_set1_epi32(0x01400140));
  const __m512i words = _mm512_madd_epi16(pairs, _mm512_set1_epi32(0x00011000));
  return _mm512_maskz_permutexvar_epi8(kAll, _mm512_load_si512(kGather48.from), words);
}

}  // namespace

bool base64url_has_avx2() { return __builtin_cpu_supports("avx2"); }

bool base64url_has_vbmi() { return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vbmi"); }

__attribute__((target("avx2"))) size_t base64url_encode_avx2(const uint8_t* from, size_t size, char* to) {
  char* const begin = to;
  // The loads read four octets beyond what they use, hence 28 and 16.
  for (; size >= 28; size -= 24, from += 24, to += 32) {
    const __m256i octets =
        _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from))),
                                _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + 12)), 1);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), encode_24(octets));
  }
  for (; size >= 16; size -= 12, from += 12, to += 16) {
    const __m128i octets = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), encode_12(octets));
  }
  return static_cast<size_t>(to - begin) + base64url_encode_scalar(from, size, to);
}

__attribute__((target("avx512f,avx512bw,avx512vbmi"))) size_t base64url_encode_vbmi(const uint8_t* from, size_t size,
                                                                                    char* to) {
  char* const begin = to;
  for (; size >= 64; size -= 48, from += 48, to += 64) {
    _mm512_storeu_si512(to, encode_48(_mm512_loadu_si512(from)));
  }
  // The rest with masks, which read and write nothing outside: no scalar tail.
  while (size > 0) {
    const size_t octets = size < 48 ? size : 48;
    const size_t characters = (octets * 4 + 2) / 3;
    const __m512i in = _mm512_maskz_loadu_epi8((uint64_t{1} << octets) - 1, from);
    _mm512_mask_storeu_epi8(to, ~uint64_t{0} >> (64 - characters), encode_48(in));
    size -= octets, from += octets, to += characters;
  }
  return static_cast<size_t>(to - begin);
}

__attribute__((target("avx512f,avx512bw,avx512vbmi"))) bool base64url_decode_vbmi(const uint8_t* from, size_t size,
                                                                                  uint8_t* to) {
  constexpr uint64_t kOctets48 = (uint64_t{1} << 48) - 1;
  __m512i bad = _mm512_setzero_si512();
  for (; size >= 64; size -= 64, from += 64, to += 48) {
    _mm512_mask_storeu_epi8(to, kOctets48, decode_64(_mm512_loadu_si512(from), bad));
  }
  uint64_t unused = 0;
  if (size > 0) {
    // 'A' is zero, so that whatever is left in the octets behind the last whole one are unused bits.
    const __m512i rest = _mm512_mask_loadu_epi8(_mm512_set1_epi8('A'), (uint64_t{1} << size) - 1, from);
    const __m512i octets = decode_64(rest, bad);
    const uint64_t whole = (uint64_t{1} << size * 3 / 4) - 1;
    _mm512_mask_storeu_epi8(to, whole, octets);
    unused = _mm512_test_epi8_mask(octets, octets) & kOctets48 & ~whole;
  }
  return _mm512_movepi8_mask(bad) == 0 && unused == 0;
}

#undef SIGNET_BASE64URL_OFFSETS
#undef SIGNET_BASE64_SPREAD

}  // namespace signet::internal

#else  // other processors: the scalar ones alone

namespace signet::internal {
bool base64url_has_avx2() { return false; }
bool base64url_has_vbmi() { return false; }
size_t base64url_encode_avx2(const uint8_t* from, size_t size, char* to) {
  return base64url_encode_scalar(from, size, to);
}
size_t base64url_encode_vbmi(const uint8_t* from, size_t size, char* to) {
  return base64url_encode_scalar(from, size, to);
}
bool base64url_decode_vbmi(const uint8_t* from, size_t size, uint8_t* to) {
  return base64url_decode_scalar(from, size, to);
}
}  // namespace signet::internal

#endif
