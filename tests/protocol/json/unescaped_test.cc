#include "protocol/json/unescaped.h"

#include <gtest/gtest.h>

#include <string>

namespace signet {
namespace {

// Octet by octet.
size_t slow_prefix(std::string_view text, bool ascii_only) {
  size_t size = 0;
  for (const char c : text) {
    const auto octet = static_cast<uint8_t>(c);
    if (octet < 0x20 || c == '"' || c == '\\' || (ascii_only && octet >= 0x80)) break;
    ++size;
  }
  return size;
}

// The scan works on eight or sixteen octets at once: each octet is put at each place of a block and beside octets that
// differ from one that must be escaped in one bit, where a borrow between octets would show.
TEST(Unescaped, ThePrefixEndsBeforeTheFirstOctetThatEndsItAtEveryPlace) {
  for (int octet = 0; octet < 256; ++octet) {
    for (const char filler : {' ', '!', '#', ']', '[', '\x7F', '\x80', '\xFF', 'a'}) {
      for (const size_t size : {1u, 7u, 8u, 9u, 15u, 16u, 19u, 32u, 37u}) {
        for (size_t place = 0; place < size; ++place) {
          std::string text(size, filler);
          text[place] = static_cast<char>(octet);
          ASSERT_EQ(escape_free_prefix(text), slow_prefix(text, false)) << octet << " in " << int{filler};
          ASSERT_EQ(plain_ascii_prefix(text), slow_prefix(text, true)) << octet << " in " << int{filler};
        }
      }
    }
  }
}

TEST(Unescaped, TheFirstOfTwoEndsThePrefix) {
  for (size_t first = 0; first < 40; ++first) {
    for (size_t second = first + 1; second < 40; ++second) {
      std::string text(40, 'a');
      text[first] = '\x01', text[second] = '"';
      ASSERT_EQ(escape_free_prefix(text), first);
      ASSERT_EQ(plain_ascii_prefix(text), first);
      text[first] = '\xC3';
      ASSERT_EQ(escape_free_prefix(text), second);
      ASSERT_EQ(plain_ascii_prefix(text), first);
    }
  }
}

TEST(Unescaped, AnEmptyTextHasNone) {
  EXPECT_EQ(escape_free_prefix({}), 0u);
  EXPECT_EQ(plain_ascii_prefix({}), 0u);
}

}  // namespace
}  // namespace signet
