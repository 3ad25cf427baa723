#include "protocol/json/unescaped.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

#include "protocol/base/char_class.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace signet {
namespace {

enum class Beyond { kAllowed, kRefused };  // octets of 0x80 and above

constexpr CharClass kEscaped = CharClass::range(0x00, 0x1F) | CharClass("\"\\");
constexpr CharClass kBeyondAscii = CharClass::range(0x80, 0xFF);

// A block of octets. `load` takes kSize of them; `found` has a bit or an octet for each, kPerOctet bits, of which the
// lowest that is set belongs to the first octet that ends the prefix. What is above that one may be wrong.
struct Word {
  static constexpr size_t kSize = 8;
  static constexpr int kPerOctet = 8;
  static constexpr uint64_t kOnes = 0x0101010101010101;
  static constexpr uint64_t kHighs = 0x8080808080808080;

  template <Beyond B>
  static uint64_t found(const char* at) {
    uint64_t word;
    std::memcpy(&word, at, sizeof word);
    // The borrow of a subtraction only travels upwards.
    const uint64_t control = word - kOnes * 0x20;
    const uint64_t quote = (word ^ kOnes * '"') - kOnes;
    const uint64_t backslash = (word ^ kOnes * '\\') - kOnes;
    const uint64_t escaped = (control | quote | backslash) & ~word & kHighs;
    return B == Beyond::kAllowed ? escaped : escaped | (word & kHighs);
  }
};

#if defined(__SSE2__)
struct Vector {
  static constexpr size_t kSize = 16;
  static constexpr int kPerOctet = 1;

  template <Beyond B>
  static uint64_t found(const char* at) {
    const __m128i octets = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i quote = _mm_cmpeq_epi8(octets, _mm_set1_epi8('"'));
    const __m128i backslash = _mm_cmpeq_epi8(octets, _mm_set1_epi8('\\'));
    // As signed numbers what is beyond ASCII is below the space too.
    const __m128i low = B == Beyond::kRefused ? _mm_cmplt_epi8(octets, _mm_set1_epi8(0x20))
                                              : _mm_cmpeq_epi8(_mm_min_epu8(octets, _mm_set1_epi8(0x1F)), octets);
    return static_cast<uint64_t>(_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, backslash), low)));
  }
};
#endif

template <typename Block, Beyond B>
size_t prefix_by(std::string_view text) {
  for (size_t done = 0; done < text.size(); done += Block::kSize) {
    // The last block may overlap the one before, whose octets are known to be clean.
    const size_t at = std::min(done, text.size() - Block::kSize);
    if (const uint64_t found = Block::template found<B>(text.data() + at)) {
      return at + static_cast<size_t>(std::countr_zero(found) / Block::kPerOctet);
    }
  }
  return text.size();
}

template <Beyond B>
size_t prefix(std::string_view text) {
#if defined(__SSE2__)
  if (text.size() >= Vector::kSize) return prefix_by<Vector, B>(text);
#endif
  if (std::endian::native == std::endian::little && text.size() >= Word::kSize) return prefix_by<Word, B>(text);
  constexpr CharClass kEnd = B == Beyond::kAllowed ? kEscaped : kEscaped | kBeyondAscii;
  size_t done = 0;
  while (done < text.size() && !kEnd.contains(text[done])) ++done;
  return done;
}

}  // namespace

size_t escape_free_prefix(std::string_view text) { return prefix<Beyond::kAllowed>(text); }

size_t plain_ascii_prefix(std::string_view text) { return prefix<Beyond::kRefused>(text); }

}  // namespace signet
