#include "protocol/base/utf8.h"

#include <gtest/gtest.h>

#include <string>

#include "protocol/base/char_class.h"

namespace signet {
namespace {

// Decodes by the definition (RFC 3629 section 3), as an oracle for the table of section 4.
bool well_formed_by_definition(const std::string& s) {
  for (size_t i = 0; i < s.size();) {
    const unsigned first = static_cast<uint8_t>(s[i]);
    const size_t size = first < 0x80 ? 1 : first >> 5 == 6 ? 2 : first >> 4 == 14 ? 3 : first >> 3 == 30 ? 4 : 0;
    if (size == 0 || i + size > s.size()) return false;
    uint32_t point = size == 1 ? first : first & (0x7Fu >> size);
    for (size_t k = 1; k < size; ++k) {
      const unsigned next = static_cast<uint8_t>(s[i + k]);
      if (next >> 6 != 2) return false;
      point = point << 6 | (next & 63);
    }
    static constexpr uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (point < kSmallest[size] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return false;
    i += size;
  }
  return true;
}

TEST(Utf8, AgreesWithTheDefinitionOnEveryLeadingPairAndItsEdges) {
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      for (const char* rest : {"", "\x80", "\xBF", "\x7F", "\x80\x80", "\xBF\xBF", "\xC0", "\x80x"}) {
        const std::string s = std::string{static_cast<char>(a), static_cast<char>(b)} + rest;
        ASSERT_EQ(valid_utf8(s), well_formed_by_definition(s)) << a << ' ' << b;
        ASSERT_EQ(valid_utf8("12345678" + s), valid_utf8(s));  // behind the stride of eight
      }
    }
  }
}

TEST(Utf8, RefusesOverlongFormsSurrogatesAndBeyondTheLastCodePoint) {
  for (const char* text : {"\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF", "\xED\xA0\x80", "\xED\xBF\xBF",
                           "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\x80"}) {
    EXPECT_FALSE(valid_utf8(text));
  }
}

TEST(Utf8, RefusesATruncatedSequenceAtTheEnd) {
  const std::string text = "12345678\xF0\x9F\x94\x91";
  EXPECT_TRUE(valid_utf8(text));
  for (size_t cut = 1; cut <= 3; ++cut) EXPECT_FALSE(valid_utf8(std::string_view(text).substr(0, text.size() - cut)));
}

TEST(Utf8, TakesNulAndTheEmptyText) {
  EXPECT_TRUE(valid_utf8(std::string_view("\0", 1)));
  EXPECT_TRUE(valid_utf8(""));
  EXPECT_EQ(utf8_sequence_size(""), 0u);
}

TEST(CharClass, HoldsExactlyItsMembers) {
  static_assert(kBase64UrlCharacters.contains('-') && !kBase64UrlCharacters.contains('+'));
  EXPECT_TRUE(kBase64UrlCharacters.contains_all("AZaz09-_"));
  for (const char* text : {"a b", "a.b", "a/b", "a\xC3\xA4", "a~"})
    EXPECT_FALSE(kBase64UrlCharacters.contains_all(text));
  EXPECT_TRUE(kDigits.contains_all(""));
}

}  // namespace
}  // namespace signet
